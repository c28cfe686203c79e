package postgres

import (
	"context"
	"errors"
	"reflect"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// What a reader has passed no later commit may fill: an event that was written
// first and committed last holds back those after it.
func TestEventsWaitForTransactionsThatStillRun(t *testing.T) {
	s, ctx := open(t), context.Background()
	write := "insert into events (type) values ($1)"
	slow, err := s.pool.Begin(ctx)
	must(t, err)
	_, err = slow.Exec(ctx, write, "channel.failing")
	must(t, err)
	_, err = s.pool.Exec(ctx, write, "channel.ok")
	must(t, err)
	list, err := s.Events(ctx, ingest.EventFilter{})
	must(t, err)
	if len(list.Items) != 0 {
		t.Fatalf("%+v is shown before the one that may come in front of it", list.Items)
	}
	must(t, slow.Commit(ctx))
	list, err = s.Events(ctx, ingest.EventFilter{Limit: 1})
	must(t, err)
	if len(list.Items) != 1 || list.Items[0].Type != "channel.failing" {
		t.Fatalf("%+v: want the slow one first", list.Items)
	}
	list, err = s.Events(ctx, ingest.EventFilter{After: list.Next})
	must(t, err)
	if len(list.Items) != 1 || list.Items[0].Type != "channel.ok" {
		t.Fatalf("%+v: want the quick one next", list.Items)
	}
}

// A reader is told that it is too late when it missed something, and only then;
// and all that is past its time goes in one round, however much it is.
func TestEventsAreGoneForThoseWhoMissedSome(t *testing.T) {
	s, ctx := open(t), context.Background()
	write := func(n int, age string) {
		_, err := s.pool.Exec(ctx, "insert into events (type, at) select 'job.done', now() - $2::interval from generate_series(1, $1::int)", n, age)
		must(t, err)
	}
	read := func(after string) (ingest.List[ingest.Event], error) {
		return s.Events(ctx, ingest.EventFilter{After: after, Limit: 1000})
	}
	write(12_000, "31 days")
	first, err := s.Events(ctx, ingest.EventFilter{Limit: 1})
	must(t, err)
	head, err := s.EventHead(ctx)
	must(t, err)
	must(t, s.Tidy(ctx))
	if n := count(t, s, "select count(*) from events"); n != 0 {
		t.Errorf("%d events are left, want none", n)
	}
	if _, err := read(first.Next); !errors.Is(err, ingest.ErrGone) {
		t.Errorf("a reader who missed thousands is told %v", err)
	}
	list, err := read(head)
	if err != nil || len(list.Items) != 0 || list.Next != head {
		t.Errorf("a reader who has read all: %+v, %v", list, err)
	}
	if list, err := read(""); err != nil || list.Next != head {
		t.Errorf("a new reader: %+v, %v, want to go on at %s", list, err, head)
	}
	if now, err := s.EventHead(ctx); err != nil || now != head {
		t.Errorf("the head is %q, %v, want %s still", now, err, head)
	}
	write(1, "0")
	if list, err := read(head); err != nil || len(list.Items) != 1 {
		t.Errorf("what came since: %+v, %v", list, err)
	}
}

func TestSetSettingsIsAllOrNothing(t *testing.T) {
	s, ctx := open(t), context.Background()
	refused := errors.New("refused")
	_, _, err := s.SetSettings(ctx, 0, "ann", func(o *ingest.Settings) error { o.BotEnabled = true; return refused })
	if !errors.Is(err, refused) {
		t.Fatalf("%v: want the error of the change", err)
	}
	settings, epoch, err := s.Settings(ctx)
	must(t, err)
	if !reflect.DeepEqual(settings, ingest.DefaultSettings()) || epoch != 1 {
		t.Errorf("%+v at %d: want nothing changed", settings, epoch)
	}
	_, epoch, err = s.SetSettings(ctx, 1, "ann", func(o *ingest.Settings) error { o.BotEnabled = true; return nil })
	must(t, err)
	if _, _, err := s.SetSettings(ctx, epoch-1, "bob", func(*ingest.Settings) error { return nil }); !errors.Is(err, ingest.ErrConflict) {
		t.Errorf("an old version: %v", err)
	}
}

// A settle that began before the settings changed ends before they do.
func TestSetSettingsWaitsForDecisionsUnderWay(t *testing.T) {
	s, ctx := open(t), context.Background()
	settle, err := s.pool.Begin(ctx)
	must(t, err)
	_, err = settle.Exec(ctx, sqlRulesLockShared)
	must(t, err)
	done := make(chan error, 1)
	go func() {
		_, _, err := s.SetSettings(ctx, 0, "ann", func(o *ingest.Settings) error { o.Closed = true; return nil })
		done <- err
	}()
	waiting := "select count(*) from pg_locks where locktype = 'advisory' and not granted"
	for count(t, s, waiting) == 0 {
		select {
		case err := <-done:
			t.Fatalf("changed under a settle's lock: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	must(t, settle.Commit(ctx))
	must(t, <-done)
}

func TestCursorsOfStrangers(t *testing.T) {
	s, ctx := open(t), context.Background()
	for _, c := range []string{"x", "%%", "bnVsbA", "e30", "eyJ0IjoibmV2ZXIifQ", strings.Repeat("A", 5000)} {
		_, err := s.Conversations(ctx, ingest.ConversationFilter{Part: ingest.Part{After: c}})
		if err != nil && !ingest.Invalid(err) {
			t.Errorf("%.20q: %v", c, err)
		}
	}
}

func FuzzCursor(f *testing.F) {
	f.Add(mark{At: time.Unix(1, 0), N: 7, ID: ingest.ID{1}}.String(), "12-7")
	f.Add("", "")
	f.Fuzz(func(t *testing.T, cursor, event string) {
		if m, err := after(cursor); err == nil && m != nil {
			again, err := after(m.String())
			if err != nil || again.N != m.N || again.ID != m.ID || !again.At.Equal(m.At) {
				t.Errorf("%q is read back as another place", cursor)
			}
		} else if err != nil && !ingest.Invalid(err) {
			t.Errorf("%q: %v", cursor, err)
		}
		if _, _, err := placeInLog(event); err != nil && !ingest.Invalid(err) {
			t.Errorf("%q: %v", event, err)
		}
	})
}

func TestPartsAreCutByBytes(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	words := strings.Repeat("x", partBytes/2+1)
	for i := range 3 {
		m := mail("ann@example.com", ingest.NewID(time.Now()).String(), words)
		if m.Derived = i == 1; m.Derived {
			m.Raw = []byte(words)
		}
		receive(t, s, m)
	}
	settleAll(t, s, j)
	seen := map[ingest.ID]bool{}
	f := ingest.MessageFilter{}
	for parts := 1; ; parts++ {
		list, err := s.Messages(ctx, f)
		must(t, err)
		for _, m := range list.Items {
			seen[m.ID] = true
		}
		if f.After = list.Next; list.Next == "" {
			if parts != 2 || len(seen) != 3 {
				t.Errorf("%d messages in %d parts, want 3 in 2", len(seen), parts)
			}
			return
		}
	}
}
