package imap

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/emersion/go-imap/v2"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
)

func TestPlaces(t *testing.T) {
	place := func(text string) string {
		t.Helper()
		list, err := Kind.Places(channeltest.Settings([]byte("password: x\n" + text)))
		must(t, err)
		return strings.Join(list, " ")
	}
	const want = "imap://support@example.com@mail.example.com/INBOX imap://support@example.com@mail.example.com/Forms"
	for _, same := range []string{
		"host: mail.example.com\nusername: support@example.com\nfolders: [INBOX, Forms]\n",
		"host: Mail.Example.COM.\nusername: Support@example.com\nfolders: [inbox, Forms]\nport: 143\ntls: starttls\nstart: all\n",
	} {
		if got := place(same); got != want {
			t.Errorf("%s\nwant %s", got, want)
		}
	}
	if got := place("host: mail.example.com\nusername: other@example.com\nfolders: [forms]\n"); strings.Contains(want, got) {
		t.Error("another user's folder of another name:", got)
	}
	here := "host: 127.0.0.1\nusername: support\ntls: none\nport: "
	if place(here+"1430") == place(here+"1431") {
		t.Error("two servers on this machine are one")
	}
	if _, err := Kind.Places(channeltest.Settings([]byte("{}"))); err == nil {
		t.Error("no host, no error")
	}
}

func TestReadAgainAsTheChannelWould(t *testing.T) {
	raw := []byte("Authentication-Results: mx.example.org; dmarc=fail header.from=example.com\r\n" + mail(1))
	const settings = "host: mail.example.com\nusername: support\npassword: x\n"
	for name, c := range map[string]struct {
		channels []string
		unproven bool
	}{
		"no channel":               {nil, false},
		"it believes nobody":       {[]string{""}, false},
		"it believes the server":   {[]string{"mx.example.org"}, true},
		"it believes another":      {[]string{"mx.example.net"}, false},
		"one of several does":      {[]string{"", "mx.example.net", "mx.example.org"}, true},
		"several believe it alike": {[]string{"mx.example.org", "mx.example.org"}, true},
	} {
		var of []channels.Settings
		for _, id := range c.channels {
			of = append(of, channeltest.Settings([]byte(settings+"auth_serv_id: \""+id+"\"\n")))
		}
		read, err := Kind.Rereader(of...)
		must(t, err)
		m, err := read(raw)
		if err != nil || m.Unproven != c.unproven || m.Subject != "Question 1" || m.Text == "" {
			t.Errorf("%s: unproven %t, %q, %v", name, m.Unproven, m.Subject, err)
		}
	}
	if _, err := Kind.Rereader(channeltest.Settings([]byte("{}"))); err == nil {
		t.Error("bad settings, no error")
	}
}

func TestSettings(t *testing.T) {
	const good = "host: mail.example.com\nusername: support\npassword: secret\n"
	for name, c := range map[string]struct{ text, says string }{
		"least":              {good, ""},
		"all":                {good + "port: 143\ntls: starttls\nca_file: /etc/ca.pem\nfolders: [INBOX, Forms]\nstart: 2026-01-31\nafter: \"move:Done\"\nmax_message_bytes: 1000000\npoll_every: 30s\nconnect_timeout: 10s\ncommand_timeout: 20s\nauth_serv_id: mx.example.org\n", ""},
		"nothing":            {"{}", "host is missing\nusername is missing\npassword is missing"},
		"unknown key":        {good + "hots: x\n", "line 4: field hots not found"},
		"host with port":     {strings.Replace(good, ".com", ".com:993", 1), `host "mail.example.com:993": want a name or an address without port`},
		"an IPv6 address":    {strings.Replace(good, "mail.example.com", "2001:db8::1", 1), ""},
		"port":               {good + "port: 70000\n", "port 70000: want 1 to 65535"},
		"tls":                {good + "tls: ssl\n", `tls "ssl": want tls, starttls or none`},
		"none far away":      {good + "tls: none\n", "loopback address only"},
		"none here":          {strings.Replace(good, "mail.example.com", "127.0.0.1", 1) + "tls: none\n", ""},
		"no folders":         {good + "folders: []\n", "folders is empty"},
		"an empty folder":    {good + "folders: [\"\"]\n", "folders: a name is empty"},
		"INBOX twice":        {good + "folders: [INBOX, inbox]\n", `folders: "INBOX" stands there twice`},
		"start":              {good + "start: yesterday\n", `start "yesterday": want new, all or a date as 2026-01-31`},
		"after":              {good + "after: purge\n", `after "purge": want keep, seen, move:FOLDER or delete`},
		"move nowhere":       {good + "after: \"move:\"\n", "after: move: names no folder"},
		"move to polled":     {good + "after: \"move:Inbox\"\n", `after: mail cannot be moved to "INBOX", which is polled`},
		"too small a mail":   {good + "max_message_bytes: 10\n", "max_message_bytes 10: want 1024 to 1073741824"},
		"too hasty":          {good + "poll_every: 1ms\n", "poll_every 1ms: want 1s to 1h"},
		"a list as password": {strings.Replace(good, "secret", "[a, b]", 1), "cannot unmarshal"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := New(channeltest.Settings([]byte(c.text)), channeltest.Host())
			if c.says == "" {
				must(t, err)
			} else if err == nil || !strings.Contains(err.Error(), c.says) {
				t.Errorf("says %v\nwant %s", err, c.says)
			}
		})
	}
}

func TestPortByTLS(t *testing.T) {
	for mode, port := range map[string]int{modeTLS: 993, modeStartTLS: 143} {
		c := config{Host: "mail.example.com", Username: "u", Password: "p", TLS: mode}
		must(t, c.complete())
		if c.Port != port {
			t.Errorf("%s: port %d", mode, c.Port)
		}
	}
}

func TestCursor(t *testing.T) {
	for _, c := range []struct {
		cursor cursor
		text   string
	}{
		{cursor{}, ""},
		{cursor{validity: 7, last: 203}, "v=7 uid=203"},
		{cursor{validity: 7, last: 3, old: 9}, "v=7 uid=3 old=9"},
		{cursor{validity: 7, last: 3, old: 9, again: true}, "v=7 uid=3 again=9"},
		{cursor{validity: 7, last: 9, old: 9, again: true}, "v=7 uid=9"},
		{cursor{validity: 7, last: 9, due: imap.UIDSetNum(3, 4, 5, 9)}, "v=7 uid=9 due=3:5,9"},
	} {
		if got := c.cursor.String(); got != c.text {
			t.Errorf("%+v is %q, want %q", c.cursor, got, c.text)
		}
		if back, err := parseCursor(c.text); err != nil || back.String() != c.text {
			t.Errorf("%q is read as %+v, %v", c.text, back, err)
		}
	}
	for _, text := range []string{"7", "uid=3", "v=7 uid=-1", "v=7 uid=3 due=", "v=7 uid=3 due=5:2", "v=7 uid=3 due=*", "v=7 x=1"} {
		if _, err := parseCursor(text); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add("v=7 uid=3 again=9 due=1:2,5")
	f.Fuzz(func(t *testing.T, text string) {
		c, err := parseCursor(text)
		if err != nil {
			return
		}
		if again, err := parseCursor(c.String()); err != nil || again.String() != c.String() {
			t.Errorf("%q becomes %q, then %q, %v", text, c, again, err)
		}
	})
}

// FuzzServer says what the fuzzer makes up, a part of it after each command:
// whatever a server says, nothing panics and nothing hangs.
func FuzzServer(f *testing.F) {
	for _, file := range []string{"good.txt", "broken.txt"} {
		b, err := os.ReadFile(filepath.Join("testdata", "server", file))
		if err != nil {
			f.Fatal(err)
		}
		f.Add(string(b))
	}
	f.Fuzz(func(t *testing.T, text string) {
		s := newScript(t, 0, func(s *script) {
			s.greeting, s.lines = "* PREAUTH [CAPABILITY IMAP4rev1] ready", strings.Split(text, "\n--\n")
		})
		p := impatient(t, s)
		_ = within10s(t, "Poll", func() error { return poll(t, p, channeltest.NewStore()) })
		must(t, within10s(t, "Close", p.Close))
	})
}

// TestGoodServerText keeps the fuzzer's first seed a good one.
func TestGoodServerText(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("testdata", "server", "good.txt"))
	must(t, err)
	s := newScript(t, 0, func(s *script) {
		s.greeting, s.lines = "* PREAUTH [CAPABILITY IMAP4rev1] ready", strings.Split(string(text), "\n--\n")
	})
	store := channeltest.NewStore()
	_ = poll(t, impatient(t, s), store) // the text ends before the second look
	holds(t, store, 1)
}
