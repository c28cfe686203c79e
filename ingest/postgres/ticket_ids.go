package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlTicketsIDs = statement("tickets_ids")

// ticketIDs lists the tickets that a filter chose at the moment of a snapshot,
// by id.
func ticketIDs(ctx context.Context, q querier, f ingest.TicketFilter, now time.Time, snapshot string) ([]ingest.ID, error) {
	rows, err := q.Query(ctx, sqlTicketsIDs, planned, f.Contact, given(f.Channel), given(f.Kind), f.Rule,
		given(f.Reason), like(f.Text), f.Expired, now, snapshot, f.Found)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[ingest.ID])
}
