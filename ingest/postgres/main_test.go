package postgres

import (
	"context"
	"fmt"
	"net/netip"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/migrations/localpg"
)

func TestMain(m *testing.M) { localpg.Main(telling{m}) }

// open gives a store on a fresh database with a chat and a mail channel.
func open(t testing.TB) *Store {
	t.Helper()
	ctx := context.Background()
	s, err := Open(ctx, localpg.Test(t), Options{})
	must(t, err)
	t.Cleanup(s.Close)
	t.Cleanup(func() { checkEvents(t, s.pool.Config().ConnString()) })
	must(t, s.Register(ctx, "chat", "chat", ingest.Chat))
	must(t, s.Register(ctx, "mail", "imap", ingest.Email))
	return s
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// testJudge decides by exact targets alone: the store's tests need no more.
type testJudge struct {
	mu      sync.Mutex
	epoch   int64
	rules   map[int64]ingest.Rule
	decided []ingest.ID
}

func (j *testJudge) Epoch() int64 { j.mu.Lock(); defer j.mu.Unlock(); return j.epoch }

func (j *testJudge) Renew(epoch int64, changed []ingest.Rule, _ ingest.Settings) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.rules == nil {
		j.rules = map[int64]ingest.Rule{}
	}
	for _, r := range changed {
		j.rules[r.ID] = r
	}
	j.epoch = epoch
}

func (j *testJudge) Buckets(ingest.Message, ingest.Facts) []ingest.Bucket { return nil }
func (j *testJudge) Holds(ingest.Message) []int64                         { return nil }

func (j *testJudge) Decide(m ingest.Message, f ingest.Facts) ingest.Decision {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.decided = append(j.decided, m.ID)
	d := ingest.Decision{To: ingest.Conversed, Trail: []ingest.Line{{Stage: "test", Says: "decided"}}}
	if f.Contact != nil {
		d.Contact = f.Contact.ID
	}
	for _, r := range j.rules {
		named := r.Target.String() == m.From.Key() || f.Contact != nil && r.Target.String() == "contact:"+f.Contact.ID.String()
		passed := f.Pass != nil && f.Pass.Order && r.Epoch <= f.Pass.Epoch
		if r.LiftedAt == nil && named && !passed {
			d.To, d.Rule, d.Hit = ingest.Held, &r, &r
			if r.Kind == ingest.Ban && f.Pass == nil {
				d.To = ingest.Refused
			}
		}
	}
	switch {
	case d.To == ingest.Held:
		d.Ticket = f.Ticket
		for _, a := range f.Thread {
			if !a.Ticket.IsZero() {
				d.Ticket = a.Ticket
			}
		}
	case f.Current != nil:
		d.Conversation = f.Current.ID
	case len(f.Thread) > 0 && f.Thread[0].Conversation != nil && f.Thread[0].Belongs:
		d.Conversation = f.Thread[0].Conversation.ID
	default:
		d.Opens = &ingest.Opening{Status: ingest.Unassigned}
		if f.Last != nil {
			d.Opens.Continues = f.Last.ID
		}
	}
	return d
}

// chat makes a chat arrival of a visitor.
func chat(visitor, key, words string) ingest.Arrival {
	id := ingest.Identity{Kind: "visitor", Value: visitor, How: ingest.Header}
	return ingest.Arrival{
		Message: ingest.Message{Channel: "chat", From: ingest.Sender{Identity: id, Name: visitor}, Identities: []ingest.Identity{id},
			Text: words, ClientIP: netip.MustParseAddr("192.0.2.7"), Auto: ingest.AutoNone},
		Raw: []byte(words), Derived: true, Keys: []string{visitor + "/" + key},
	}
}

// mail makes a mail arrival; answers are the thread names it answers.
func mail(from, thread, words string, answers ...string) ingest.Arrival {
	id := ingest.Identity{Kind: "email", Value: from, How: ingest.Header}
	raw := []byte(fmt.Sprintf("From: %s\nMessage-ID: <%s>\n\n%s", from, thread, words))
	return ingest.Arrival{
		Message: ingest.Message{Channel: "mail", From: ingest.Sender{Identity: id, Address: from}, Identities: []ingest.Identity{id},
			Subject: words, Text: words, Thread: thread, Answers: answers, Auto: ingest.AutoNone},
		Raw: raw, Keys: []string{"mail/" + thread + "/" + words},
		Prints: []ingest.Print{{Kind: "raw", Hash: hashBytes(raw)}},
	}
}

func receive(t testing.TB, s *Store, as ...ingest.Arrival) ingest.Receipt {
	t.Helper()
	r, err := s.Receive(context.Background(), ingest.Batch{Arrivals: as})
	must(t, err)
	return r
}

// settleAll settles until nothing waits.
func settleAll(t testing.TB, s *Store, j Judge) {
	t.Helper()
	ctx := context.Background()
	for range 10000 {
		lanes, err := s.Waiting(ctx)
		must(t, err)
		if len(lanes) == 0 {
			return
		}
		for _, lane := range lanes {
			_, err := s.Settle(ctx, lane, 200, j)
			must(t, err)
		}
	}
	t.Fatal("settling does not end")
}

// work runs jobs and settles until both are idle.
func work(t testing.TB, s *Store, j Judge) {
	t.Helper()
	for range 10000 {
		step, err := s.StepJobs(context.Background(), 500)
		must(t, err)
		settleAll(t, s, j)
		if !step.Worked {
			return
		}
	}
	t.Fatal("jobs do not end")
}

// account is the books of one channel.
func account(t testing.TB, s *Store, name string) ingest.Account {
	t.Helper()
	list, err := s.Accounts(context.Background())
	must(t, err)
	for _, a := range list {
		if a.Name == name {
			return a
		}
	}
	t.Fatalf("no channel %s", name)
	return ingest.Account{}
}

// lawful fails the test if a law does not hold.
func lawful(t testing.TB, s *Store) {
	t.Helper()
	must(t, s.SealAudit(context.Background())) // as a sweeper would have
	v, err := s.Verify(context.Background(), time.Time{})
	must(t, err)
	for _, x := range v.Violations {
		t.Errorf("law %d: %s: %d %v", x.Law, x.Says, x.N, x.IDs)
	}
}

// count runs a query that returns one number.
func count(t testing.TB, s *Store, query string, args ...any) int {
	t.Helper()
	var n int
	must(t, s.pool.QueryRow(context.Background(), query, args...).Scan(&n))
	return n
}
