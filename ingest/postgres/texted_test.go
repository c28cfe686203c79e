package postgres

import (
	"context"
	"testing"

	"gatehouse/ingest"
)

// copiesOfTickets are tickets like the only one, each with so many texts.
const copiesOfTickets = `
	with t as (
	  insert into tickets (id, contact, channel, messages, searched, rule, reason, held_at)
	  select gen_random_uuid(), contact, channel, $2, $2, rule, reason, held_at - n * interval '1 second' from tickets, generate_series(1, $1::int) n
	  returning id
	)
	insert into held_texts (message, ticket, seq, preview, text)
	select gen_random_uuid(), t.id, n, '', 'very common words' from t, generate_series(1, $2::int) n`

// A text that very many messages have is found everywhere and counted for a
// while; what else is asked for is counted to its end.
func TestATextThatVeryManyHave(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	_, err := s.SetRule(ctx, order(ingest.Block, visitorAnn))
	must(t, err)
	receive(t, s, chat("ann", "1", "rare"))
	settleAll(t, s, j)
	searchAll(t, s)
	_, err = s.pool.Exec(ctx, copiesOfTickets, ingest.TextCounted+100, textedMost/ingest.TextCounted)
	must(t, err)
	of := ticketsOf(t, s)[0]
	_, err = s.pool.Exec(ctx, "update tickets set opened_at = now() where id = $1", of)
	must(t, err)

	yes, no := true, false
	for name, c := range map[string]struct {
		filter ingest.TicketFilter
		want   int
		total  int
		more   bool
	}{
		"many":             {ingest.TicketFilter{Text: "common"}, ingest.TextCounted + 100, ingest.TextCounted, true},
		"many, and opened": {ingest.TicketFilter{Text: "common", Opened: &yes}, 0, 0, false},
		"few":              {ingest.TicketFilter{Text: "rare"}, 1, 1, false},
		"few, not opened":  {ingest.TicketFilter{Text: "rare", Opened: &no}, 0, 0, false},
		"any":              {ingest.TicketFilter{}, ingest.TextCounted + 101, ingest.TextCounted + 101, false},
	} {
		t.Run(name, func(t *testing.T) {
			first, err := s.Tickets(ctx, c.filter)
			must(t, err)
			if first.Total != c.total || first.TotalMore != c.more {
				t.Errorf("counted %d, more %t: want %d, %t", first.Total, first.TotalMore, c.total, c.more)
			}
			c.filter.Limit = 200
			if shown, _ := listAll(t, s, c.filter); len(shown) != c.want {
				t.Errorf("%d tickets shown, want %d", len(shown), c.want)
			}
		})
	}
}
