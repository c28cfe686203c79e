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
	sqlRetainNext   = statement("retain_next")
	sqlRetainComing = statement("retain_coming")
	sqlRetainTold   = statement("retain_told")
)

const (
	retainer    = "retention" // who it is in the audit and in transitions
	retainStep  = 500         // messages a transaction
	toldBefore  = 7 * 24 * time.Hour
	retainSteps = 100 // in one go; the rest is for the next time
)

// Retain deletes, for good, held messages that are past the time which the
// settings held_keep and held_keep_rules give them. Each step is a transaction,
// in which the settings are read under the rules lock: whoever prolongs the
// time has done so for all that is not yet deleted. What a legal hold covers
// stays. So goes what is of the other classes and has a time of its own. Once a
// day an event tells what will be deleted within a week. Replicas may do so at
// once.
func (s *Store) Retain(ctx context.Context) error {
	for range retainSteps {
		n, err := s.retain(ctx)
		if err != nil {
			return fmt.Errorf("retention: %w", err)
		}
		if n < retainStep {
			break
		}
	}
	if err := s.retainClasses(ctx); err != nil {
		return err
	}
	if err := s.tx(ctx, func(tx pgx.Tx) error { return s.tellComing(ctx, tx) }); err != nil {
		return fmt.Errorf("retention: %w", err)
	}
	return nil
}

// retain does one step and returns how many messages it deleted.
func (s *Store) retain(ctx context.Context) (n int, err error) {
	err = s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
			return err
		}
		settings, _, err := readSettings(ctx, tx)
		if err != nil {
			return err
		}
		t, reasons, err := s.pastTheirTime(ctx, tx, settings)
		if n = len(t.ids); err != nil || n == 0 {
			return err
		}
		if err := t.purge(ctx, tx); err != nil {
			return err
		}
		return told(ctx, tx, "retention.deleted", ingest.ClassHeld, map[string]any{ingest.ClassHeld: reasons})
	})
	return n, err
}

// pastTheirTime locks the next messages, and counts them by reason.
func (s *Store) pastTheirTime(ctx context.Context, tx pgx.Tx, settings ingest.Settings) (*taken, map[string]int, error) {
	t, reasons := &taken{tickets: map[ingest.ID]int32{}}, map[string]int{}
	rows, err := tx.Query(ctx, sqlRetainNext, s.heldBefore(settings.HeldKeep, 0), s.heldBefore(settings.HeldKeepRules, 0), retainStep, s.now())
	if err != nil {
		return t, nil, err
	}
	var id, ticket ingest.ID
	var reason string
	_, err = pgx.ForEachRow(rows, []any{&id, &ticket, &t.last, &reason}, func() error {
		t.ids = append(t.ids, id)
		t.tickets[ticket]++
		reasons[reason]++
		return nil
	})
	return t, reasons, err
}

// heldBefore is before when a message must have been held to be past its time
// in a while; nil: none ever is.
func (s *Store) heldBefore(k ingest.Keep, while time.Duration) *time.Time {
	if k == 0 {
		return nil
	}
	at := s.now().Add(while - time.Duration(k))
	return &at
}

// purge deletes what was taken, of no job.
func (t *taken) purge(ctx context.Context, tx pgx.Tx) error {
	if _, err := tx.Exec(ctx, sqlJobPurge, t.ids, nil, retainer, ingest.Held); err != nil {
		return err
	}
	return t.shrinkTickets(ctx, tx, ticketDeleted, nil)
}

// told writes down what was or will be deleted of a class, or of all: counts by
// class, of what is held by reason.
func told(ctx context.Context, tx pgx.Tx, what, class string, counts map[string]any) error {
	var events eventColumns
	events.add(what, ingest.ID{}, ingest.ID{}, ingest.ID{}, counts)
	if err := events.insert(ctx, tx); err != nil {
		return err
	}
	return record(ctx, tx, retainer, what, class, counts)
}

// tellComing tells, once a day, what will be past its time in a week.
func (s *Store) tellComing(ctx context.Context, tx pgx.Tx) error {
	var now bool
	err := tx.QueryRow(ctx, sqlRetainTold, s.now()).Scan(&now)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // told less than a day ago
	}
	if err != nil {
		return err
	}
	settings, _, err := readSettings(ctx, tx)
	if err != nil {
		return err
	}
	coming, err := s.comingOf(ctx, tx, settings)
	if err != nil {
		return err
	}
	held, err := s.heldComing(ctx, tx, settings)
	if err != nil {
		return err
	}
	if len(held) > 0 {
		coming[ingest.ClassHeld] = held
	}
	if len(coming) == 0 {
		return nil
	}
	return told(ctx, tx, "retention.coming", "retention", coming)
}

// heldComing counts what is held and will be past its time in a week, by reason.
func (s *Store) heldComing(ctx context.Context, q querier, settings ingest.Settings) (map[string]int, error) {
	rows, err := q.Query(ctx, sqlRetainComing, s.heldBefore(settings.HeldKeep, toldBefore), s.heldBefore(settings.HeldKeepRules, toldBefore), s.now())
	if err != nil {
		return nil, err
	}
	reasons := map[string]int{}
	var reason string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&reason, &n}, func() error { reasons[reason] = n; return nil })
	return reasons, err
}
