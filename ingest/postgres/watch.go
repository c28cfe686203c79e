package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlChannelsWatched  = statement("channels_watched")
	sqlChannelRejecting = statement("channel_rejecting")
	sqlChannelSilent    = statement("channel_silent")
	sqlArrivals         = statement("arrivals")
	sqlPresence         = statement("presence")
	sqlUnknownSettle    = statement("unknown_settle")
)

// Watched is what the states of all channels in use are told by.
func (s *Store) Watched(ctx context.Context) ([]ingest.WatchedChannel, error) {
	rows, err := s.pool.Query(ctx, sqlChannelsWatched, s.now())
	if err != nil {
		return nil, classify(err)
	}
	list, err := pgx.CollectRows(rows, readWatched)
	return list, classify(err)
}

func readWatched(row pgx.CollectableRow) (w ingest.WatchedChannel, err error) {
	var heard, rejecting, silent, believed, first, last *time.Time
	err = row.Scan(&w.Name, &w.Since, &w.From, &heard, &rejecting, &silent, &believed, &first, &last, &w.Traffic.Unsigned, &w.Refused, &w.Cause, &w.Says)
	w.Heard, w.Rejecting, w.Silent = orZero(heard), orZero(rejecting), orZero(silent)
	w.Traffic.Believed, w.Traffic.First, w.Traffic.Last = orZero(believed), orZero(first), orZero(last)
	return w, err
}

func orZero(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return *t
}

// ChangeTrouble writes down that a trouble began or ended, unless another
// process was quicker.
func (s *Store) ChangeTrouble(ctx context.Context, x ingest.TroubleChange) error {
	c, err := s.channel(ctx, x.Channel)
	if err != nil {
		return err
	}
	sql := sqlChannelRejecting
	if x.Trouble == ingest.Silent {
		sql = sqlChannelSilent
	}
	_, err = s.pool.Exec(ctx, sql, c.ID, unlessZero(x.Was), unlessZero(x.Since), text(x.Says))
	return classify(err)
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// Arrivals are the counts of messages by hour, by channel, and since when they
// are kept.
func (s *Store) Arrivals(ctx context.Context, from time.Time) (hours map[string][]ingest.HourCount, since time.Time, err error) {
	if err := s.pool.QueryRow(ctx, "select began from presence").Scan(&since); err != nil {
		return nil, since, classify(err)
	}
	rows, err := s.pool.Query(ctx, sqlArrivals, from)
	if err != nil {
		return nil, since, classify(err)
	}
	hours = map[string][]ingest.HourCount{}
	var name string
	var c ingest.HourCount
	_, err = pgx.ForEachRow(rows, []any{&name, &c.Hour, &c.N}, func() error {
		hours[name] = append(hours[name], c)
		return nil
	})
	return hours, since, classify(err)
}

// awayAfter is how old the last sign of life is when nobody is there.
const awayAfter = time.Minute

// Present notes a sign of life of a process that answers requests, and what is
// unknown since the last one of any such process.
func (s *Store) Present(ctx context.Context, p ingest.Presence) error {
	var ids []int32
	var again []float64
	for name, tries := range p.Pushed {
		c, err := s.channel(ctx, name)
		if err != nil {
			return err
		}
		ids, again = append(ids, c.ID), append(again, tries.Seconds())
	}
	why := "away"
	if p.Failed {
		why = "database"
	}
	_, err := s.pool.Exec(ctx, sqlPresence, p.At, awayAfter.Seconds(), why, ids, again)
	return classify(err)
}

// SettleUnknown takes down the unknown hours of a channel: somebody has looked
// after them.
func (s *Store) SettleUnknown(ctx context.Context, channel, actor string) error {
	c, err := s.channel(ctx, channel)
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlUnknownSettle, c.ID, s.now(), text(actor))
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		if err := record(ctx, tx, actor, "channel.unknown_settled", "channel:"+channel, map[string]int64{"stretches": tag.RowsAffected()}); err != nil {
			return fmt.Errorf("settle unknown hours: %w", err)
		}
		return nil
	})
}
