package console

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// Parts of a bar lie on each other and reach as high as what came.
func TestPlotStacksWhatBecameOfTheHours(t *testing.T) {
	from := time.Date(2026, 3, 1, 22, 0, 0, 0, time.UTC)
	p := plotOf("x", "mail", from, from.Add(3*time.Hour), []httpapi.ChannelHours{
		{Hours: []ingest.HourAccount{{Hour: from.Add(-time.Hour), Accepted: 9, Conversed: 9}, {Hour: from, Accepted: 4, Conversed: 3, Held: 1}}},
		{Hours: []ingest.HourAccount{{Hour: from, Accepted: 4, Held: 4}, {Hour: from.Add(2 * time.Hour), Accepted: 2, Conversed: 3, InFlight: -1}}},
	}, time.FixedZone("there", 7200))
	want := []part{{"conversed", "In conversations", 6, "M1 100v-30h8v30zM21 100v-30h8v30z"}, {"held", "Held", 5, "M1 70v-50h8v50z"}}
	if diff := cmp.Diff(want, p.Parts()); diff != "" {
		t.Errorf("-want +got\n%s", diff)
	}
	if p.Top() != 10 || p.Half() != 5 {
		t.Errorf("the height is %d", p.Top())
	}
	if says := p.Says(); says != "10 messages came in the last 3 hours: 6 in conversations, 5 held." {
		t.Error(says)
	}
	if diff := cmp.Diff([]string{"00:00", "01:00", "02:00"}, p.Labels()); diff != "" {
		t.Error(diff)
	}
	if busy := p.Busy(); len(busy) != 2 || busy[0].Hour() != "Mon 02:00 to 03:00" {
		t.Errorf("%+v", busy)
	}
}

func TestTopIsRoundAndEnough(t *testing.T) {
	for came, top := range map[int64]int64{0: 2, 1: 2, 3: 4, 6: 10, 10: 10, 11: 20, 49: 50, 300: 400, 100_001: 200_000} {
		if got := (plot{Bars: []bar{{Came: came}}}).Top(); got != top {
			t.Errorf("of %d it is %d, want %d", came, got, top)
		}
	}
}

// Nothing that a stranger sent works on the reader's screen unseen.
func TestRawIsMadeVisible(t *testing.T) {
	for raw, want := range map[string]string{
		"plain\r\ntext\t!\n": "plain\ntext\t!\n",
		"a\x00b\x1b[31m":     "a␀b␛[31m",
		"bad\xff\xfe":        `bad\xff\xfe`,
		"\u202egnp.exe":      "‹U+202E›gnp.exe",
		"alone\rhere":        "alone␍here",
		"Grüße 你好":           "Grüße 你好",
	} {
		if got := visible([]byte(raw)); got != want {
			t.Errorf("%q is shown as %q, want %q", raw, got, want)
		}
	}
}

func FuzzVisible(f *testing.F) {
	f.Add([]byte("a\x00\xff\u202e"))
	f.Fuzz(func(t *testing.T, raw []byte) {
		for _, r := range visible(raw) {
			if r < ' ' && r != '\n' && r != '\t' || r == '\u202e' || r == '\u200b' {
				t.Errorf("%q shows %q", raw, r)
			}
		}
	})
}

// Each state that asks for somebody says what it means and what to do.
func TestEachTroubleSaysWhatToDo(t *testing.T) {
	for state := range states {
		h := health{ChannelHealth: ingest.ChannelHealth{State: state}}
		if h.Says() == "" || h.Word() == state && state != "silent" && state != "paused" {
			t.Errorf("%s says nothing: %q", state, h.Word())
		}
		if !h.Well() && h.Do() == "" {
			t.Errorf("%s does not say what to do", state)
		}
	}
	late := health{ChannelHealth: ingest.ChannelHealth{State: "ok", LagS: 7200}}
	if late.Well() || late.Behind() != "2 hours behind" || !strings.Contains(late.Do(), "catches up") {
		t.Errorf("%q %q", late.Behind(), late.Do())
	}
	for _, k := range ingest.AlertKinds {
		if m := (alertView{Alert: ingest.Alert{Kind: k, Subject: "channel:mail", Do: "mend it"}}).Mend(); m.Says == "" || strings.Contains(m.Says, "GET ") {
			t.Errorf("%s: %+v", k, m)
		}
	}
}
