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
	sqlAlertLook       = statement("alert_look")
	sqlAlertDisk       = statement("alert_disk")
	sqlAlertConditions = statement("alert_conditions")
	sqlAlertsStanding  = statement("alerts_standing")
	sqlAlertsWrite     = statement("alerts_write")
)

// Alert looks for what is wrong and tells, as events, of alerts that begin, stand
// for long or end. The process adds the room on its own disk, if it knows it.
// Replicas may do so at once: one of them looks, at most every five seconds.
func (s *Store) Alert(ctx context.Context, own *ingest.Disk) error {
	if own != nil {
		if _, err := s.pool.Exec(ctx, sqlAlertDisk, own.Host, own.Free, own.Size, s.now()); err != nil {
			return fmt.Errorf("alerts: room of %s: %w", own.Host, classify(err))
		}
	}
	if err := s.tx(ctx, func(tx pgx.Tx) error { return s.lookForAlerts(ctx, tx, s.now()) }); err != nil {
		return fmt.Errorf("alerts: %w", err)
	}
	return nil
}

func (s *Store) lookForAlerts(ctx context.Context, tx pgx.Tx, now time.Time) error {
	var mine bool
	err := tx.QueryRow(ctx, sqlAlertLook, now).Scan(&mine)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // somebody looked
	}
	if err != nil {
		return err
	}
	settings, _, err := readSettings(ctx, tx)
	if err != nil {
		return err
	}
	seen, err := conditions(ctx, tx, settings, now)
	if err != nil {
		return err
	}
	rows, err := tx.Query(ctx, sqlAlertsStanding)
	if err != nil {
		return err
	}
	standing, err := pgx.CollectRows(rows, readAlert)
	if err != nil {
		return err
	}
	return writeAlerts(ctx, tx, ingest.StepAlerts(standing, seen, time.Duration(settings.AlertRemind), now))
}

func readAlert(row pgx.CollectableRow) (a ingest.Alert, err error) {
	err = row.Scan(&a.ID, &a.Kind, &a.Subject, &a.N, &a.Since, &a.RaisedAt, &a.ToldAt, &a.GoneSince, &a.MutedUntil, &a.ClearedAt)
	a.Word()
	return a, err
}

// conditions are all that is wrong now.
func conditions(ctx context.Context, tx pgx.Tx, o ingest.Settings, now time.Time) ([]ingest.Condition, error) {
	before := func(k ingest.Keep) *time.Time {
		if k == 0 {
			return nil
		}
		return new(now.Add(-time.Duration(k)))
	}
	rows, err := tx.Query(ctx, sqlAlertConditions, now, before(o.AlertLate), before(o.AlertUnsettled), before(o.AlertUnopened),
		o.AlertDatabaseBytes, o.AlertDiskFree)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (c ingest.Condition, err error) {
		var since *time.Time
		err = row.Scan(&c.Kind, &c.Subject, &c.N, &since)
		c.Since = orZero(since)
		return c, err
	})
}

// alertColumns are alerts on their way into the table.
type alertColumns struct {
	ids, dropped                         []ingest.ID
	kinds, subjects                      []string
	n                                    []int64
	since, raised, told, gone, clearedAt []*time.Time
}

func (c *alertColumns) add(a *ingest.Alert) {
	c.ids, c.n = append(c.ids, a.ID), append(c.n, a.N)
	c.kinds, c.subjects = append(c.kinds, string(a.Kind)), append(c.subjects, a.Subject)
	c.since, c.raised, c.told = append(c.since, &a.Since), append(c.raised, a.RaisedAt), append(c.told, a.ToldAt)
	c.gone, c.clearedAt = append(c.gone, a.GoneSince), append(c.clearedAt, a.ClearedAt)
}

func writeAlerts(ctx context.Context, tx pgx.Tx, steps []ingest.AlertStep) error {
	var c alertColumns
	var events eventColumns
	for _, s := range steps {
		if s.Drop {
			c.dropped = append(c.dropped, s.Alert.ID)
			continue
		}
		c.add(&s.Alert)
		if s.Tells != "" {
			s.Alert.Word()
			events.add("alert."+s.Tells, ingest.ID{}, ingest.ID{}, ingest.ID{}, alertEventOf(&s.Alert))
		}
	}
	if len(steps) == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, "delete from alerts where id = any($1)", c.dropped); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlAlertsWrite, c.ids, c.kinds, c.subjects, c.n, c.since, c.raised, c.told, c.gone, c.clearedAt); err != nil {
		return err
	}
	return events.insert(ctx, tx)
}

// alertEvent is the data of alert events.
type alertEvent struct {
	Alert   ingest.ID        `json:"alert"`
	Kind    ingest.AlertKind `json:"kind"`
	Subject string           `json:"subject"`
	Channel string           `json:"channel,omitempty"`
	N       int64            `json:"count"`
	Since   time.Time        `json:"since"`
	Says    string           `json:"says"`
	Do      string           `json:"do"`
}

func alertEventOf(a *ingest.Alert) alertEvent {
	return alertEvent{a.ID, a.Kind, a.Subject, a.Channel(), a.N, a.Since.UTC().Truncate(time.Millisecond), a.Says, a.Do}
}
