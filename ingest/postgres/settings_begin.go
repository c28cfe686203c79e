package postgres

import (
	"context"

	"gatehouse/ingest"
)

var sqlSettingsBegin = statement("settings_begin")

// BeginSettings writes the settings of a new installation. Once there are any
// it does nothing: from then on the API changes them.
func (s *Store) BeginSettings(ctx context.Context, settings ingest.Settings) error {
	_, err := s.pool.Exec(ctx, sqlSettingsBegin, toJSON(settings))
	return classify(err)
}
