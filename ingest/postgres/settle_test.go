package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gatehouse/ingest"
)

func TestSettleOpensAndContinues(t *testing.T) {
	s, j := open(t), &testJudge{}
	receive(t, s, chat("ann", "1", "one"), chat("ann", "2", "two"), chat("bob", "1", "three"))
	settleAll(t, s, j)
	receive(t, s, chat("ann", "3", "four"))
	settleAll(t, s, j)
	if n := count(t, s, "select count(*) from conversations"); n != 2 {
		t.Errorf("%d conversations, want 2", n)
	}
	if n := count(t, s, "select max(messages) from conversations"); n != 3 {
		t.Errorf("%d messages in the longest, want 3", n)
	}
	if n := count(t, s, "select count(*) from contacts"); n != 2 {
		t.Errorf("%d contacts, want 2", n)
	}
	lawful(t, s)
}

func TestSettleThreadsMail(t *testing.T) {
	s, j := open(t), &testJudge{}
	receive(t, s, mail("ann@example.com", "m1", "question"), mail("ann@example.com", "m2", "more", "m1"))
	settleAll(t, s, j)
	receive(t, s, mail("ann@example.com", "m3", "again", "m2", "m1"), mail("eve@example.net", "m4", "me too", "m1"))
	settleAll(t, s, j)
	if n := count(t, s, "select count(distinct conversation) from messages where thread is not null"); n != 2 {
		t.Errorf("%d conversations, want 2: Eve has no part in Ann's", n)
	}
	lawful(t, s)
}

func TestSettleWaitsForAnAncestorInAnotherLane(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	a, b := mail("ann@example.com", "m1", "question"), mail("bob@example.com", "m2", "answer", "m1")
	lanes := receive(t, s, a, b).Lanes
	if len(lanes) != 2 {
		t.Fatalf("both senders share a lane: choose others")
	}
	laneOf := func(sender string) int {
		return count(t, s, "select lane from messages where sender = $1", sender)
	}
	done, err := s.Settle(ctx, laneOf("email:bob@example.com"), 200, j)
	must(t, err)
	if done.Decided != 0 || len(done.Lanes) != 1 || done.Lanes[0] != laneOf("email:ann@example.com") {
		t.Fatalf("the answer must wait and name the lane of the question: %+v", done)
	}
	s.now = func() time.Time { return time.Now().Add(2 * waitForAncestor) }
	done, err = s.Settle(ctx, laneOf("email:bob@example.com"), 200, j)
	must(t, err)
	if done.Decided != 1 {
		t.Errorf("after %s it is settled without: %+v", waitForAncestor, done)
	}
}

func TestSettleExcludesItselfOnALane(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	lane := receive(t, s, chat("ann", "1", "one")).Lanes[0]
	tx, err := s.pool.Begin(ctx)
	must(t, err)
	defer tx.Rollback(ctx)
	_, err = tx.Exec(ctx, "select pg_advisory_xact_lock(2, $1)", lane)
	must(t, err)
	done, err := s.Settle(ctx, lane, 200, j)
	must(t, err)
	if !done.Busy || done.Decided != 0 {
		t.Errorf("the lane is taken: %+v", done)
	}
}

func order(kind ingest.RuleKind, target ingest.Target) ingest.RuleOrder {
	return ingest.RuleOrder{Kind: kind, Target: target, Reason: "spam", Actor: "sam"}
}

var visitorAnn = ingest.Target{Kind: "visitor", Value: "ann"}

func TestBlockHoldsAndUnblockAllGivesBack(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, chat("ann", "1", "before"))
	settleAll(t, s, j)
	set, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	if set.Closed != 1 {
		t.Errorf("closed %d conversations, want 1", set.Closed)
	}
	again, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	if again.Fresh || again.Rule.ID != set.Rule.ID {
		t.Error("the same rule stands already")
	}
	for i := range 5 {
		receive(t, s, chat("ann", fmt.Sprint("held", i), "secret"))
	}
	settleAll(t, s, j)
	if a := account(t, s, "chat"); a.Held != 5 {
		t.Fatalf("account %+v, want 5 held", a)
	}
	var choice *ingest.HeldChoiceError
	if _, err := s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Actor: "sam"}); !errors.As(err, &choice) || choice.Held != 5 || choice.Tickets != 1 {
		t.Fatalf("lift without a choice: %v", err)
	}
	lifted, err := s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: ingest.UnblockAll, Actor: "sam"})
	must(t, err)
	second, err := s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: ingest.UnblockAll, Actor: "sam"})
	must(t, err)
	if second.Job != lifted.Job {
		t.Errorf("a second lift answers job %d, want %d", second.Job, lifted.Job)
	}
	lawful(t, s)
	work(t, s, j)
	lawful(t, s)
	if a := account(t, s, "chat"); a.Held != 0 || a.Conversed != 6 {
		t.Errorf("account %+v", a)
	}
	if n := count(t, s, "select count(*) from jobs where state = 'done' and released = 5 and total = 5"); n != 1 {
		t.Error("the job does not say that it released 5")
	}
	if n := count(t, s, "select count(*) from conversations where continues is not null and released_by is not null"); n != 1 {
		t.Error("the released messages continue the closed conversation by link")
	}
}

func TestDeleteAllLeavesNoWord(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	set, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "email", Value: "ann@example.com"}))
	must(t, err)
	receive(t, s, mail("ann@example.com", "m1", "plantedword"), mail("ann@example.com", "m2", "plantedword too", "m1"))
	settleAll(t, s, j)
	_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Held: ingest.DeleteAll, Actor: "sam"})
	must(t, err)
	work(t, s, j)
	lawful(t, s)
	if a := account(t, s, "mail"); a.Purged != 2 || a.Held != 0 {
		t.Errorf("account %+v", a)
	}
	if where := grep(t, s, "plantedword"); len(where) > 0 {
		t.Errorf("still in %v", where)
	}
	r := receive(t, s, mail("ann@example.com", "m1", "plantedword"))
	if r.Results[0].Fresh {
		t.Error("a purged mail must not come back by its key")
	}
}

func TestReleaseOfATicketLeavesTheRule(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	_, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	receive(t, s, chat("ann", "1", "one"), chat("ann", "2", "two"))
	settleAll(t, s, j)
	var ticket ingest.ID
	must(t, s.pool.QueryRow(ctx, "select id from tickets").Scan(&ticket))
	_, err = s.ReleaseTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{ticket}, Actor: "sam"})
	must(t, err)
	receive(t, s, chat("ann", "3", "three")) // came after the order: not part of it
	settleAll(t, s, j)
	work(t, s, j)
	lawful(t, s)
	if a := account(t, s, "chat"); a.Conversed != 2 || a.Held != 1 {
		t.Errorf("account %+v, want 2 conversed, 1 held", a)
	}
}

func TestBanRefusesAndKeepsRowsOfTheFirstHundred(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	_, err := s.SetRule(ctx, order(ingest.Ban, visitorAnn))
	must(t, err)
	for i := range 150 {
		receive(t, s, chat("ann", fmt.Sprint(i), "plantedword"))
	}
	settleAll(t, s, j)
	lawful(t, s)
	if a := account(t, s, "chat"); a.Refused != 150 || a.InFlight != 0 {
		t.Errorf("account %+v, want 150 refused", a)
	}
	if n := count(t, s, "select count(*) from messages"); n != keptRefusals {
		t.Errorf("%d rows, want %d", n, keptRefusals)
	}
	if where := grep(t, s, "plantedword"); len(where) > 0 {
		t.Errorf("refused content still in %v", where)
	}
	if n := count(t, s, "select count(*) from contacts"); n != 0 {
		t.Errorf("%d contacts: a refused message makes none", n)
	}
}

func TestRefusedByHeaderInTheSameTransaction(t *testing.T) {
	s, ctx := open(t), context.Background()
	set, err := s.SetRule(ctx, order(ingest.Ban, ingest.Target{Kind: "email", Value: "ann@example.com"}))
	must(t, err)
	bare := mail("ann@example.com", "m1", "body unread")
	bare.Raw, bare.Refused = nil, set.Rule.ID
	r := receive(t, s, bare)
	if !r.Results[0].Fresh {
		t.Fatalf("receipt %+v", r)
	}
	if a := account(t, s, "mail"); a.Refused != 1 {
		t.Errorf("account %+v", a)
	}
	_, err = s.Lift(ctx, ingest.LiftOrder{Rules: []int64{set.Rule.ID}, Actor: "sam"})
	must(t, err)
	bare.Keys = []string{"other"}
	r = receive(t, s, bare, mail("bob@example.com", "m9", "hi"))
	if !r.Results[0].Again {
		t.Fatalf("the ban is gone: the body is wanted: %+v", r)
	}
	if n := count(t, s, "select count(*) from messages"); n != 1 {
		t.Errorf("%d messages: nothing of that batch may be stored", n)
	}
	lawful(t, s)
}

// grep dumps every table and names those where word is found.
func grep(t *testing.T, s *Store, word string) []string {
	t.Helper()
	ctx := context.Background()
	rows, err := s.pool.Query(ctx, "select tablename from pg_tables where schemaname = current_schema()")
	must(t, err)
	var tables, found []string
	for rows.Next() {
		var name string
		must(t, rows.Scan(&name))
		tables = append(tables, name)
	}
	for _, name := range tables {
		like := fmt.Sprintf(`select count(*) from %s x where x::text ilike '%%' || $1 || '%%' or x::text ilike '%%' || encode(convert_to($1, 'UTF8'), 'hex') || '%%'`, name)
		if count(t, s, like, word) > 0 {
			found = append(found, name)
		}
	}
	return found
}
