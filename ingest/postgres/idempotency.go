package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlOnceBegin  = statement("once_begin")
	sqlOnceFound  = statement("once_found")
	sqlOnceFinish = statement("once_finish")
	sqlOnceForget = statement("once_forget")
)

// A request is remembered for a day. One that never finished, because the
// process ended at work, may be tried again after a while: what requests start
// here finds itself started.
const (
	onceKept    = 24 * time.Hour
	onceRunning = 2 * time.Minute
)

// BeginOnce takes a request's key, or tells what became of the request that has
// it.
func (s *Store) BeginOnce(ctx context.Context, o ingest.Once) (ingest.OnceState, error) {
	now := s.now()
	tag, err := s.pool.Exec(ctx, sqlOnceBegin, o.Token, o.Method, o.Path, text(o.Key), o.Body[:], now, now.Add(-onceKept), now.Add(-onceRunning))
	if err != nil {
		return ingest.OnceState{}, classify(err)
	}
	if tag.RowsAffected() == 1 {
		return ingest.OnceState{Fresh: true}, nil
	}
	var state ingest.OnceState
	var body []byte
	err = s.pool.QueryRow(ctx, sqlOnceFound, o.Token, o.Method, o.Path, text(o.Key)).Scan(&body, &state.Status, &state.Answer)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.OnceState{}, ingest.AsTemporary(fmt.Errorf("idempotency key: given back meanwhile"))
	}
	state.Other = ingest.Hash(body) != o.Body
	return state, classify(err)
}

// FinishOnce keeps a request's answer, which is of ids and codes.
func (s *Store) FinishOnce(ctx context.Context, o ingest.Once, status int, answer []byte) error {
	_, err := s.pool.Exec(ctx, sqlOnceFinish, o.Token, o.Method, o.Path, text(o.Key), status, answer)
	return classify(err)
}

// ForgetOnce gives a key back: the request had no effect.
func (s *Store) ForgetOnce(ctx context.Context, o ingest.Once) error {
	_, err := s.pool.Exec(ctx, sqlOnceForget, o.Token, o.Method, o.Path, text(o.Key))
	return classify(err)
}
