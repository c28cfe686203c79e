package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlLedger   = statement("ledger")
	sqlAccounts = statement("accounts")
	sqlHours    = statement("hours")
)

// Accounts returns the books of all channels in one snapshot: what was accepted
// and where it is, as the ledger says. It takes no longer with more messages.
func (s *Store) Accounts(ctx context.Context) ([]ingest.Account, error) {
	rows, err := s.pool.Query(ctx, sqlAccounts)
	if err != nil {
		return nil, classify(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.Account])
	return list, classify(err)
}

// Hours returns, by channel and hour, what came since a moment and where it is
// now; hours in which nothing came are left out. "" are all channels. What came
// more than 36 days ago is not kept by the hour.
func (s *Store) Hours(ctx context.Context, channel string, since time.Time) ([]ingest.HourAccount, error) {
	rows, err := s.pool.Query(ctx, sqlHours, channel, since)
	if err != nil {
		return nil, classify(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.HourAccount])
	return list, classify(err)
}
