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
	sqlReconcileStates    = statement("reconcile_states")
	sqlReconcileUncounted = statement("reconcile_uncounted")
	sqlReconcilePlan      = statement("reconcile_plan")
	sqlReconcileDue       = statement("reconcile_due")
	sqlReconcileAsk       = statement("reconcile_ask")
	sqlReconcileDone      = statement("reconcile_done")
	sqlReconcileRead      = statement("reconcile_read")
)

// StatesOf says of each key in which state its message is; "" if nobody knows
// of it.
func (s *Store) StatesOf(ctx context.Context, channel string, keys []string) ([]ingest.State, error) {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return nil, err
	}
	rows, err := s.pool.Query(ctx, sqlReconcileStates, c.ID, hashesOf(keys))
	if err != nil {
		return nil, classify(err)
	}
	states := make([]ingest.State, len(keys))
	var ord int64
	var state string
	_, err = pgx.ForEachRow(rows, []any{&ord, &state}, func() error {
		states[ord-1] = ingest.State(state)
		return nil
	})
	return states, classify(err)
}

// RefusedUncounted reports whether a ban that kept no row of each refusal may
// have refused the message, judged by its header.
func (s *Store) RefusedUncounted(ctx context.Context, channel string, m ingest.Message) (bool, error) {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return false, err
	}
	rows, err := s.pool.Query(ctx, sqlReconcileUncounted, c.ID)
	if err != nil {
		return false, classify(err)
	}
	rules, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return false, classify(err)
	}
	for _, rule := range rules {
		if met, err := s.MeantByRule(ctx, ingest.RefetchPart{Channel: channel, Rule: rule}, m); met || err != nil {
			return met, err
		}
	}
	return false, nil
}

// PlanReconciliations says of channels when each is first reconciled, unless
// that is known.
func (s *Store) PlanReconciliations(ctx context.Context, next map[string]time.Time) error {
	var names []string
	var times []time.Time
	for name, at := range next {
		names, times = append(names, name), append(times, at)
	}
	_, err := s.pool.Exec(ctx, sqlReconcilePlan, names, times)
	return classify(err)
}

// DueReconciliations names the channels that are to be reconciled.
func (s *Store) DueReconciliations(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, sqlReconcileDue, s.now())
	if err != nil {
		return nil, classify(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return names, classify(err)
}

// AskReconciliation has a channel reconciled as soon as its poller has time.
// ErrNothing: its source cannot be.
func (s *Store) AskReconciliation(ctx context.Context, channel, actor string) (ingest.Reconciliation, error) {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlReconcileAsk, channel, s.now(), text(actor))
		if err == nil && tag.RowsAffected() == 0 {
			err = fmt.Errorf("channel %s: %w", channel, ingest.ErrNothing)
		}
		if err != nil {
			return err
		}
		return record(ctx, tx, actor, "channel.reconcile", "channel:"+channel, nil)
	})
	if err != nil {
		return ingest.Reconciliation{}, fmt.Errorf("ask to reconcile: %w", err)
	}
	return s.Reconciliation(ctx, channel)
}

// Reconciled notes the outcome.
func (s *Store) Reconciled(ctx context.Context, channel string, books []ingest.FolderBooks, cause string, next time.Time) error {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return err
	}
	if books == nil {
		books = []ingest.FolderBooks{}
	}
	_, err = s.pool.Exec(ctx, sqlReconcileDone, c.ID, s.now(), next, text(cause), toJSON(books))
	return classify(err)
}

// Reconciliation is the last one of a channel. ErrNothing: its source cannot be
// reconciled.
func (s *Store) Reconciliation(ctx context.Context, channel string) (ingest.Reconciliation, error) {
	r := ingest.Reconciliation{Folders: []ingest.FolderBooks{}}
	var report []byte
	err := s.pool.QueryRow(ctx, sqlReconcileRead, channel).
		Scan(&r.Channel, &r.AskedAt, &r.AskedBy, &r.DoneAt, &r.NextAt, &r.Error, &report)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		err = fmt.Errorf("channel %s: %w", channel, ingest.ErrNothing)
	case err == nil:
		err = json.Unmarshal(report, &r.Folders)
	}
	if err != nil {
		return r, fmt.Errorf("reconciliation: %w", classify(err))
	}
	return r, nil
}
