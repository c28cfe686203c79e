package postgres_test

import (
	"context"
	"slices"
	"testing"

	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// Who edits what a rule says of itself takes no pass away: a message that was
// let go before, and is not settled yet, is not held again.
func TestEditedCommentLeavesPasses(t *testing.T) {
	w, ctx := newWorld(t, 1), context.Background()
	s := w.replica(postgres.Options{})
	rule := w.set(order(ingest.Block, "visitor:ann"))
	result := w.receive(chat("ann", "1", "hello")).Results[0]
	w.settleAll()
	ticket := ask[ingest.ID](w, "select ticket from messages where id = $1", result.ID)
	_, err := s.ReleaseTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{ticket}, Actor: "sam"})
	must(t, err)
	for range 3 { // lists, then releases
		_, err = s.StepJobs(ctx, 100)
		must(t, err)
	}
	if got := w.becameOf([]ingest.ID{result.ID}); got[0] != "received" {
		t.Fatalf("released, it is %s", got[0])
	}
	comment := "spoke to Ann"
	_, err = s.ChangeRule(ctx, ingest.RuleChange{Rule: rule.ID, Comment: &comment, Actor: "sam"})
	must(t, err)
	w.settleAll()
	if got := w.becameOf([]ingest.ID{result.ID}); !slices.Equal(got, []string{"conversed"}) {
		t.Errorf("%q", got)
	}
	rules, _, _, err := s.Rules(ctx, rule.Epoch)
	must(t, err)
	if !slices.ContainsFunc(rules, func(r ingest.Rule) bool { return r.Comment == comment }) {
		t.Error("whoever has the rules in memory does not learn the comment")
	}
	w.lawful()
}
