package main

import (
	"context"
	"errors"
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
	Offline bool   `help:"Read the settings alone and ask no server."`
}

// Run says of each thing whether it is as it should be, and why not.
func (c *checkCmd) Run(env *environment) error {
	cfg, err := c.load(env)
	if err != nil {
		return err
	}
	if err := app.Distinct(cfg.Channels); err != nil {
		return exitError{exitNo, err}
	}
	whole := cfg
	if c.Channel != "" {
		if cfg.Channels, err = only(cfg.Channels, c.Channel); err != nil {
			return err
		}
	}
	if err := app.Check(cfg); err != nil {
		return exitError{exitNo, err}
	}
	fmt.Fprintf(env.out, "configuration: ok, %d channels\n", len(cfg.Channels))
	var errs []error
	for _, ch := range cfg.Channels {
		errs = append(errs, c.checkChannel(env, ch))
	}
	if !c.Offline {
		errs = append(errs, checkServers(env, whole))
	}
	return worst(errs)
}

// checkChannel asks a channel's source, where there is one.
func (c *checkCmd) checkChannel(env *environment, ch config.Channel) error {
	says, err := "", error(nil)
	if !c.Offline {
		says, err = app.Ask(env.ctx, ch)
	}
	switch {
	case err != nil:
		fmt.Fprintf(env.out, "channel %s: kind %s, settings ok, not to be polled\n", ch.Name, ch.Kind)
		return fmt.Errorf("channel %s: %w", ch.Name, err)
	case says == "":
		fmt.Fprintf(env.out, "channel %s: kind %s, settings ok\n", ch.Name, ch.Kind)
	default:
		fmt.Fprintf(env.out, "channel %s: kind %s, ok: %s\n", ch.Name, ch.Kind, says)
	}
	return nil
}

// worst is all of the errors. An answer that is no outweighs what could not be
// asked.
func worst(errs []error) error {
	all := errors.Join(errs...)
	for _, err := range errs {
		if err != nil && !ingest.Temporary(err) {
			return exitError{exitNo, all}
		}
	}
	return all
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
	if err := app.CheckStore(ctx, s, cfg); err != nil {
		return err
	}
	if err := queue.Ping(ctx, cfg.RedisURL); err != nil {
		fmt.Fprintln(env.out, "redis: away; messages would be settled without it")
		return ingest.AsTemporary(fmt.Errorf("redis: %w", err))
	}
	fmt.Fprintln(env.out, "redis: ok")
	return nil
}
