package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// laws are the statements of verify, one a law: each returns a row for each
// way in which the law does not hold.
var laws = []string{
	statement("verify_2"), statement("verify_3"), statement("verify_5"),
	statement("verify_6"), statement("verify_7"), statement("verify_8"), statement("verify_10"),
}

// Verify asks the laws 2, 3, 5 to 8 and 11, the audit's chain, in one snapshot. Messages received
// before since are passed over where a law is asked message by message; sums
// are always whole.
func (s *Store) Verify(ctx context.Context, since time.Time) (ingest.Verdict, error) {
	var v ingest.Verdict
	options := pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}
	err := pgx.BeginTxFunc(ctx, s.pool, options, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, "set local statement_timeout = 0"); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, "select count(*) from messages").Scan(&v.Messages); err != nil {
			return err
		}
		for _, law := range laws {
			rows, err := tx.Query(ctx, law, since)
			if err != nil {
				return err
			}
			found, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.Violation])
			if err != nil {
				return err
			}
			v.Violations = append(v.Violations, found...)
		}
		found, err := verifyAudit(ctx, tx)
		v.Violations = append(v.Violations, found...)
		return err
	})
	if err != nil {
		return v, fmt.Errorf("verify: %w", classify(err))
	}
	return v, nil
}
