package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlBackfillAsk      = statement("backfill_ask")
	sqlBackfillChannels = statement("backfill_channels")
	sqlBackfillNext     = statement("backfill_next")
	sqlBackfillRetry    = statement("backfill_retry")
	sqlBackfillEnd      = statement("backfill_end")
	sqlBackfills        = statement("backfills")
)

// AskBackfill has a channel's provider asked for the messages of a time, as soon
// as its poller can, and returns the order's id. ingest.Invalid: it makes no sense.
func (s *Store) AskBackfill(ctx context.Context, o ingest.BackfillOrder) (id int64, err error) {
	if err := o.Check(s.now()); err != nil {
		return 0, err
	}
	c, err := s.channel(ctx, o.Channel)
	if err != nil {
		return 0, err
	}
	err = s.tx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, sqlBackfillAsk, c.ID, o.Since, o.Until, o.DryRun, text(o.Actor), s.now()).Scan(&id)
		if err != nil {
			return err
		}
		return record(ctx, tx, o.Actor, "channel.backfill", "channel:"+c.Name, map[string]any{"backfill": id, "dry_run": o.DryRun})
	})
	if err != nil {
		return 0, fmt.Errorf("ask to back-fill: %w", err)
	}
	return id, nil
}

// Backfilling names the channels whose providers are to be asked.
func (s *Store) Backfilling(ctx context.Context) ([]string, error) {
	rows, err := s.pool.Query(ctx, sqlBackfillChannels)
	if err != nil {
		return nil, classify(err)
	}
	names, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return names, classify(err)
}

// NextBackfill is the oldest order of a channel, and counts a try at it;
// ErrNotFound: there is none.
func (s *Store) NextBackfill(ctx context.Context, channel string) (ingest.Backfill, error) {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return ingest.Backfill{}, err
	}
	var id int64
	if err := s.pool.QueryRow(ctx, sqlBackfillNext, c.ID).Scan(&id); err != nil {
		return ingest.Backfill{}, classify(err)
	}
	return s.Backfill(ctx, channel, id)
}

// RetryBackfill notes why an order could not be done this time.
func (s *Store) RetryBackfill(ctx context.Context, id int64, cause string) error {
	_, err := s.pool.Exec(ctx, sqlBackfillRetry, id, text(cause))
	return classify(err)
}

// EndBackfill says what an order came to, or with a cause why nothing more comes
// of it.
func (s *Store) EndBackfill(ctx context.Context, id int64, n ingest.BackfillCount, cause string) error {
	_, err := s.pool.Exec(ctx, sqlBackfillEnd, id, text(cause), s.now(), n.Listed, n.New)
	return classify(err)
}

// TellHistory tells that an import has brought so many messages of which nothing
// else is told.
func (s *Store) TellHistory(ctx context.Context, channel string, n int) error {
	var events eventColumns
	events.add("channel.history", ingest.ID{}, ingest.ID{}, ingest.ID{}, map[string]any{"channel": channel, "count": n})
	if err := s.tx(ctx, func(tx pgx.Tx) error { return events.insert(ctx, tx) }); err != nil {
		return fmt.Errorf("tell of history: %w", err)
	}
	return nil
}

// Backfill is one order of a channel, of whichever if that is "".
func (s *Store) Backfill(ctx context.Context, channel string, id int64) (ingest.Backfill, error) {
	list, err := s.backfills(ctx, channel, id, 1)
	return one(list, err, "backfill", id)
}

// Backfills are the last orders of a channel, the newest first.
func (s *Store) Backfills(ctx context.Context, channel string, limit int) ([]ingest.Backfill, error) {
	return s.backfills(ctx, channel, 0, limit)
}

func (s *Store) backfills(ctx context.Context, channel string, id int64, limit int) ([]ingest.Backfill, error) {
	rows, err := s.pool.Query(ctx, sqlBackfills, channel, id, limit)
	if err != nil {
		return nil, fmt.Errorf("backfills: %w", classify(err))
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (b ingest.Backfill, err error) {
		err = row.Scan(&b.ID, &b.Channel, &b.Since, &b.Until, &b.DryRun, &b.State, &b.Listed, &b.New,
			&b.Error, &b.AskedBy, &b.AskedAt, &b.DoneAt, &b.Tries)
		b.Known = max(b.Listed-b.New, 0)
		return b, err
	})
	return list, classify(err)
}
