package postgres

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
)

// all chooses the whole blocked list as it is now.
func all(t testing.TB, s *Store) ingest.TicketOrder {
	t.Helper()
	asOf, err := s.asOf(context.Background())
	must(t, err)
	return ingest.TicketOrder{Filter: &ingest.TicketFilter{}, AsOf: asOf, Actor: "sam"}
}

func ticketsOf(t testing.TB, s *Store) []ingest.ID {
	t.Helper()
	asOf, err := s.asOf(context.Background())
	must(t, err)
	snapshot, err := s.moment(context.Background(), s.pool, asOf)
	must(t, err)
	ids, err := s.ticketIDs(context.Background(), s.pool, ingest.TicketFilter{}, snapshot)
	must(t, err)
	return ids
}

// Whichever way a message is deleted, no word of it stays, and neither the
// mailbox, its next UIDVALIDITY nor the provider's next try brings it back.
func TestOrdersLeaveNoWordAndBringNothingBack(t *testing.T) {
	ctx := context.Background()
	for name, give := range map[string]func(*Store, []ingest.ID) (int64, error){
		"tickets": func(s *Store, _ []ingest.ID) (int64, error) {
			return s.DeleteTickets(ctx, ingest.TicketOrder{Tickets: ticketsOf(t, s), Actor: "sam"})
		},
		"messages": func(s *Store, ids []ingest.ID) (int64, error) {
			return s.DeleteTickets(ctx, ingest.TicketOrder{Messages: ids, Actor: "sam"})
		},
		"filter": func(s *Store, _ []ingest.ID) (int64, error) { return s.DeleteTickets(ctx, all(t, s)) },
		"filter and text": func(s *Store, _ []ingest.ID) (int64, error) {
			o := all(t, s)
			o.Filter.Text = "plantedword"
			return s.DeleteTickets(ctx, o)
		},
		"cancelled and retried": func(s *Store, _ []ingest.ID) (int64, error) {
			job, err := s.DeleteTickets(ctx, all(t, s))
			must(t, err)
			_, err = s.StepJobs(ctx, 1)
			must(t, err)
			must(t, s.CancelJob(ctx, job, "sam"))
			return job, s.RetryJob(ctx, job, "sam")
		},
		"delete and ban": func(s *Store, _ []ingest.ID) (int64, error) {
			o := all(t, s)
			o.Also = &ingest.AlsoOrder{RuleOrder: ingest.RuleOrder{Kind: ingest.Ban, Reason: "spam"}, Identity: true}
			return s.DeleteTickets(ctx, o)
		},
	} {
		t.Run(name, func(t *testing.T) {
			s, j := open(t), &testJudge{}
			_, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "email", Value: "ann@example.com"}))
			must(t, err)
			lease, err := s.Acquire(ctx, "mail", "one", time.Minute)
			must(t, err)
			at, err := s.Cursor(ctx, "mail", "INBOX", lease.Token)
			must(t, err)
			poll := func(from, to, uid string, era int64) ingest.Receipt {
				first, reply := mail("ann@example.com", "plantedword1", "plantedword"), mail("ann@example.com", "plantedword2", "plantedword too", "plantedword1")
				first.Keys, reply.Keys = []string{uid + "/1"}, []string{uid + "/2"}
				r, err := s.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{first, reply}, Move: &ingest.Move{Channel: "mail",
					Mailbox: "INBOX", From: from, To: to, Fence: lease.Token, Era: era, Recheck: era > 1}})
				must(t, err)
				return r
			}
			var ids []ingest.ID
			for _, r := range poll(at, "a", "1", 1).Results {
				ids = append(ids, r.ID)
			}
			hook := chat("eve", "1", "plantedword")
			hook.Message.From.Identity = ingest.Identity{Kind: "email", Value: "ann@example.com", How: ingest.Header}
			hook.Message.From.Name, hook.Message.Identities, hook.Derived = "", nil, false
			ids = append(ids, receive(t, s, hook).Results[0].ID)
			settleAll(t, s, j)
			searchAll(t, s)
			job, err := give(s, ids)
			must(t, err)
			work(t, s, j)
			if got, err := s.Job(ctx, job); err != nil || got.State != ingest.JobDone || got.Purged != 3 {
				t.Fatalf("job %+v, %v", got, err)
			}
			if where := grep(t, s, "plantedword"); len(where) > 0 {
				t.Errorf("still in %v", where)
			}
			results := append(poll("a", "b", "1", 1).Results, poll("b", "c", "2", 2).Results...)
			again := hook
			again.Keys = append([]string{"by another name"}, hook.Keys...)
			results = append(append(results, receive(t, s, hook).Results...), receive(t, s, again).Results...)
			for i, r := range results {
				if r.Fresh {
					t.Errorf("result %d: it came back", i)
				}
			}
			settleAll(t, s, j)
			lawful(t, s)
			if n := count(t, s, "select count(*) from messages where state = 'purged'"); n != 3 {
				t.Errorf("%d purged messages, want 3", n)
			}
		})
	}
}

// A held message has no conversation, so nothing that is deleted from the
// blocked list gave one its subject: what is let go gives its own.
func TestADeletedSubjectIsNoConversations(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	_, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "email", Value: "ann@example.com"}))
	must(t, err)
	r := receive(t, s, mail("ann@example.com", "m1", "plantedword"), mail("ann@example.com", "m2", "let go", "m1"))
	settleAll(t, s, j)
	_, err = s.DeleteTickets(ctx, ingest.TicketOrder{Messages: []ingest.ID{r.Results[0].ID}, Actor: "sam"})
	must(t, err)
	_, err = s.ReleaseTickets(ctx, ingest.TicketOrder{Messages: []ingest.ID{r.Results[1].ID}, Actor: "sam"})
	must(t, err)
	work(t, s, j)
	if n := count(t, s, "select count(*) from conversations where subject = 'let go'"); n != 1 {
		t.Error("no conversation has the subject of what was let go")
	}
	if where := grep(t, s, "plantedword"); len(where) > 0 {
		t.Errorf("still in %v", where)
	}
	lawful(t, s)
}

// What an order saw is let go once: what other jobs took before is skipped, and
// not taken again because something holds it anew.
func TestAListIsOfWhatWasSeen(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	_, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	id := receive(t, s, chat("ann", "1", "one")).Results[0].ID
	settleAll(t, s, j)
	_, err = s.ReleaseTickets(ctx, ingest.TicketOrder{Messages: []ingest.ID{id}, Actor: "sam"})
	must(t, err)
	contact := order(ingest.Block, ingest.Target{Kind: "contact", Value: scanText(t, s, "select contact::text from tickets")})
	_, err = s.SetRule(ctx, contact)
	must(t, err)
	deletes, err := s.DeleteTickets(ctx, ingest.TicketOrder{Messages: []ingest.ID{id}, Actor: "sam"})
	must(t, err)
	work(t, s, j)
	settleAll(t, s, j)
	work(t, s, j)
	got, err := s.Job(ctx, deletes)
	must(t, err)
	if got.State != ingest.JobDone || got.Purged != 0 || got.Skipped != 1 || got.Total != 1 {
		t.Errorf("job %+v, want one skipped", got)
	}
	if a := account(t, s, "chat"); a.Held != 1 {
		t.Errorf("account %+v, want it held by the new rule", a)
	}
	lawful(t, s)
}

func scanText(t testing.TB, s *Store, query string) string {
	t.Helper()
	var v string
	must(t, s.pool.QueryRow(context.Background(), query).Scan(&v))
	return v
}

// An order whose rule cannot be set on everyone does nothing at all.
func TestAnOrderAndItsRulesAreOneThing(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	for _, target := range []ingest.Target{visitorAnn, {Kind: "email", Value: "ann@example.com"}} {
		_, err := s.SetRule(ctx, order(ingest.Block, target))
		must(t, err)
	}
	receive(t, s, chat("ann", "1", "from an address"), mail("ann@example.com", "m1", "from none that is known"))
	settleAll(t, s, j)
	o := all(t, s)
	o.Also = &ingest.AlsoOrder{RuleOrder: ingest.RuleOrder{Kind: ingest.Ban, AlsoIP: true}}
	if _, err := s.DeleteTickets(ctx, o); !ingest.Invalid(err) {
		t.Fatalf("a rule on an address that is not known: %v", err)
	}
	if n := count(t, s, "select (select count(*) from jobs) + (select count(*) from rules where kind = 'ban')"); n != 0 {
		t.Errorf("%d jobs and rules stay of what was refused", n)
	}
	o.Also.AlsoIP, o.Also.Identity = false, true
	targets, _, err := s.AlsoTargets(ctx, o)
	must(t, err)
	_, err = s.DeleteTickets(ctx, o)
	must(t, err)
	if n := count(t, s, "select count(*) from rules where kind = 'ban' and created_by = 'sam'"); n != 2 || len(targets) != 2 {
		t.Errorf("%d rules on %v, want 2", n, targets)
	}
}

// Orders, cancels, retries, ends of rules and steps at once: whatever meets, no
// order is lost by joining a job that ends, and the laws hold.
func TestLawOrdersAndCancelsMeet(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	set, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	for i := range 40 {
		receive(t, s, chat("ann", fmt.Sprint(i), "held"))
	}
	settleAll(t, s, j)
	tickets := ticketsOf(t, s)
	lifted, err := s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: ingest.DeleteAll, Actor: "sam"})
	must(t, err)
	var wg sync.WaitGroup
	try := func(do func() error) {
		wg.Go(func() {
			for range 30 {
				if err := do(); err != nil && !errors.Is(err, ingest.ErrConflict) && !errors.Is(err, ingest.ErrNotFound) {
					t.Error(err)
				}
			}
		})
	}
	for range 2 {
		try(func() error { _, err := s.StepJobs(ctx, 1); return err })
		try(func() error {
			_, err := s.DeleteTickets(ctx, ingest.TicketOrder{Tickets: tickets, Actor: "sam"})
			return err
		})
	}
	try(func() error { return s.CancelJob(ctx, lifted.Job, "sam") })
	try(func() error { return s.RetryJob(ctx, lifted.Job, "sam") })
	try(func() error { return s.CancelJob(ctx, lifted.Job+1, "sam") })
	try(func() error { lawful(t, s); return nil })
	wg.Wait()
	_, err = s.DeleteTickets(ctx, ingest.TicketOrder{Tickets: tickets, Actor: "sam"})
	if err != nil && !errors.Is(err, ingest.ErrNotFound) {
		t.Fatal(err)
	}
	work(t, s, j)
	if a := account(t, s, "chat"); a.Purged != 40 {
		t.Errorf("account %+v, want all purged", a)
	}
	lawful(t, s)
}

// What names a moment is taken from strangers: nothing but what was signed is
// read.
func FuzzMoment(f *testing.F) {
	key, at := []byte("key"), time.Unix(1_700_000_000, 0)
	good := signMoment(key, "10:20:11", at)
	for _, token := range []string{"", "x", good, good[1:], good + "A", signMoment([]byte("other"), "10:20:", at)} {
		f.Add(token)
	}
	f.Fuzz(func(t *testing.T, token string) {
		snapshot, when, err := readMoment(key, token)
		if err == nil && (snapshot != "10:20:11" || !when.Equal(at)) {
			t.Errorf("%q was read as %s at %s", token, snapshot, when)
		}
	})
}
