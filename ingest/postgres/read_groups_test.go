package postgres

import (
	"context"
	"testing"

	"gatehouse/ingest"
)

// The groups behind a place may be gone by the time that they are asked for: the
// counts are still those of all that is there.
func TestAPartWithoutGroupsCountsAll(t *testing.T) {
	s, ctx := open(t), context.Background()
	for _, name := range []string{"ann", "bob"} {
		_, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "visitor", Value: name}))
		must(t, err)
	}
	visitors(t, s)
	f := ingest.TicketFilter{Part: ingest.Part{Limit: 1}}
	first, err := s.TicketGroups(ctx, f, ingest.GroupByRule)
	must(t, err)
	_, err = s.pool.Exec(ctx, "update tickets set messages = 0, searched = 0 where rule <> $1", first.Items[0].Rule.ID)
	must(t, err)
	f.After = first.Next
	next, err := s.TicketGroups(ctx, f, ingest.GroupByRule)
	must(t, err)
	if len(next.Items) != 0 || next.Next != "" || next.Total != 1 || next.Tickets != 1 || next.Unopened != 1 {
		t.Errorf("%d groups, then %q; %d in all, with %d tickets, %d not opened: want none, and one of all", len(next.Items), next.Next, next.Total, next.Tickets, next.Unopened)
	}
}
