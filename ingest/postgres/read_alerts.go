package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlAlertsList = statement("alerts_list")
	sqlAlertsOpen = statement("alerts_open")
	sqlAlertMute  = statement("alert_mute")
)

// Alerts lists alerts that were told of, those that stand first; with all also
// those that are over, for 90 days.
func (s *Store) Alerts(ctx context.Context, all bool, p ingest.Part) (ingest.List[ingest.Alert], error) {
	empty := ingest.List[ingest.Alert]{Items: []ingest.Alert{}}
	m, err := after(p.After)
	if err != nil {
		return empty, err
	}
	limit := limitOf(p.Limit)
	items, err := s.alerts(ctx, all, nil, m.at(), m.n(), m.id(), limit+1)
	if err != nil {
		return empty, fmt.Errorf("list alerts: %w", classify(err))
	}
	list := make([]mark, 0, len(items))
	for _, a := range items {
		open := int64(0)
		if a.ClearedAt == nil {
			open = 1
		}
		list = append(list, mark{At: *a.RaisedAt, N: open, ID: a.ID})
	}
	return listed(items[:min(len(items), limit)], list, false), nil
}

// AlertOf returns one alert.
func (s *Store) AlertOf(ctx context.Context, id ingest.ID) (ingest.Alert, error) {
	list, err := s.alerts(ctx, true, id, nil, nil, ingest.ID{}, 1)
	return one(list, classify(err), "alert", id)
}

func (s *Store) alerts(ctx context.Context, args ...any) ([]ingest.Alert, error) {
	rows, err := s.pool.Query(ctx, sqlAlertsList, append([]any{planned}, args...)...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, readAlert)
}

// MuteAlert has nobody reminded of an alert before a time; one that is over ends
// that. It is still told when it clears. ErrConflict: it is over.
func (s *Store) MuteAlert(ctx context.Context, id ingest.ID, until time.Time, actor string) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlAlertMute, id, until)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			if _, err := s.AlertOf(ctx, id); err != nil {
				return err
			}
			return fmt.Errorf("alert %s is over: %w", id, ingest.ErrConflict)
		}
		return record(ctx, tx, actor, "alert.mute", "alert:"+id.String(), map[string]time.Time{"until": until})
	})
}

// OpenAlerts counts the alerts that stand, by kind.
func (s *Store) OpenAlerts(ctx context.Context) (map[ingest.AlertKind]int, error) {
	rows, err := s.pool.Query(ctx, sqlAlertsOpen)
	if err != nil {
		return nil, classify(err)
	}
	counts := map[ingest.AlertKind]int{}
	var kind ingest.AlertKind
	var n int
	_, err = pgx.ForEachRow(rows, []any{&kind, &n}, func() error { counts[kind] = n; return nil })
	return counts, classify(err)
}
