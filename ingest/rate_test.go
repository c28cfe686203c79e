package ingest_test

import (
	"math"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

func TestParseRate(t *testing.T) {
	for text, want := range map[string]ingest.Rate{
		"":          {},
		"100/1m":    {Count: 100, Per: time.Minute},
		"1/1s":      {Count: 1, Per: time.Second},
		"20/1h":     {Count: 20, Per: time.Hour},
		"7/1h30m":   {Count: 7, Per: 90 * time.Minute},
		"5/1m30s":   {Count: 5, Per: 90 * time.Second},
		"9/1h0m10s": {Count: 9, Per: time.Hour + 10*time.Second},
	} {
		got, err := ingest.ParseRate(text)
		if err != nil || got != want || got.String() != text || got.On() != (text != "") {
			t.Errorf("%q: %+v (%v), written %q", text, got, err, got.String())
		}
	}
	for _, text := range []string{"100", "/1m", "100/", "0/1m", "-1/1m", "1000001/1m", "1.5/1m", "1/0s", "1/1ms", "1/1500ms", "1/25h", "1/-1m", "1/m", " 1/1m", "1/1m/1m"} {
		if r, err := ingest.ParseRate(text); err == nil {
			t.Errorf("%q is taken for %v", text, r)
		}
	}
}

// A bucket holds its count at once, empties within the stretch after, and lets
// no more through in the long run than its rate.
func TestLevel(t *testing.T) {
	r := ingest.Rate{Count: 6, Per: time.Minute}
	begin := r.Slot(time.Date(2026, 3, 2, 12, 0, 7, 0, time.UTC))
	if !begin.Equal(time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)) {
		t.Fatalf("the stretch begins at %v", begin)
	}
	for _, c := range []struct {
		after          time.Duration
		before, within int
		want           float64
	}{
		{0, 0, 0, 0}, {0, 6, 0, 6}, {30 * time.Second, 6, 0, 3}, {30 * time.Second, 6, 2, 5}, {59 * time.Second, 6, 6, 6.1},
	} {
		if got := r.Level(begin.Add(c.after), c.before, c.within); math.Abs(got-c.want) > 1e-9 {
			t.Errorf("%v into the stretch, %d before and %d within: %v, want %v", c.after, c.before, c.within, got, c.want)
		}
	}
	took := map[time.Time]int{}
	let := 0
	for at := begin; at.Before(begin.Add(10 * time.Minute)); at = at.Add(500 * time.Millisecond) {
		b := ingest.NewBucket(ingest.BySender, "email:ann@example.com", r)
		b.Level = r.Level(at, took[r.Slot(at.Add(-r.Per))], took[r.Slot(at)])
		if b.Full() {
			continue
		}
		took[r.Slot(at)]++
		let++
	}
	if let < 30 || let > 66 {
		t.Errorf("%d of 1,200 were let through in ten minutes", let)
	}
}

func TestBucketsAreTold(t *testing.T) {
	minute, hour := ingest.Rate{Count: 1, Per: time.Minute}, ingest.Rate{Count: 1, Per: time.Hour}
	seen := map[[16]byte]bool{}
	for _, b := range []ingest.Bucket{
		ingest.NewBucket(ingest.BySender, "example.com", minute), ingest.NewBucket(ingest.ByDomain, "example.com", minute),
		ingest.NewBucket(ingest.BySender, "example.org", minute), ingest.NewBucket(ingest.BySender, "example.com", hour),
	} {
		if seen[b.Key] {
			t.Errorf("%+v has another's key", b)
		}
		seen[b.Key] = true
	}
}

func TestSettingsCheck(t *testing.T) {
	if err := ingest.DefaultSettings().Check(); err != nil {
		t.Fatal(err)
	}
	for says, change := range map[string]func(*ingest.Settings){
		`flood_sender "100": want COUNT/PERIOD`:          func(s *ingest.Settings) { s.FloodSender = "100" },
		`flood_domain "0/1m": want a count from 1`:       func(s *ingest.Settings) { s.FloodDomain = "0/1m" },
		`flood_channel "1/1ms": want a period of whole`:  func(s *ingest.Settings) { s.FloodChannel = "1/1ms" },
		`loop_rate "often": want COUNT/PERIOD`:           func(s *ingest.Settings) { s.LoopRate = "often" },
		`spam_header "Subject": want x-spam,`:            func(s *ingest.Settings) { s.SpamHeader = "Subject" },
		`bounce "off": want admit, append or hold`:       func(s *ingest.Settings) { s.Bounce = "off" },
		`loop "append": want admit or hold`:              func(s *ingest.Settings) { s.Loop = ingest.Append },
		`unverified_sender "": want admit or hold`:       func(s *ingest.Settings) { s.UnverifiedSender = "" },
		`chat_shows "": want hide or notice`:             func(s *ingest.Settings) { s.ChatShows = "" },
		`may_ban "nobody": want agent`:                   func(s *ingest.Settings) { s.MayBan = "nobody" },
		`held_keep 1m0s: want at least 1h0m0s, or never`: func(s *ingest.Settings) { s.HeldKeep = ingest.Keep(time.Minute) },
		`held_keep_rules -1h0m0s: want at least`:         func(s *ingest.Settings) { s.HeldKeepRules = -ingest.Keep(time.Hour) },
		`alert_late 1s: want at least 1m0s, or never`:    func(s *ingest.Settings) { s.AlertLate = ingest.Keep(time.Second) },
		`alert_disk_free 100: want 0 to 99 percent`:      func(s *ingest.Settings) { s.AlertDiskFree = 100 },
		`alert_database_bytes -1: want a number`:         func(s *ingest.Settings) { s.AlertDatabaseBytes = -1 },
		`bot_max_age -1ns: want a time`:                  func(s *ingest.Settings) { s.BotMaxAge = -1 },
	} {
		s := ingest.DefaultSettings()
		change(&s)
		if err := s.Check(); err == nil || !strings.HasPrefix(err.Error(), says) {
			t.Errorf("%v, want %s…", err, says)
		}
	}
}

func TestKeepText(t *testing.T) {
	for text, want := range map[string]ingest.Keep{"never": 0, "2160h0m0s": ingest.Keep(90 * 24 * time.Hour), "1h30m0s": ingest.Keep(90 * time.Minute)} {
		var got ingest.Keep
		if err := got.UnmarshalText([]byte(text)); err != nil || got != want || got.String() != text {
			t.Errorf("%q: %v (%v)", text, got, err)
		}
	}
	for _, text := range []string{"", "90d", "for ever", "90"} {
		if err := new(ingest.Keep).UnmarshalText([]byte(text)); err == nil {
			t.Errorf("%q is taken", text)
		}
	}
}
