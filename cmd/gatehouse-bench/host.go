package main

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"strings"
	"time"

	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
	"gatehouse/ingest/local"
	"gatehouse/ingest/postgres"
	"gatehouse/ingest/seal"
	"gatehouse/migrations"
	"gatehouse/migrations/localpg"
	"gatehouse/pipeline"
	"gatehouse/queue/localredis"
)

// host lends the cases their servers: those that DATABASE_URL and REDIS_URL
// name, else private ones that sync each commit to disk, as in production.
type host struct {
	base  *local.Base
	pg    *localpg.Server
	redis *localredis.Server
}

// patience bounds what is waited for a server.
const patience = 2 * time.Minute

// settings of the private Postgres: what anybody sets who runs one in earnest.
// No checkpoint falls into one contestant's lap and not into another's.
var pgSettings = map[string]string{
	"shared_buffers": "512MB", "max_wal_size": "4GB", "checkpoint_timeout": "30min", "wal_compression": "off",
}

func (h *host) stop() error {
	var errs []error
	if h.pg != nil {
		errs = append(errs, h.pg.Stop())
	}
	if h.redis != nil {
		errs = append(errs, h.redis.Stop())
	}
	if h.base != nil {
		errs = append(errs, h.base.Close())
	}
	return errors.Join(errs...)
}

func (h *host) open() (err error) {
	if h.base == nil {
		h.base, err = local.Temp()
	}
	return err
}

func (h *host) postgresURL(ctx context.Context) (string, error) {
	if url := os.Getenv("DATABASE_URL"); url != "" {
		return url, nil
	}
	if h.pg != nil {
		return h.pg.URL(""), nil
	}
	if err := h.open(); err != nil {
		return "", err
	}
	var err error
	if h.pg, err = localpg.Start(ctx, h.base, localpg.Options{Durable: true, Settings: pgSettings}); err != nil {
		return "", err
	}
	return h.pg.URL(""), nil
}

func (h *host) redisURL(ctx context.Context) (string, error) {
	if url := os.Getenv("REDIS_URL"); url != "" {
		return url, nil
	}
	if h.redis != nil {
		return h.redis.URL(), nil
	}
	if err := h.open(); err != nil {
		return "", err
	}
	var err error
	if h.redis, err = localredis.Start(ctx, h.base, localredis.Options{}); err != nil {
		return "", err
	}
	return h.redis.URL(), nil
}

// place is a database of one case, with Gatehouse's store and the yardstick on
// it: both write the same tables.
type place struct {
	store *postgres.Store
	judge pipeline.Judge // whom the store asks before it stores, as in the program
	yard  *yard.DB
	drop  func(context.Context) error
}

// channel is a channel to register.
type channel struct {
	name, kind string
	family     ingest.Family
}

// place makes a fresh database with the schema and these channels.
func (h *host) place(ctx context.Context, list ...channel) (*place, error) {
	server, err := h.postgresURL(ctx)
	if err != nil {
		return nil, err
	}
	url, drop, err := yard.Create(ctx, server, "gatehouse_bench_"+strings.ToLower(rand.Text()[:8]))
	if err != nil {
		return nil, err
	}
	p := &place{drop: drop}
	if err := p.fill(ctx, url, list); err != nil {
		return nil, errors.Join(err, p.leave(ctx))
	}
	return p, nil
}

func (p *place) fill(ctx context.Context, url string, list []channel) (err error) {
	if _, err := migrations.Up(ctx, url); err != nil {
		return err
	}
	ring, err := seal.New(sealingKey())
	if err != nil {
		return err
	}
	if p.store, err = postgres.Open(ctx, url, postgres.Options{Refuser: &p.judge, Seal: ring}); err != nil {
		return err
	}
	if p.yard, err = yard.Open(ctx, url); err != nil {
		return err
	}
	for _, c := range list {
		if err := p.store.Register(ctx, c.name, c.kind, c.family); err != nil {
			return err
		}
	}
	return nil
}

// leave drops the database, even if ctx has ended.
func (p *place) leave(ctx context.Context) error {
	if p.store != nil {
		p.store.Close()
	}
	if p.yard != nil {
		p.yard.Close()
	}
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), patience)
	defer cancel()
	return p.drop(ctx)
}
