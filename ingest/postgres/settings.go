package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlSettingsSet = statement("settings_set")

// Settings returns the settings and the epoch they belong to. What was never
// set has its default.
func (s *Store) Settings(ctx context.Context) (ingest.Settings, int64, error) {
	settings, epoch, err := readSettings(ctx, s.pool)
	return settings, epoch, classify(err)
}

func readSettings(ctx context.Context, q querier) (ingest.Settings, int64, error) {
	settings := ingest.DefaultSettings()
	var epoch int64
	var doc []byte
	if err := q.QueryRow(ctx, "select n, settings from epoch").Scan(&epoch, &doc); err != nil {
		return settings, 0, err
	}
	if err := json.Unmarshal(doc, &settings); err != nil {
		return settings, 0, fmt.Errorf("settings in the database: %w", err)
	}
	return settings, epoch, nil
}

// SetSettings changes the settings under the exclusive rules lock and raises
// the epoch, so every decision rests on one version of them. With an epoch that
// is not 0 they change only if they still are of that epoch, else ErrConflict.
// An error of change is returned as it is and changes nothing.
func (s *Store) SetSettings(ctx context.Context, epoch int64, actor string, change func(*ingest.Settings) error) (ingest.Settings, int64, error) {
	var settings ingest.Settings
	var now int64
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
			return err
		}
		if settings, now, err = readSettings(ctx, tx); err != nil {
			return err
		}
		if epoch != 0 && epoch != now {
			return fmt.Errorf("the settings were changed meanwhile: read them again: %w", ingest.ErrConflict)
		}
		if err := change(&settings); err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, sqlSettingsSet, toJSON(settings)).Scan(&now); err != nil {
			return err
		}
		return record(ctx, tx, actor, "settings.change", "settings", settings)
	})
	return settings, now, err
}
