package ingest_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gatehouse/ingest"
)

func TestOptWordLists(t *testing.T) {
	words, not, err := ingest.OptWordList(" Genug, Arrêt!,, -END , opt-out")
	if err != nil || !slices.Equal(words, []string{"genug", "arret", "optout"}) || !slices.Equal(not, []string{"end"}) {
		t.Errorf("%q, %q, %v", words, not, err)
	}
	for _, list := range []string{"-", "stop, !!", strings.Repeat("a", 65)} {
		if _, _, err := ingest.OptWordList(list); err == nil {
			t.Errorf("%.20q is a list of words", list)
		}
	}
	s := ingest.DefaultSettings()
	for wrong, change := range map[string]func(){
		"opt_out_words": func() { s.OptOutWords = "?" },
		"opt_in_words":  func() { s.OptOutWords, s.OptInWords = "", "?" },
		"opts out, too": func() { s.OptOutWords, s.OptInWords = "ja", "JA" },
	} {
		change()
		if err := s.Check(); err == nil || !strings.Contains(err.Error(), wrong) {
			t.Errorf("%q, %q: %v", s.OptOutWords, s.OptInWords, err)
		}
		s.OptOutWords, s.OptInWords = "", ""
	}
}

// FuzzOptWord holds that a word stays the same however often it is read, and is
// short.
func FuzzOptWord(f *testing.F) {
	for _, s := range []string{"STOP!", "Arrêt", "İPTAL", "수신거부", "ΣΤΟΠ", "\xff", "ﬁn", "ǅ", strings.Repeat("é", 64)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		word := ingest.OptWord(s)
		if again := ingest.OptWord(word); again != word || len(word) > 64 {
			t.Errorf("%q gives %q, which gives %q", s, word, again)
		}
	})
}

func TestAfterOptOuts(t *testing.T) {
	phone := ingest.Identity{Kind: "phone", Value: "+15550100001", How: ingest.Verified}
	other := ingest.Identity{Kind: "phone", Value: "+15550100002", How: ingest.Verified}
	mail := ingest.Identity{Kind: "email", Value: "ann@example.com", How: ingest.Header}
	outs := map[string][]ingest.OptedOut{phone.Key(): {{Channel: "sms", Identity: phone.Key()}}}
	for name, c := range map[string]struct {
		addresses []ingest.Identity
		channel   string
		receives  bool
		listed    int
	}{
		"that address there":           {[]ingest.Identity{phone}, "sms", false, 1},
		"that address elsewhere":       {[]ingest.Identity{phone}, "sms-2", true, 0},
		"that address anywhere":        {[]ingest.Identity{phone}, "", false, 1},
		"another address":              {[]ingest.Identity{other}, "sms", true, 0},
		"one of two there":             {[]ingest.Identity{other, phone}, "sms", false, 1},
		"one of two anywhere":          {[]ingest.Identity{phone, other}, "", true, 1},
		"somebody with mail, anywhere": {[]ingest.Identity{phone, mail}, "", true, 1},
		"nobody":                       {nil, "", true, 0},
	} {
		s := ingest.StandingUnder(nil).AfterOptOuts(c.addresses, c.channel, outs)
		if s.MayReceive != c.receives || s.MayAuto != c.receives || len(s.OptedOut) != c.listed || !s.MaySend || !s.MayConverse || s.Effect != ingest.EffectNone {
			t.Errorf("%s: %+v", name, s)
		}
	}
	banned := ingest.StandingUnder(&ingest.Rule{Kind: ingest.Ban}).AfterOptOuts([]ingest.Identity{other}, "sms", outs)
	if banned.MayReceive || banned.Rule == nil {
		t.Errorf("a ban that nobody opted out of: %+v", banned)
	}
}

func TestRegionsAreWrittenByName(t *testing.T) {
	for _, name := range []string{"DE", "US", ""} {
		r, err := ingest.RegionOf(name)
		if err != nil {
			t.Fatal(err)
		}
		type stamp struct {
			Region ingest.Region `json:"region,omitzero"`
		}
		b, err := json.Marshal(stamp{r})
		var again stamp
		if err != nil || json.Unmarshal(b, &again) != nil || again.Region != r || strings.Contains(string(b), "region") != (name != "") {
			t.Errorf("%s: %s, %v", name, b, err)
		}
	}
}
