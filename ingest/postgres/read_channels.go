package postgres

import (
	"cmp"
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

// Troubles is what Health has of a channel that is not as it should be; nil:
// nothing is known against it, as when the database does not have our
// tables yet, or those of an older program.
func (s *Store) Troubles(ctx context.Context, name string) (*ingest.ChannelHealth, error) {
	list, err := s.Health(ctx, name)
	if outdated(err) {
		return nil, nil
	}
	if err != nil || len(list) == 0 || list[0].State == "ok" && len(list[0].Unknown) == 0 {
		return nil, err
	}
	return &list[0], nil
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
		tag, err := tx.Exec(ctx, sqlChannelPause, c.ID, paused, s.now())
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

var (
	sqlHookRefusals = statement("hook_refusals")
	sqlHookRefused  = statement("hook_refused")
	sqlHookSecrets  = statement("hook_secrets")
)

// Channel tells all of one channel. ErrNotFound: there is none of that name.
func (s *Store) Channel(ctx context.Context, name string) (ingest.ChannelDetail, error) {
	d := ingest.ChannelDetail{Refused: map[string]int64{}, Refusals: []ingest.HookRefusal{}, Secrets: []ingest.HookSecret{}}
	list, err := s.Health(ctx, name)
	if err != nil {
		return d, err
	}
	c, err := s.channel(ctx, name)
	if err != nil || len(list) == 0 {
		return d, cmp.Or(err, error(ingest.ErrNotFound))
	}
	d.ChannelHealth = list[0]
	var b pgx.Batch
	b.Queue(sqlHookRefused, c.ID, s.now()).Query(func(rows pgx.Rows) error {
		var cause string
		var n int64
		_, err := pgx.ForEachRow(rows, []any{&cause, &n}, func() error { d.Refused[cause] = n; return nil })
		return err
	})
	b.Queue(sqlHookRefusals, c.ID).Query(func(rows pgx.Rows) (err error) {
		d.Refusals, err = pgx.AppendRows(d.Refusals, rows, pgx.RowToStructByPos[ingest.HookRefusal])
		return err
	})
	b.Queue(sqlHookSecrets, c.ID).Query(func(rows pgx.Rows) (err error) {
		d.Secrets, err = pgx.AppendRows(d.Secrets, rows, pgx.RowToStructByPos[ingest.HookSecret])
		return err
	})
	return d, classify(s.pool.SendBatch(ctx, &b).Close())
}
