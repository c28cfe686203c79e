package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlChannelsHealth = statement("channels_health")
	sqlChannelPause   = statement("channel_pause")
)

// Health tells of all channels, or of the one named, how they do.
func (s *Store) Health(ctx context.Context, channel string) ([]ingest.ChannelHealth, error) {
	rows, err := s.pool.Query(ctx, sqlChannelsHealth, given(channel))
	if err != nil {
		return nil, classify(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.ChannelHealth])
	return list, classify(err)
}

// Pause stops a channel from taking messages, or lets it go on. A retired one
// stays as it is: ErrConflict.
func (s *Store) Pause(ctx context.Context, channel string, paused bool, actor string) error {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return err
	}
	action := "channel.resumed"
	if paused {
		action = "channel.paused"
	}
	return s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlChannelPause, c.ID, paused)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("channel %s is retired: %w", channel, ingest.ErrConflict)
		}
		var events eventColumns
		events.add(action, ingest.ID{}, ingest.ID{}, ingest.ID{}, map[string]string{"channel": channel})
		if err := events.insert(ctx, tx); err != nil {
			return err
		}
		return record(ctx, tx, actor, action, "channel:"+channel, nil)
	})
}
