package postgres

import (
	"context"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRetainRaw    = statement("retain_raw")
	sqlRetainRawDue = statement("retain_raw_due")
)

// What stays of raw bytes lies among what goes, so all of them are gone through,
// once a day: so many parts at most in a transaction, which has the rules lock.
const (
	rawWalkEvery = 24 * time.Hour
	rawWalkParts = 20
)

// rawWalk is how far this process has gone through raw bytes. It is forgotten
// when the process ends, and the walk begun anew.
type rawWalk struct {
	mu    sync.Mutex
	after ingest.ID
	rests time.Time // the next one begins no sooner
}

// retainRaw deletes raw bytes of messages whose text stands apart. What it
// passes because its transaction fails is found by the next walk.
func retainRaw(ctx context.Context, s *Store, tx pgx.Tx, before time.Time) (n int, err error) {
	w := &s.rawWalk
	w.mu.Lock()
	defer w.mu.Unlock()
	now := s.now()
	if now.Before(w.rests) {
		return 0, nil
	}
	for range rawWalkParts {
		var looked int
		var last ingest.ID
		if err := tx.QueryRow(ctx, sqlRetainRaw, firstID(before), w.after, retainStep, now).Scan(&looked, &last, &n); err != nil {
			return 0, err
		}
		if w.after = last; looked < retainStep {
			w.after, w.rests = ingest.ID{}, now.Add(rawWalkEvery)
			return n, nil
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, nil
}

func dueRaw(ctx context.Context, s *Store, q querier, before time.Time) (n int, err error) {
	err = q.QueryRow(ctx, sqlRetainRawDue, firstID(before), s.now()).Scan(&n)
	return n, err
}
