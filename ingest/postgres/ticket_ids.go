package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlTicketsIDs = statement("tickets_ids")

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
