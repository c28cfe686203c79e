package postgres

import (
	"context"
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlErasuresRead = statement("erasures_read")

// Erasures lists erasures, newest first.
func (s *Store) Erasures(ctx context.Context, p ingest.Part) (ingest.List[ingest.Erasure], error) {
	var list ingest.List[ingest.Erasure]
	m, err := after(p.After)
	if err != nil {
		return list, err
	}
	limit := limitOf(p.Limit)
	list.Items, err = s.readErasures(ctx, nil, m.n(), limit+1)
	if err != nil {
		return ingest.List[ingest.Erasure]{}, fmt.Errorf("list erasures: %w", classify(err))
	}
	if len(list.Items) > limit {
		list.Items = list.Items[:limit]
		list.Next = mark{N: list.Items[limit-1].ID}.String()
	}
	return list, nil
}

// Erasure returns one erasure, with its certificate if it is finished.
func (s *Store) Erasure(ctx context.Context, id int64) (ingest.Erasure, error) {
	list, err := s.readErasures(ctx, &id, nil, 1)
	return one(list, classify(err), "erasure", id)
}

func (s *Store) readErasures(ctx context.Context, id, before *int64, limit int) ([]ingest.Erasure, error) {
	keys, err := s.keys(ctx, s.pool)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, sqlErasuresRead, id, before, limit)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Erasure, error) {
		var e ingest.Erasure
		var signature []byte
		err := row.Scan(&e.ID, &e.Job, &e.Contact, &e.State, &e.AskedBy, &e.AskedAt, &e.FinishedAt, &e.Counts, &e.Certificate, &signature)
		if e.Certificate != "" {
			hash := sha256.Sum256([]byte(e.Certificate))
			e.Hash, e.Signature = hex.EncodeToString(hash[:]), hex.EncodeToString(signature)
			e.PublicKey = hex.EncodeToString(keys.sign.Public().(ed25519.PublicKey))
		}
		return e, err
	})
}

// sign signs a certificate (RFC 8032).
func sign(keys *own, says string) []byte { return ed25519.Sign(keys.sign, []byte(says)) }
