package postgres

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlAuditChain   = statement("audit_chain")
	sqlAuditWaiting = statement("audit_waiting")
	sqlAuditSeal    = statement("audit_seal")
	sqlAuditEnds    = statement("audit_ends")
	sqlAuditHead    = statement("audit_head")
)

// sealMost is how many lines one transaction seals.
const sealMost = 1000

// SealAudit chains the lines that wait for it, all of them, in the order of
// their transactions (docs/audit.md). Replicas may do so at once: one works,
// the others leave it to that.
func (s *Store) SealAudit(ctx context.Context) error {
	for n := sealMost; n == sealMost; {
		err := s.tx(ctx, func(tx pgx.Tx) (err error) {
			n, err = sealSome(ctx, tx)
			return err
		})
		if err != nil {
			return fmt.Errorf("seal the audit: %w", err)
		}
	}
	return nil
}

func sealSome(ctx context.Context, tx pgx.Tx) (int, error) {
	var n int64
	var hash []byte
	err := tx.QueryRow(ctx, sqlAuditChain).Scan(&n, &hash)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil // another one seals
	}
	if err != nil {
		return 0, err
	}
	lines, err := auditLines(ctx, tx, sqlAuditWaiting, sealMost)
	if err != nil || len(lines) == 0 {
		return 0, err
	}
	ids, hashes := make([]int64, len(lines)), make([][]byte, len(lines))
	for i, l := range lines {
		l.N = n + int64(i) + 1
		hash = l.Seal(hash)
		ids[i], hashes[i] = l.ID, hash
	}
	if _, err := tx.Exec(ctx, sqlAuditSeal, ids, hashes, n); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, sqlAuditEnds, n+int64(len(lines)), hash)
	return len(lines), err
}

func auditLines(ctx context.Context, q querier, query string, args ...any) ([]ingest.AuditLine, error) {
	rows, err := q.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.AuditLine])
}

// AuditHead tells where the audit's chain ends.
func (s *Store) AuditHead(ctx context.Context) (ingest.AuditHead, error) {
	var h ingest.AuditHead
	var hash, cut []byte
	err := s.pool.QueryRow(ctx, sqlAuditHead).Scan(&h.N, &hash, &h.At, &h.Cut, &cut, &h.Waiting)
	h.Hash, h.CutHash = hex.EncodeToString(hash), hex.EncodeToString(cut)
	return h, classify(err)
}

// AuditHas reports whether a line of the audit, or the last of those that
// retention removed, has the hash.
func (s *Store) AuditHas(ctx context.Context, hash []byte) (has bool, err error) {
	err = s.pool.QueryRow(ctx, `select exists (select from audit where hash = $1)
		or exists (select from audit_chain where cut_n > 0 and cut_hash = $1)`, hash).Scan(&has)
	return has, classify(err)
}
