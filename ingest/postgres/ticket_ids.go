package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlTicketsIDs = statement("tickets_ids")
	sqlTicketsNow = statement("tickets_now")
)

// ticketsNow lists the tickets that a filter chooses as they are now, by id: to
// look at, not to act upon.
func (s *Store) ticketsNow(ctx context.Context, f ingest.TicketFilter) ([]ingest.ID, error) {
	rows, err := s.pool.Query(ctx, sqlTicketsNow, append([]any{planned}, s.chosen(f)...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[ingest.ID])
}

// ticketIDs lists the tickets that a filter chose at the moment of a snapshot,
// by id.
func (s *Store) ticketIDs(ctx context.Context, q querier, f ingest.TicketFilter, snapshot string) ([]ingest.ID, error) {
	args := append([]any{planned}, s.chosen(f)...)
	rows, err := q.Query(ctx, sqlTicketsIDs, append(args, snapshot)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[ingest.ID])
}
