package ingest

import (
	"encoding/json"
	"strings"
	"testing"
)

func TestNoticeFor(t *testing.T) {
	n := Notices{"*": "any", "de": "de", "zh-Hant": "zh-Hant", "sr-Latn": "sr-Latn"}
	for _, tt := range []struct {
		languages []string
		want      string
	}{
		{nil, "any"},
		{[]string{"fr"}, "any"},
		{[]string{"DE"}, "de"},
		{[]string{"de_DE"}, "de"},
		{[]string{"de-CH-1996"}, "de"},
		{[]string{"zh-Hant-TW-x-old"}, "zh-Hant"},
		{[]string{"zh-Hans"}, "any"},
		{[]string{"fr", "sr-Latn-RS"}, "sr-Latn"},
		{[]string{"", "-", "--", "x"}, "any"},
	} {
		if got := n.For(tt.languages...); got != tt.want {
			t.Errorf("%q reads %q, want %q", tt.languages, got, tt.want)
		}
	}
	if got := Notices(nil).For("de"); got != "" {
		t.Errorf("of no texts: %q", got)
	}
}

func TestNoticesAreChecked(t *testing.T) {
	for text, ok := range map[string]bool{
		`{"*": "No."}`:                               true,
		`{"*": "No.", "pt-BR": "Não."}`:              true,
		`{"de": "Nein."}`:                            false,
		`{"*": "No.", "Deutsch!": "Nein."}`:          false,
		`{"*": "No.", "de": " "}`:                    false,
		`{"*": "` + strings.Repeat("x", 1001) + `"}`: false,
	} {
		s := DefaultSettings()
		before := s.ChatNotice
		if err := json.Unmarshal([]byte(`{"chat_notice":`+text+`}`), &s); err != nil {
			t.Fatal(err)
		}
		if err := s.Check(); (err == nil) != ok {
			t.Errorf("%s: %v", text, err)
		}
		if len(before) != 1 || before["*"] == "No." {
			t.Errorf("%s changed what others read: %v", text, before)
		}
	}
}
