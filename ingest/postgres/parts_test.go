package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/migrations/localpg"
)

// joinWords joins parts whose raw forms are their words.
func joinWords(_ string, set ingest.PartSet) ingest.Arrival {
	a := chat("ann", "", "")
	a.Raw = nil
	for _, p := range set.Parts {
		a.Raw = append(a.Raw, p.Raw...)
	}
	if missing := set.Missing(); missing != nil {
		a.Raw = fmt.Appendf(a.Raw, " %v late=%v", missing, set.Late)
	}
	a.Message.Text = string(a.Raw)
	return a
}

// part is a part of a chat message; its key is its words.
func part(set string, number, total int, words string) ingest.Arrival {
	a := chat("ann", words, words)
	a.Part = &ingest.PartOf{Set: set, Number: number, Total: total}
	return a
}

// clocked is a store on a fresh database whose clock stands until it is moved.
func clocked(t *testing.T, joiner Joiner) (*Store, func(time.Duration)) {
	t.Helper()
	var mu sync.Mutex
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	s, err := Open(context.Background(), localpg.Test(t), Options{Joiner: joiner, Now: func() time.Time { mu.Lock(); defer mu.Unlock(); return now }})
	must(t, err)
	t.Cleanup(s.Close)
	t.Cleanup(func() { checkEvents(t, s.pool.Config().ConnString()) })
	must(t, s.Register(context.Background(), "chat", "chat", ingest.Chat))
	must(t, s.Register(context.Background(), "mail", "imap", ingest.Email))
	return s, func(d time.Duration) { mu.Lock(); defer mu.Unlock(); now = now.Add(d) }
}

// said are the raw forms of the messages, in the order of their commit.
func said(t *testing.T, s *Store) string {
	t.Helper()
	var all string
	must(t, s.pool.QueryRow(context.Background(),
		`select coalesce(string_agg(convert_from(r.data, 'UTF8') || case m.state when 'dead' then ' (dead)' else '' end, ', ' order by m.seq), '')
		from messages m join raw r on r.message = m.id`).Scan(&all))
	return all
}

func wantSaid(t *testing.T, s *Store, want string, waiting int) {
	t.Helper()
	if got := said(t, s); got != want {
		t.Errorf("messages %q, want %q", got, want)
	}
	if n := count(t, s, "select count(*) from parts"); n != waiting {
		t.Errorf("%d parts wait, want %d", n, waiting)
	}
	lawful(t, s)
}

func TestPartsMakeOneMessage(t *testing.T) {
	s, _ := clocked(t, joinWords)
	r := receive(t, s, part("x", 3, 3, "three"), chat("ann", "1", "whole"))
	if !r.Results[0].Fresh || len(r.Lanes) != 1 {
		t.Errorf("a part beside a message: %+v", r)
	}
	wantSaid(t, s, "whole", 1)
	if a := account(t, s, "chat"); a.Accepted != 1 || a.InFlight != 1 {
		t.Errorf("a part is no message: %+v", a)
	}
	receive(t, s, part("x", 1, 3, "one "))
	if r := receive(t, s, part("x", 3, 3, "three")); r.Results[0].Fresh || len(r.Lanes) != 0 {
		t.Errorf("a repeat of a part that waits: %+v", r)
	}
	wantSaid(t, s, "whole", 2)
	last := receive(t, s, part("x", 2, 3, "two "))
	wantSaid(t, s, "whole, one two three", 0)
	if len(last.Lanes) != 1 || count(t, s, "select count(*) from messages where id = $1", last.Results[0].ID) != 1 {
		t.Errorf("the last part must name the message and its lane: %+v", last)
	}
	for _, words := range []string{"one ", "two ", "three"} {
		if r := receive(t, s, part("x", 1, 3, words)); r.Results[0].Fresh || r.Results[0].ID != last.Results[0].ID {
			t.Errorf("a repeat of %q: %+v", words, r.Results[0])
		}
	}
	wantSaid(t, s, "whole, one two three", 0)
	if a := account(t, s, "chat"); a.Accepted != 2 || a.Repeats != 4 {
		t.Errorf("account %+v", a)
	}
}

func TestPartsInOneBatch(t *testing.T) {
	s, _ := clocked(t, joinWords)
	r := receive(t, s, part("x", 2, 2, "b"), part("y", 1, 2, "c"), part("x", 1, 2, "a"), part("x", 1, 2, "a"), part("y", 2, 2, "d"))
	wantSaid(t, s, "ab, cd", 0)
	if r.Results[0].ID != r.Results[2].ID || r.Results[3].ID != r.Results[2].ID || r.Results[1].ID != r.Results[4].ID || r.Results[3].Fresh {
		t.Errorf("results %+v", r.Results)
	}
}

func TestPartsOfAKnownKeyWithOtherContentAreDead(t *testing.T) {
	s, _ := clocked(t, joinWords)
	receive(t, s, part("x", 1, 2, "a"))
	other := part("x", 2, 2, "other")
	other.Keys = []string{"ann/a"}
	receive(t, s, other, part("x", 2, 2, "b"))
	wantSaid(t, s, "other (dead), ab", 0)
}

func TestPartsBeyondBoundsAreInvalid(t *testing.T) {
	s, _ := clocked(t, joinWords)
	_, err := s.Receive(context.Background(), ingest.Batch{Arrivals: []ingest.Arrival{part("x", 3, 2, "c")}})
	if !ingest.Invalid(err) {
		t.Errorf("part 3 of 2: %v", err)
	}
	wantSaid(t, s, "", 0)
}

func TestPartsWaitNoLongerThanTheyMay(t *testing.T) {
	s, pass := clocked(t, joinWords)
	ctx := context.Background()
	receive(t, s, part("x", 3, 3, "c"), part("x", 1, 3, "a"))
	pass(ingest.PartsWait - time.Second)
	receive(t, s, part("y", 1, 2, "young"))
	must(t, s.JoinParts(ctx))
	wantSaid(t, s, "", 3)
	pass(time.Second)
	must(t, s.JoinParts(ctx))
	wantSaid(t, s, "ac [2] late=false", 1)
	receive(t, s, part("x", 2, 3, "b"))
	wantSaid(t, s, "ac [2] late=false, b [1 3] late=true", 1)
	if r := receive(t, s, part("x", 2, 3, "b"), part("x", 1, 3, "a")); r.Results[0].Fresh || r.Results[1].Fresh {
		t.Errorf("repeats of delivered parts: %+v", r.Results)
	}
	receive(t, s, part("x", 2, 3, "new")) // what was lost has come: this is another message's
	wantSaid(t, s, "ac [2] late=false, b [1 3] late=true", 2)
}

func TestLostPartsAreForgotten(t *testing.T) {
	s, pass := clocked(t, joinWords)
	ctx := context.Background()
	receive(t, s, part("x", 1, 2, "a"))
	pass(ingest.PartsWait)
	must(t, s.JoinParts(ctx))
	pass(ingest.PartsLate)
	receive(t, s, part("x", 2, 2, "b"))
	wantSaid(t, s, "a [2] late=false", 1)
}

func TestManyPartsAreDelivered(t *testing.T) {
	s, pass := clocked(t, joinWords)
	for i := range 2*dueParts + 1 {
		receive(t, s, part(fmt.Sprint("x", i), 1, 2, fmt.Sprint(i)))
	}
	pass(ingest.PartsWait)
	must(t, s.JoinParts(context.Background()))
	if n := count(t, s, "select count(*) from messages"); n != 2*dueParts+1 {
		t.Errorf("%d messages", n)
	}
	lawful(t, s)
}

// TestPartsAtOnce brings the parts of messages from many sides at once: each
// message is made once, whoever brings its last part.
func TestPartsAtOnce(t *testing.T) {
	s, _ := clocked(t, joinWords)
	const messages, parts = 20, 4
	var all sync.WaitGroup
	for side := range 4 {
		all.Go(func() {
			for m := range messages {
				for i := range parts {
					n := (i + side) % parts
					a := part(fmt.Sprint("x", m), n+1, parts, fmt.Sprintf("%d.%d ", m, n))
					if _, err := s.Receive(context.Background(), ingest.Batch{Arrivals: []ingest.Arrival{a}}); err != nil {
						t.Error(err)
					}
				}
			}
		})
	}
	all.Wait()
	if n := count(t, s, "select count(*) from messages"); n != messages {
		t.Errorf("%d messages of %d", n, messages)
	}
	if n := count(t, s, "select count(*) from parts"); n != 0 {
		t.Errorf("%d parts wait", n)
	}
	lawful(t, s)
}

// TestLastPartsAtOnce brings the two parts of messages at the same moment: the
// later commit sees both.
func TestLastPartsAtOnce(t *testing.T) {
	s, _ := clocked(t, joinWords)
	const messages = 50
	for m := range messages {
		var both sync.WaitGroup
		start := make(chan struct{})
		for n := range 2 {
			both.Go(func() {
				<-start
				a := part(fmt.Sprint("x", m), n+1, 2, fmt.Sprintf("%d.%d ", m, n))
				if _, err := s.Receive(context.Background(), ingest.Batch{Arrivals: []ingest.Arrival{a}}); err != nil {
					t.Error(err)
				}
			})
		}
		close(start)
		both.Wait()
	}
	if n := count(t, s, "select count(*) from messages"); n != messages {
		t.Errorf("%d messages of %d", n, messages)
	}
	lawful(t, s)
}

// TestPartsWaitForAJoiner stores parts in a process that has none.
func TestPartsWaitForAJoiner(t *testing.T) {
	s, pass := clocked(t, nil)
	receive(t, s, part("x", 1, 2, "a"), part("x", 2, 2, "b"))
	pass(ingest.PartsWait)
	must(t, s.JoinParts(context.Background()))
	wantSaid(t, s, "", 2)
	s.joiner = joinWords
	must(t, s.JoinParts(context.Background()))
	wantSaid(t, s, "ab", 0)
}

// TestPartsThatTheDatabaseRefuses joins what cannot be stored: it is dead, and
// holds nobody up.
func TestPartsThatTheDatabaseRefuses(t *testing.T) {
	s, pass := clocked(t, func(kind string, set ingest.PartSet) ingest.Arrival {
		a := joinWords(kind, set)
		if string(set.Parts[0].Raw) == "bad" {
			early := time.Date(-9999, 1, 1, 0, 0, 0, 0, time.UTC) // before the first day of a timestamptz
			a.Message.SentAt = &early
		}
		return a
	})
	receive(t, s, part("x", 1, 2, "bad"), part("y", 1, 2, "good"))
	_, err := s.Receive(context.Background(), ingest.Batch{Arrivals: []ingest.Arrival{part("x", 2, 2, "2")}})
	if !ingest.Invalid(err) {
		t.Errorf("the last part of what cannot be stored: %v", err)
	}
	pass(ingest.PartsWait)
	must(t, s.JoinParts(context.Background()))
	if got := said(t, s); got != "bad [2] late=false (dead), good [2] late=false" && got != "good [2] late=false, bad [2] late=false (dead)" {
		t.Errorf("messages %q", got)
	}
	lawful(t, s)
}

// banAll is a refuser for whom everybody is banned.
type banAll struct {
	*testJudge
	rule ingest.Rule
}

func (banAll) Opted(m ingest.Message) (ingest.Opt, string) { return m.Opt, "" }

func (b banAll) Suspects(ingest.Message, string, time.Time) *ingest.Rule { return &b.rule }
func (b banAll) Refuses(ingest.Message, []ingest.ID, string, time.Time) *ingest.Rule {
	return &b.rule
}

// TestPartsOfTheBanned are stored while they are no message, and then refused as
// any: beyond the first hundred they leave nothing behind.
func TestPartsOfTheBanned(t *testing.T) {
	s, _ := clocked(t, joinWords)
	set, err := s.SetRule(context.Background(), ingest.RuleOrder{Kind: ingest.Ban, Actor: "tester", Target: ingest.Target{Kind: "visitor", Value: "ann"}})
	must(t, err)
	s.refuser = banAll{&testJudge{}, set.Rule}
	for i := range keptRefusals + 3 {
		receive(t, s, part(fmt.Sprint(i), 1, 2, fmt.Sprint("a", i)), part(fmt.Sprint(i), 2, 2, fmt.Sprint("b", i)))
	}
	if n := count(t, s, "select count(*) from messages where state = 'refused'"); n != keptRefusals {
		t.Errorf("%d rows of refusals", n)
	}
	for table, want := range map[string]int{"parts": 0, "raw": 0, "bodies": 0, "message_keys": 2 * keptRefusals} {
		if n := count(t, s, "select count(*) from "+table); n != want {
			t.Errorf("%d rows in %s, want %d", n, table, want)
		}
	}
	if a := account(t, s, "chat"); a.Accepted != keptRefusals+3 || a.Refused != keptRefusals+3 {
		t.Errorf("account %+v", a)
	}
	lawful(t, s)
}

func TestPartsOfAFencedBatchAreNotStored(t *testing.T) {
	s, _ := clocked(t, joinWords)
	lease, err := s.Acquire(context.Background(), "chat", "one", time.Minute)
	must(t, err)
	_, err = s.Receive(context.Background(), ingest.Batch{Arrivals: []ingest.Arrival{part("x", 1, 1, "a")},
		Move: &ingest.Move{Channel: "chat", From: "elsewhere", To: "1", Fence: lease.Token}})
	if !errors.Is(err, ingest.ErrFenced) {
		t.Errorf("a batch of parts from a cursor that has moved: %v", err)
	}
	wantSaid(t, s, "", 0)
}
