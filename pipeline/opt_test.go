package pipeline

import (
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

func judgeWith(change func(*ingest.Settings)) *Judge {
	s := ingest.DefaultSettings()
	change(&s)
	j := &Judge{}
	j.Renew(1, nil, s)
	return j
}

func TestOpted(t *testing.T) {
	usual := judgeWith(func(*ingest.Settings) {})
	for text, want := range map[string]ingest.Opt{
		"STOP": "out", " stop\n": "out", "Stop!!!": "out", "“STOP”": "out", "STOP 🛑": "out", "s.t.o.p": "out", "STOP ALL": "out", "stopall": "out",
		"Opt-Out": "out", "OPT OUT.": "out", "unsubscribe": "out", "REVOKE": "out", "Quit": "out", "ＳＴＯＰ": "out",
		"ARRÊT": "out", "Arrêt": "out", "arret": "out", "Abmelden": "out", "STOPP": "out", "Baja": "out", "SAIR": "out", "iptal": "out", "İPTAL": "out",
		"СТОП": "out", "ΔΙΑΚΟΠΉ": "out", "إلغاء": "out", "退订": "out", "수신거부": "out", "Odhlásit": "out",
		"START": "in", "unstop": "in", "Anmelden": "in", "ALTA": "in", "старт": "in", "再開": "in",
		"": "", "!": "", "please stop": "", "Stop it now": "", "nonstop": "", "yes": "", "help": "", "STOP 2": "", "start the machine": "",
		strings.Repeat("stop ", 100): "", "stop\x00": "out",
	} {
		o, word := usual.Opted(ingest.Message{Family: ingest.SMS, Text: text})
		if o != want || (word == "") != (want == "") {
			t.Errorf("%q: %q by %q, want %q", text, o, word, want)
		}
	}
}

func TestOnlyTextMessagesOptByWords(t *testing.T) {
	usual := judgeWith(func(*ingest.Settings) {})
	for _, f := range []ingest.Family{ingest.Email, ingest.Chat, ingest.Hook, ingest.Unknown} {
		if o, _ := usual.Opted(ingest.Message{Family: f, Text: "STOP"}); o != "" {
			t.Errorf("%s opts %s by a word", f, o)
		}
		if o, word := usual.Opted(ingest.Message{Family: f, Text: "Bye", Opt: ingest.OptOut}); o != ingest.OptOut || word != "" {
			t.Errorf("%s: the provider's word counts as %q by %q", f, o, word)
		}
	}
	if o, word := usual.Opted(ingest.Message{Family: ingest.SMS, Text: "STOP", Opt: ingest.OptHelp}); o != ingest.OptHelp || word != "" {
		t.Errorf("the word outweighs the provider's: %q by %q", o, word)
	}
}

func TestOptSettings(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*ingest.Settings)
		text   string
		want   ingest.Opt
	}{
		"off":               {func(s *ingest.Settings) { s.OptOut = false }, "STOP", ""},
		"one more":          {func(s *ingest.Settings) { s.OptOutWords = "Genug, no más" }, "No mas!", ingest.OptOut},
		"the others stay":   {func(s *ingest.Settings) { s.OptOutWords = "Genug" }, "STOP", ingest.OptOut},
		"one less":          {func(s *ingest.Settings) { s.OptOutWords = "-end" }, "END", ""},
		"one more in":       {func(s *ingest.Settings) { s.OptInWords = "YES, oui" }, "yes", ingest.OptIn},
		"from one to other": {func(s *ingest.Settings) { s.OptOutWords, s.OptInWords = "-resume, resume", "-resume" }, "resume", ingest.OptOut},
		"not of this list":  {func(s *ingest.Settings) { s.OptInWords = "-stop" }, "stop", ingest.OptOut},
	} {
		if o, _ := judgeWith(c.change).Opted(ingest.Message{Family: ingest.SMS, Text: c.text}); o != c.want {
			t.Errorf("%s: %q opts %q, want %q", name, c.text, o, c.want)
		}
	}
	if o := judgeWith(func(s *ingest.Settings) { s.OptOutWords = "genug" }); len(spokenWords) == len(o.Book().opts) || spokenWords["genug"] != "" {
		t.Error("a word of the settings is in everybody's table")
	}
}

// What opts is heard by its settle, so no ban may refuse it before.
func TestWhatOptsIsNotRefusedAtTheDoor(t *testing.T) {
	ann := []ingest.Identity{{Kind: "phone", Value: "+15550100001", How: ingest.Verified}}
	j := &Judge{}
	ban := ingest.Rule{ID: 1, Kind: ingest.Ban, Target: ingest.Target{Kind: "phone", Value: "+15550100001"}, Epoch: 1}
	j.Renew(1, []ingest.Rule{ban}, ingest.DefaultSettings())
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	if j.Suspects(ingest.Message{Identities: ann}, "twilio", now) == nil {
		t.Fatal("the ban is not seen")
	}
	for o, refused := range map[ingest.Opt]bool{ingest.OptOut: false, ingest.OptIn: false, ingest.OptHelp: true} {
		m := ingest.Message{Identities: ann, Opt: o}
		if got := j.Suspects(m, "twilio", now) != nil; got != refused {
			t.Errorf("%s: refused at the door: %t", o, got)
		}
		if d := j.Decide(m, ingest.Facts{Now: now}); d.To != ingest.Refused {
			t.Errorf("%s becomes %s", o, d.To)
		}
	}
}

// Of each language no word says both.
func TestTheWordsAreOfOneMind(t *testing.T) {
	seen := map[string]ingest.Opt{}
	for _, s := range spoken {
		for o, words := range map[ingest.Opt]string{ingest.OptOut: s.out, ingest.OptIn: s.in} {
			for _, word := range strings.Fields(words) {
				key := ingest.OptWord(word)
				if key == "" || seen[key] != "" && seen[key] != o {
					t.Errorf("%s: %q opts %q and %q", s.language, word, o, seen[key])
				}
				seen[key] = o
			}
		}
	}
}
