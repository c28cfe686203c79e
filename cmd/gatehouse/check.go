package main

import (
	"context"
	"fmt"
	"time"

	"gatehouse/cmd/gatehouse/app"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/queue"
)

type checkCmd struct {
	configured
	Channel string `help:"Check this channel alone." placeholder:"NAME"`
}

// Run says of each thing whether it is as it should be, and why not.
func (c *checkCmd) Run(env *environment) error {
	cfg, err := c.load(env)
	if err != nil {
		return err
	}
	if c.Channel != "" {
		if cfg.Channels, err = only(cfg.Channels, c.Channel); err != nil {
			return err
		}
	}
	if err := app.Check(cfg); err != nil {
		return exitError{exitNo, err}
	}
	fmt.Fprintf(env.out, "configuration: ok, %d channels\n", len(cfg.Channels))
	for _, ch := range cfg.Channels {
		fmt.Fprintf(env.out, "channel %s: kind %s, ok\n", ch.Name, ch.Kind)
	}
	return checkServers(env, cfg)
}

func only(list []config.Channel, name string) ([]config.Channel, error) {
	for _, ch := range list {
		if ch.Name == name {
			return []config.Channel{ch}, nil
		}
	}
	return nil, no("no channel is called %q", name)
}

func checkServers(env *environment, cfg config.Config) error {
	ctx, cancel := context.WithTimeout(env.ctx, 10*time.Second)
	defer cancel()
	s, err := postgres.Open(ctx, cfg.DatabaseURL, postgres.Options{MaxConns: 2})
	if err == nil {
		defer s.Close()
		err = s.Ping(ctx)
	}
	if err != nil {
		return ingest.AsTemporary(fmt.Errorf("database: %w", err))
	}
	fmt.Fprintln(env.out, "database: ok")
	if err := queue.Ping(ctx, cfg.RedisURL); err != nil {
		fmt.Fprintln(env.out, "redis: away; messages would be settled without it")
		return ingest.AsTemporary(fmt.Errorf("redis: %w", err))
	}
	fmt.Fprintln(env.out, "redis: ok")
	return nil
}
