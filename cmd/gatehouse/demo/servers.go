package demo

import (
	"context"
	"crypto/rand"
	"errors"
	"strings"
	"time"

	"gatehouse/ingest/local"
	"gatehouse/migrations/localpg"
	"gatehouse/queue/localredis"
)

// servers are the demo's Postgres and Redis: private ones, or a database and
// a queue of its own in those that the environment names.
type servers struct {
	databaseURL, redisURL, queue string

	undo []func() error // in the order to be run
}

func startServers(ctx context.Context, o Options, t *teller) (*servers, error) {
	s := &servers{queue: "gatehouse_demo_" + strings.ToLower(rand.Text()[:10])}
	if err := s.start(ctx, o, t); err != nil {
		return nil, errors.Join(err, s.stop())
	}
	return s, nil
}

func (s *servers) start(ctx context.Context, o Options, t *teller) error {
	if o.DatabaseURL == "" || o.RedisURL == "" {
		base, err := local.Open()
		if err != nil {
			return err
		}
		s.later(base.Close)
		if o.DatabaseURL == "" {
			if err := s.startPostgres(ctx, base); err != nil {
				return err
			}
		}
		if o.RedisURL == "" {
			if err := s.startRedis(ctx, base, o); err != nil {
				return err
			}
		}
		t.say("Postgres and Redis run privately in %s; nothing of yours is touched.", base.Dir)
	}
	if o.DatabaseURL != "" {
		url, drop, err := localpg.Scratch(ctx, o.DatabaseURL, "gatehouse_demo_")
		if err != nil {
			return err
		}
		s.databaseURL = url
		s.later(func() error { return drop(context.Background()) })
		t.say("A database of the demo's own was made in the Postgres that DATABASE_URL names.")
	}
	if o.RedisURL != "" {
		s.redisURL = o.RedisURL
		t.say("A queue of the demo's own, %s, is used in the Redis that REDIS_URL names.", s.queue)
	}
	return nil
}

func (s *servers) startPostgres(ctx context.Context, base *local.Base) error {
	pg, err := localpg.Start(ctx, base, localpg.Options{Durable: true, Fresh: true})
	if err != nil {
		return err
	}
	s.databaseURL = pg.URL("")
	s.later(pg.Stop)
	return nil
}

func (s *servers) startRedis(ctx context.Context, base *local.Base, o Options) error {
	r, err := localredis.Start(ctx, base, localredis.Options{Fresh: true, InProcess: true, Log: o.Log})
	if err != nil {
		return err
	}
	s.redisURL = r.URL()
	s.later(r.Stop)
	return nil
}

// later notes what is to be undone, before what was noted before it.
func (s *servers) later(undo func() error) { s.undo = append([]func() error{undo}, s.undo...) }

// stop undoes everything, last things first.
func (s *servers) stop() error {
	var errs []error
	for _, undo := range s.undo {
		errs = append(errs, undo())
	}
	return errors.Join(errs...)
}

// pause waits a moment between two looks; it reports whether ctx lasts.
func pause(ctx context.Context) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(50 * time.Millisecond):
		return true
	}
}
