package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlOnceLock  = statement("once_lock")
	sqlOnceTake  = statement("once_take")
	sqlOnceFound = statement("once_found")
	sqlOnceKeep  = statement("once_keep")
)

// onceKept is how long a request that took effect is remembered.
const onceKept = 24 * time.Hour

// Once runs an effect in one transaction with its key: both are there
// afterwards or neither is, so after a commit whose end is unknown the same
// request finds out. What the store does with the context that effect is given
// is part of that transaction; an error of effect undoes all of it and keeps no
// key. While another request with the key is at work: ErrRunning.
func (s *Store) Once(ctx context.Context, o ingest.Once, effect func(context.Context) (ingest.Outcome, error)) (ingest.Outcome, error) {
	var out ingest.Outcome
	var failed error
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if err := s.takeOnce(ctx, tx, o); err != nil {
			return err
		}
		if out, failed = effect(context.WithValue(ctx, txKey{}, tx)); failed != nil {
			return failed
		}
		_, err = tx.Exec(ctx, sqlOnceKeep, o.Asker, o.Method, o.Path, text(o.Key), out.Status, []byte(toJSON(out)))
		return err
	})
	if failed != nil {
		err = failed
	}
	return out, err
}

// takeOnce makes the transaction the only one with the key. The lock answers at
// once where the row alone would wait for the other's end.
func (s *Store) takeOnce(ctx context.Context, tx pgx.Tx, o ingest.Once) error {
	var mine bool
	if err := tx.QueryRow(ctx, sqlOnceLock, o.Asker, o.Method, o.Path, text(o.Key)).Scan(&mine); err != nil {
		return err
	}
	if !mine {
		return ingest.ErrRunning
	}
	now := s.now()
	tag, err := tx.Exec(ctx, sqlOnceTake, o.Asker, o.Method, o.Path, text(o.Key), o.Body[:], now, now.Add(-onceKept))
	if err == nil && tag.RowsAffected() == 0 {
		err = ingest.ErrRunning // it has ended since FindOnce: asked again, that finds it
	}
	return err
}

// FindOnce tells what became of a request. One that is at work, or failed, is
// not known.
func (s *Store) FindOnce(ctx context.Context, o ingest.Once) (ingest.OnceState, error) {
	var state ingest.OnceState
	var body, outcome []byte
	err := s.pool.QueryRow(ctx, sqlOnceFound, o.Asker, o.Method, o.Path, text(o.Key), s.now().Add(-onceKept)).Scan(&body, &outcome)
	if errors.Is(err, pgx.ErrNoRows) {
		return state, nil
	}
	if err != nil {
		return state, classify(err)
	}
	if err := json.Unmarshal(outcome, &state.Outcome); err != nil {
		return state, fmt.Errorf("outcome of a request: %w", err)
	}
	state.Done, state.Other = true, ingest.Hash(body) != o.Body
	return state, nil
}
