package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlLedger   = statement("ledger")
	sqlAccounts = statement("accounts")
)

// Count enters requests that brought no message of ours: receipts, echoes and
// unknown events are ignored, foreign ones are another tenant's.
func (s *Store) Count(ctx context.Context, channel string, ignored, foreign int) error {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, sqlLedger, c.ID, 0, 0, ignored, foreign)
	return classify(err)
}

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
