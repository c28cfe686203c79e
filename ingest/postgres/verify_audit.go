package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlAuditSealed = statement("audit_sealed")
	sqlAuditLate   = statement("audit_late")
)

// verifyAudit follows the audit's chain from where it begins to its end. The
// lines are read as a stream.
func verifyAudit(ctx context.Context, tx pgx.Tx) ([]ingest.Violation, error) {
	var w ingest.AuditWalk
	var end int64
	var hash []byte
	err := tx.QueryRow(ctx, "select cut_n, cut_hash, n, hash from audit_chain").Scan(&w.N, &w.Hash, &end, &hash)
	if err != nil {
		return nil, err
	}
	rows, err := tx.Query(ctx, sqlAuditSealed)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		l, err := pgx.RowToStructByPos[ingest.AuditLine](rows)
		if err != nil {
			return nil, err
		}
		w.Follow(l)
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	found := w.End(end, hash)
	late := ingest.Violation{Law: ingest.AuditLaw, Says: "lines of the audit that are older than a minute and not sealed"}
	if err := tx.QueryRow(ctx, sqlAuditLate).Scan(&late.N, &late.IDs); err != nil {
		return nil, err
	}
	if late.N > 0 {
		found = append(found, late)
	}
	return found, nil
}
