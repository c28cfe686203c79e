package postgres

import (
	"strings"
	"testing"
	"unicode/utf8"

	"gatehouse/ingest"
)

func TestOneLine(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "  \r\n ": "", "a  b\r\n\tc ": "a b c", "a\u00a0b\u2028c": "a b c",
		"pay\u202eexe.fdp\u202c": "payexe.fdp", "a\x00b\x1b[31m": "ab[31m", "zero\u200bwidth": "zerowidth", "\xff": "\ufffd",
	} {
		if got := oneLine(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestPreview(t *testing.T) {
	for in, want := range map[string]string{
		"short": "short", strings.Repeat("ä", 140): strings.Repeat("ä", 140), strings.Repeat("ä", 141): strings.Repeat("ä", 140) + "…",
		"Hello\n\nthere": "Hello there",
	} {
		if got := preview(in); got != want {
			t.Errorf("%q: %q, want %q", in, got, want)
		}
	}
}

func TestShownSender(t *testing.T) {
	for _, c := range []struct{ value, address, name, want string }{
		{"eve@example.net", "Eve@Example.net", "ann@example.com", "Eve@Example.net (ann@example.com)"},
		{"v1", "", "v1", "v1"}, {"v1", "", "Ann", "v1 (Ann)"}, {"", "", "Ann", "(Ann)"}, {"", "", "", ""},
		{"x", "x", "a\u202eb\n", "x (ab)"},
	} {
		from := ingest.Sender{Identity: ingest.Identity{Value: c.value}, Address: c.address, Name: c.name}
		if got := shownSender(from); got != c.want {
			t.Errorf("%+v: %q, want %q", c, got, c.want)
		}
	}
}

func FuzzSearchText(f *testing.F) {
	f.Add("Subject", "Ann", "a@example.com", "Hello\r\nthere")
	f.Add("\xff\x00", strings.Repeat("İ", 2000), "\u202e", strings.Repeat("ä ", 9000))
	f.Fuzz(func(t *testing.T, subject, name, address, readable string) {
		e := envelope{Subject: subject, From: ingest.Sender{Name: name, Address: address}}
		got := searchText(&e, readable)
		if !utf8.ValidString(got) || strings.IndexByte(got, 0) >= 0 || strings.Count(got, "\n") != 4 {
			t.Errorf("%q", got)
		}
		if len(got) > searchedText+4*searchedField+4 || len(preview(readable)) > 4*previewRunes+3 {
			t.Errorf("%d octets", len(got))
		}
	})
}
