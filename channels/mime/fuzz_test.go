package mime

import (
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// seeds adds every golden mail to a corpus.
func seeds(f *testing.F) {
	for _, name := range golden(f) {
		f.Add(readFile(f, name+".eml"))
	}
}

func FuzzRead(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, raw []byte) {
		m := read(raw, Options{AnyLoop: true})
		checkInvariants(t, raw, m)
		if prints := Prints(raw); prints[0].Kind != "raw" {
			t.Errorf("prints %v", prints)
		}
		if len(m.Attachments) > 0 {
			if _, err := Attachment(raw, len(m.Attachments)-1); err != nil {
				t.Errorf("the last of %d attachments: %v", len(m.Attachments), err)
			}
		}
	})
}

func FuzzReadHeader(f *testing.F) {
	seeds(f)
	f.Fuzz(func(t *testing.T, header []byte) {
		m := ReadHeader(header, Options{})
		checkInvariants(t, header, m)
		if m.Text != "" || len(m.Attachments) > 0 {
			t.Errorf("a header has text %q, attachments %v", m.Text, m.Attachments)
		}
		whole := read(header, Options{})
		if m.MessageID != whole.MessageID || m.Date != whole.Date {
			t.Errorf("header alone says %q %q, whole mail %q %q", m.MessageID, m.Date, whole.MessageID, whole.Date)
		}
	})
}

func FuzzAddresses(f *testing.F) {
	for _, s := range []string{
		`Ann <ann@example.com>, "Lee, Bob" <bob@example.org>;`, `Team(x): a@example.com (A), <@r,,@s:b@example.com>;, c`,
		`"Ann <ann@example.com>, "Bob" <<bob@example.com>>`, "=?utf-8?q?Ann <a@example.com>?= \x1b$B;3\x1b(B a@[IPv6:::1]",
		"\x95\x5c <y@example.com> x [mailto:z@example.com?a] a . b @ c . d", `a at b.example "x" (`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, field string) {
		list, over := parseAddresses(field, "")
		if len(list) > maxAddresses || over && len(list) < maxAddresses {
			t.Errorf("%d mailboxes, over %t", len(list), over)
		}
		for _, box := range list {
			if !utf8.ValidString(box.Name+box.Address) || strings.IndexByte(box.Name+box.Address, 0) >= 0 {
				t.Errorf("no clean text: %+v", box)
			}
			if box.Name == "" && box.Address == "" {
				t.Errorf("an empty mailbox of %q", field)
			}
		}
	})
}

func FuzzDate(f *testing.F) {
	for _, s := range []string{
		"Fri, 1 Mar 2024 09:05:00 +0530", "1 Mar 24 9:05 EST", "2024-03-01T09:05:00.1Z", "01.03.2024 09.05", "3/1/2024 9:05:07 PM",
		"mar., 12 déc. 2023 09:05 GMT-05:00", "2024年3月1日(金) 下午 9:05", "20240301090500 -2200", "=?utf-8?q?1_Mar_24?=",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		at, ok := parseDate(s)
		if !ok {
			return
		}
		text := at.Format(time.RFC3339)
		if again, err := time.Parse(time.RFC3339, text); err != nil || again.Unix() != at.Unix() {
			t.Errorf("%q is %s, which reads as %v (%v)", s, text, again, err)
		}
	})
}

func FuzzHeaderText(f *testing.F) {
	for _, s := range []string{
		"=?utf-8?q?caf=C3?= =?UTF8?q?=A9?=", "=?utf-8?b?Y2Fmw6?= =?utf-8?b?k=?=", "=? utf-8 ?q? a?", "=?iso-2022-jp?b?GyRCRnw=?=",
		"\x1b$BF|K\\\x1b(B", "\xc4\xe3\xba\xc3", "=?utf-7?q?+AOk-?=", "=?utf-16?b?YQBiAA==?=", "=?x?z?a?= =?", "=?hz?q?~{Dc:C~}?=",
	} {
		f.Add(s, "")
	}
	f.Add("caf\xe9", "koi8-r")
	f.Fuzz(func(t *testing.T, s, charset string) {
		text, _ := decodeHeaderText(s, charset)
		if !utf8.ValidString(text) || strings.IndexByte(text, 0) >= 0 {
			t.Errorf("no clean text: %q", text)
		}
		if utf8.ValidString(s) && !strings.ContainsAny(s, "=?\x00\x1b") && text != s {
			t.Errorf("%q became %q", s, text)
		}
	})
}

func FuzzParams(f *testing.F) {
	for _, s := range []string{
		`text/plain; charset=utf-8; format=flowed`, `a/b; name*1="b"; name*0*=utf-8'en'%e2%82; name=x`, `a/b name=my report.pdf charset=x (c)`,
		`a/b;;x="a\"b";y`, "a/b; name=\"\x95\x5c\"; z=\"", `; name*='%e2'; name*9999999999=x`,
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, field string) {
		_, p := parseParams(field)
		if len(p) > len(field)+1 {
			t.Errorf("%d parameters of %d octets", len(p), len(field))
		}
		for _, one := range p {
			p.get(one.name)
			if one.name == "" || one.name != strings.ToLower(one.name) {
				t.Errorf("a parameter is named %q", one.name)
			}
		}
		if name := baseName(clean(p.get("name"))); strings.ContainsAny(name, "/\\\r\n\x00") {
			t.Errorf("file name %q", name)
		}
	})
}
