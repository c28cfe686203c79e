package postgres

import (
	"context"
	"testing"

	"gatehouse/ingest"
)

// What an order names twice, as a ticket and a message or by a rule, it takes once.
func TestAnOrderCountsOnce(t *testing.T) {
	ctx, s := context.Background(), open(t)
	set, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "email", Value: "ann@example.com"}))
	must(t, err)
	receive(t, s, mail("ann@example.com", "m1", "hello"), mail("ann@example.com", "m2", "again"))
	settleAll(t, s, &testJudge{})
	list, err := s.Tickets(ctx, ingest.TicketFilter{})
	must(t, err)
	ticket := list.Items[0]
	var message ingest.ID
	must(t, s.pool.QueryRow(ctx, "select id from messages where ticket = $1", ticket.ID).Scan(&message))
	whole := ingest.HeldOrder{Rules: []int64{set.Rule.ID}}
	for name, c := range map[string]struct {
		order             ingest.HeldOrder
		messages, tickets int
	}{
		"rule":                {whole, 2, 2},
		"ticket":              {ingest.HeldOrder{Tickets: []ingest.ID{ticket.ID}}, 1, 1},
		"message":             {ingest.HeldOrder{Messages: []ingest.ID{message}}, 1, 1},
		"ticket and message":  {ingest.HeldOrder{Tickets: []ingest.ID{ticket.ID}, Messages: []ingest.ID{message}}, 1, 1},
		"ticket and rule":     {ingest.HeldOrder{Tickets: []ingest.ID{ticket.ID}, Rules: whole.Rules}, 2, 2},
		"message and rule":    {ingest.HeldOrder{Messages: []ingest.ID{message}, Rules: whole.Rules}, 2, 2},
		"filter":              {ingest.HeldOrder{Filter: &ingest.TicketFilter{Rule: set.Rule.ID}}, 2, 2},
		"filter that is none": {ingest.HeldOrder{Filter: &ingest.TicketFilter{Rule: set.Rule.ID + 1}}, 0, 0},
	} {
		for _, most := range []int{0, 1, 100} {
			found, err := s.HeldCases(ctx, c.order, most)
			must(t, err)
			if found.Messages != c.messages || found.Tickets != c.tickets || found.People != min(1, c.tickets) || len(found.Cases) != min(most, c.messages) {
				t.Errorf("%s, %d: %d messages in %d tickets of %d people, %d cases; want %d in %d", name, most, found.Messages, found.Tickets, found.People, len(found.Cases), c.messages, c.tickets)
			}
		}
	}
}

// Of people an order counts who they are by now.
func TestAnOrderCountsPeople(t *testing.T) {
	ctx, s := context.Background(), open(t)
	for _, name := range []string{"ann", "bob"} {
		_, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "visitor", Value: name}))
		must(t, err)
	}
	ann, bob := visitors(t, s)
	all := ingest.HeldOrder{Filter: &ingest.TicketFilter{}}
	for _, want := range []int{2, 1} {
		found, err := s.HeldCases(ctx, all, 0)
		must(t, err)
		if found.People != want {
			t.Errorf("%d people, want %d", found.People, want)
		}
		if want == 2 {
			merge(t, s, bob, ann)
		}
	}
}
