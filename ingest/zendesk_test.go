package ingest

import (
	"strings"
	"testing"
)

func TestZendeskWords(t *testing.T) {
	for _, c := range []struct {
		list   string
		allows bool
		want   string // kind target, or -, per word
	}{
		{"", false, ""},
		{"eve@example.com  spam.example\nbad.example", false, "block email:eve@example.com, block domain:spam.example, block domain:bad.example"},
		{"* suspend:ann@example.com reject:bob@example.com", false, "block everyone, block email:ann@example.com, ban email:bob@example.com"},
		{"reject:example.net, Reject:*", false, "ban domain:example.net, ban everyone"},
		{"example.org ann@example.org", true, "allow domain:example.org, allow email:ann@example.org"},
		{"@example.com *@example.net *.example.org", false, "block domain:example.com, block domain:example.net, block domain:example.org"},
		{"*", true, "-"},
		{"suspend:ann@example.com", true, "-"},
		{"reject: spam*@example.com a*.example hold:ann@example.com", false, "-, -, -, -"},
		{"Allowlist: example.org blocklist: * reject:eve@example.org", false, "allow domain:example.org, block everyone, ban email:eve@example.org"},
	} {
		var got []string
		for w := range ZendeskWords(c.list, c.allows) {
			if w.Target == "" && w.Skipped != "" && w.Text != "" {
				got = append(got, "-")
				continue
			}
			got = append(got, string(w.Kind)+" "+w.Target)
		}
		if s := strings.Join(got, ", "); s != c.want {
			t.Errorf("%q: %s, want %s", c.list, s, c.want)
		}
	}
}

// Every word of a list comes to a rule or says why not, on a line that there is.
func FuzzZendeskWords(f *testing.F) {
	f.Add("* suspend:ann@example.com\nreject:bob@example.com,x", false)
	f.Add("example.org :: @ *.* whitelist:", true)
	f.Fuzz(func(t *testing.T, list string, allows bool) {
		for w := range ZendeskWords(list, allows) {
			if (w.Target == "") != (w.Skipped != "") || w.Text == "" || (w.Kind == "") != (w.Target == "") {
				t.Errorf("%+v", w)
			}
			if w.Line < 1 || w.Line > strings.Count(list, "\n")+1 {
				t.Errorf("line %d of %q", w.Line, list)
			}
		}
	})
}
