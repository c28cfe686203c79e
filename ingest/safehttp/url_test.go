package safehttp

import (
	"net/netip"
	"strings"
	"testing"
)

func TestCheck(t *testing.T) {
	for given, want := range map[string]string{
		"https://files.example.com/a?b=c":          "https://files.example.com/a?b=c",
		"HTTPS://FILES.Example.COM./A":             "https://files.example.com/A",
		"https://files.example.com:443/a":          "https://files.example.com/a",
		"https://files.example.com:8443/a":         "https://files.example.com:8443/a",
		"http://files.example.com:80":              "http://files.example.com",
		"https://me:secret@files.example.com/a#b":  "https://files.example.com/a",
		"https://b\u00fccher.example.com/":         "https://xn--bcher-kva.example.com/",
		"https://192.0.2.7/":                       "https://192.0.2.7/",
		"https://[2001:db8::1]:8443/":              "https://[2001:db8::1]:8443/",
		"https://[::ffff:192.0.2.7]/":              "https://192.0.2.7/",
		"https://[2001:DB8:0:0::1]/":               "https://[2001:db8::1]/",
		"https://api.example.com/bot1:A-b/getFile": "https://api.example.com/bot1:A-b/getFile",

		"":                                       "",
		"files.example.com/a":                    "",
		"//files.example.com/a":                  "",
		"ftp://files.example.com/a":              "",
		"file:///etc/passwd":                     "",
		"gopher://192.0.2.7:25/_HELO":            "",
		"https:files.example.com":                "",
		"https:///a":                             "",
		"https://files.example.com:0/":           "",
		"https://files.example.com:x/":           "",
		"https://files.example.com:99999/":       "",
		"https://2130706433/":                    "",
		"https://0x7f000001/":                    "",
		"https://0x7f.1/":                        "",
		"https://127.1/":                         "",
		"https://0177.0.0.1/":                    "",
		"https://127.0.0.0x1/":                   "",
		"https://127.0.0.01/":                    "",
		"https://127.0.0.1.:443/":                "",
		"https://1.2.3.4.5/":                     "",
		"https://127。0。0。1/":                     "",
		"https://１２７.0.0.1/":                     "",
		"https://①②⑦.0.0.1/":                     "",
		"https://[fe80::1%25eth0]/":              "",
		"https://[::1":                           "",
		"https://a%2fb.example.com/":             "",
		"https://a b.example.com/":               "",
		"https://files.example.com\\@192.0.2.7/": "",
		"https://" + strings.Repeat("a", 9000) + ".example.com/": "",
	} {
		u, err := Check(given)
		switch {
		case want == "" && err == nil:
			t.Errorf("%.60q is taken for %s", given, u)
		case want != "" && err != nil:
			t.Errorf("%.60q: %v (%v)", given, err, err.(*Fault).Err)
		case want != "" && u.String() != want:
			t.Errorf("%.60q: %s, want %s", given, u, want)
		}
	}
}

// FuzzCheck: what is taken has one form, without credentials, and no host that
// a resolver might take for an address which we did not see.
func FuzzCheck(f *testing.F) {
	for _, s := range []string{"https://files.example.com/a", "http://127.1/", "https://[::ffff:7f00:1]:80/x", "https://a@0x7f.1", "https://１.1"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		u, err := Check(text)
		if err != nil {
			return
		}
		again, err := Check(u.String())
		if err != nil || again.String() != u.String() {
			t.Fatalf("%q: %s, and then %v, %v", text, u, again, err)
		}
		if _, err := netip.ParseAddr(u.Hostname()); err != nil && numeric(u.Hostname()) {
			t.Errorf("%q: %s may be an address", text, u.Host)
		}
		if u.User != nil || u.Fragment != "" || u.Host == "" {
			t.Errorf("%q: %s", text, u)
		}
	})
}
