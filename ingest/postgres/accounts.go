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
