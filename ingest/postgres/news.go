package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlNewsLook  = statement("news_look")
	sqlNewsRules = statement("news_rules")
	sqlNewsOpts  = statement("news_opts")
)

// hearTries is how often news are read again that were overtaken by a settle's
// own look at the rules.
const hearTries = 5

// Hear brings rules in memory up to date, for questions that decide nothing:
// standing, header-first refusals. Where nothing changed it is one round trip.
// What was committed before it was called is heard when it returns.
func (s *Store) Hear(ctx context.Context, h ingest.Hearer) error {
	s.hearing.Lock() // news are taken in in the order in which they were read
	defer s.hearing.Unlock()
	for range hearTries {
		n, err := s.news(ctx, h.Epoch(), h.Mark())
		if err != nil {
			return fmt.Errorf("news of the rules: %w", classify(err))
		}
		if h.Hear(n) {
			return nil
		}
	}
	return nil // settles hear of one change after the other: what they know is newer
}

func (s *Store) news(ctx context.Context, epoch int64, mark string) (ingest.News, error) {
	n := ingest.News{At: s.now()}
	if mark == "" {
		mark = "0"
	}
	var joined, opted bool
	if err := s.pool.QueryRow(ctx, sqlNewsLook, mark).Scan(&n.Epoch, &n.Mark, &joined, &opted); err != nil {
		return n, err
	}
	if n.Epoch == epoch && !joined && !opted {
		n.Nothing = true
		return n, nil
	}
	return n, pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		return s.readNews(ctx, tx, epoch, mark, &n)
	})
}

// readNews reads it all at one moment.
func (s *Store) readNews(ctx context.Context, tx pgx.Tx, epoch int64, mark string, n *ingest.News) (err error) {
	var joined, opted bool
	if err := tx.QueryRow(ctx, sqlNewsLook, mark).Scan(&n.Epoch, &n.Mark, &joined, &opted); err != nil {
		return err
	}
	if n.Rules, n.Epoch, n.Settings, err = s.rulesSince(ctx, tx, epoch); err != nil {
		return err
	}
	if joined {
		rows, err := tx.Query(ctx, sqlNewsRules, mark)
		if err != nil {
			return err
		}
		again, err := pgx.CollectRows(rows, scanRule)
		if err != nil {
			return err
		}
		if err := knownOf(ctx, tx, again); err != nil {
			return err
		}
		n.Rules = append(n.Rules, again...)
	}
	if !opted {
		return nil
	}
	keys, err := s.keys(ctx, s.pool)
	if err != nil {
		return err
	}
	n.Hashes = keys.hash
	n.Opted, err = readOpted(ctx, tx, mark)
	return err
}

func readOpted(ctx context.Context, tx pgx.Tx, mark string) (map[ingest.OptHash]bool, error) {
	rows, err := tx.Query(ctx, sqlNewsOpts, mark)
	if err != nil {
		return nil, err
	}
	opted := map[ingest.OptHash]bool{}
	var hash []byte
	var out bool
	_, err = pgx.ForEachRow(rows, []any{&hash, &out}, func() error {
		opted[ingest.OptHash(hash)] = out
		return nil
	})
	return opted, err
}

// KindOf tells from memory of what kind and family a channel is; false: none is known by
// the name.
func (s *Store) KindOf(channel string) (string, ingest.Family, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	c, known := s.channels[channel]
	return c.Kind, c.Family, known && c.Name == channel
}
