package channels_test

import (
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// watchBook is a store of one channel, which may be away.
type watchBook struct {
	away     bool
	channel  ingest.WatchedChannel
	hours    []ingest.HourCount
	presence []ingest.Presence
	changes  []ingest.TroubleChange
	learnt   int
}

func (s *watchBook) gone() error {
	if s.away {
		return errors.New("away")
	}
	return nil
}

func (s *watchBook) Watched(context.Context) ([]ingest.WatchedChannel, error) {
	return []ingest.WatchedChannel{s.channel, {Name: "of another process's configuration"}}, s.gone()
}

func (s *watchBook) Arrivals(context.Context, time.Time) (map[string][]ingest.HourCount, time.Time, error) {
	s.learnt++
	return map[string][]ingest.HourCount{s.channel.Name: s.hours}, time.Time{}, s.gone()
}

func (s *watchBook) ChangeTrouble(_ context.Context, x ingest.TroubleChange) error {
	s.changes = append(s.changes, x)
	return s.gone()
}

func (s *watchBook) Present(_ context.Context, p ingest.Presence) error {
	if !s.away {
		s.presence = append(s.presence, p)
	}
	return s.gone()
}

// watching is a watch of a pushed channel whose provider cannot be asked, by a
// clock that the test sets.
func watching(s *watchBook, now *time.Time) *channels.Watch {
	return &channels.Watch{Store: s, Now: func() time.Time { return *now }, Zone: time.UTC, Answers: true, Log: slog.New(slog.DiscardHandler),
		Channels: func() map[string]channels.Watched {
			return map[string]channels.Watched{"orders": {Pushed: true, Lost: true, Again: time.Hour}, "sms": {Pushed: true}}
		}}
}

// Who was there and could not say so tells that the database was away, and not
// the program.
func TestSignsOfLife(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	s := &watchBook{}
	w := watching(s, &now)
	round := func(after time.Duration, away bool) {
		t.Helper()
		now, s.away = now.Add(after), away
		if err := w.Round(t.Context()); (err != nil) != away {
			t.Errorf("at %v: %v", now, err)
		}
	}
	round(0, false)
	round(5*time.Second, false) // it is not time yet
	round(5*time.Second, true)
	round(time.Hour, true)
	round(5*time.Second, false)
	round(20*time.Minute, false) // the machine slept
	if len(s.presence) != 3 || s.presence[0].Failed || !s.presence[1].Failed || s.presence[2].Failed {
		t.Errorf("%+v", s.presence)
	}
	if p := s.presence[0].Pushed; len(p) != 1 || p["orders"] != time.Hour {
		t.Errorf("those that cannot be asked: %v", p)
	}
	w.Answers = false
	round(time.Minute, false)
	if len(s.presence) != 3 {
		t.Error("a process that answers nobody gave a sign of life")
	}
}

// Hours are read now and then, and what follows is written once: the store then
// says so.
func TestChangesAreWrittenOnce(t *testing.T) {
	now := time.Date(2026, 11, 16, 10, 0, 0, 0, time.UTC)
	s := &watchBook{channel: ingest.WatchedChannel{Name: "orders", Heard: now.Add(-time.Hour), Traffic: ingest.HookTraffic{First: now.Add(-6 * time.Minute), Last: now},
		Cause: "url differs", Refused: "the provider signed another URL"}}
	for week := 1; week <= ingest.HabitWeeks; week++ {
		s.hours = append(s.hours, ingest.HourCount{Hour: now.AddDate(0, 0, -7*week).Add(-time.Hour), N: 30})
	}
	w := watching(s, &now)
	for range 3 {
		if err := w.Round(t.Context()); err != nil {
			t.Fatal(err)
		}
		for _, x := range s.changes {
			if x.Trouble == ingest.Rejecting {
				s.channel.Rejecting, s.channel.Says = x.Since, x.Says
			} else {
				s.channel.Silent = x.Since
			}
		}
	}
	if len(s.changes) != 2 || s.learnt != 1 {
		t.Fatalf("%+v, read %d times", s.changes, s.learnt)
	}
	if got := s.changes[0].Says; got != "all requests since 09:54 are refused: the provider signed another URL: set public_url to what the provider signs" {
		t.Error(got)
	}
	if got := s.changes[1]; got.Trouble != ingest.Silent || got.Says != "nothing since 09:00; usually every 2 minutes" {
		t.Errorf("%+v", got)
	}
	s.changes, s.channel.Traffic = nil, ingest.HookTraffic{Believed: now}
	if err := w.Round(t.Context()); err != nil || len(s.changes) != 1 || !s.changes[0].Since.IsZero() || s.changes[0].Says != "" {
		t.Errorf("%+v, %v", s.changes, err)
	}
}
