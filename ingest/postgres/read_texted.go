package postgres

import (
	"context"

	"gatehouse/ingest"
)

var sqlTicketsTexted = statement("tickets_texted")

// textedMost is how many messages may have a text for their tickets to be
// gathered before the list is read.
const textedMost = 20_000

// texted is a filter whose text was looked for: that is done once for a part
// of the list and its counts.
type texted struct {
	ingest.TicketFilter             // without the text
	tickets             []ingest.ID // that have it; nil: there was none, or too many have it
	like                *string     // the pattern of one that too many have
}

func (s *Store) texted(ctx context.Context, f ingest.TicketFilter) (texted, error) {
	pattern := like(folded(f.Text))
	c := texted{TicketFilter: f}
	c.Text = ""
	if pattern == nil {
		return c, nil
	}
	err := s.pool.QueryRow(ctx, sqlTicketsTexted, planned, pattern, textedMost).Scan(&c.tickets)
	if c.tickets == nil {
		c.like = pattern
	}
	return c, err
}

// having is the parameters of the statements that take in tickets_having behind
// tickets_chosen.
func (s *Store) having(c texted) []any { return append(s.chosen(c.TicketFilter), c.tickets, c.like) }
