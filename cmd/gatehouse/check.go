package main

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/cmd/gatehouse/app"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/queue"
)

type checkCmd struct {
	configured
	Channel string  `help:"Check this channel alone." placeholder:"NAME"`
	Offline bool    `help:"Read the settings alone and ask no server."`
	Sample  string  `help:"Show what a file would become on --channel: a mail, a widget's post, or a request's body (with the head of the request if that stands before it). Signatures are not checked." placeholder:"FILE" type:"path" xor:"instead"`
	Wait    waiting `help:"Wait, at most so long (10m), for the next real message of --channel and show it. Nothing is stored, no place moves and no flag is set. Hooks are listened for on http.listen, where serve must not be running meanwhile; the provider is told to try again, so that serve gets the message." placeholder:"DURATION" xor:"instead"`
}

// Help says what the command is for, at length.
func (c *checkCmd) Help() string {
	return `Without more it reads the settings of all channels, says for each one that is pushed to which URL its provider must be
given and what else, signs in to the others without touching their mail, and asks whether the database and Redis answer
and whether the database has channels that the configuration forgets: what serve would refuse, it refuses.

With --sample or --wait a message is shown as one line of JSON: a mail as parse prints it, any other as it is stored.`
}

// Run says of each thing whether it is as it should be, and why not.
func (c *checkCmd) Run(env *environment) error {
	cfg, err := c.load(env)
	if err != nil {
		return err
	}
	if err := errors.Join(app.Distinct(cfg.Channels), app.Fed(cfg)); err != nil {
		return exitError{exitNo, err}
	}
	checked := cfg
	if c.Channel != "" {
		if checked.Channels, err = only(cfg.Channels, c.Channel); err != nil {
			return err
		}
	}
	if err := app.Check(checked); err != nil {
		return exitError{exitNo, err}
	}
	list := checked.Channels
	if c.Sample != "" || c.Wait > 0 {
		return c.show(env, cfg, list)
	}
	fmt.Fprintf(env.out, "configuration: ok, %d channels\n", len(list))
	if c.Offline {
		return worst(c.checkChannels(env, cfg, list, nil))
	}
	s, away := reach(env.ctx, cfg)
	if away == nil {
		defer s.Close()
	}
	errs := c.checkChannels(env, cfg, list, s)
	if away != nil {
		return worst(append(errs, away))
	}
	return worst(append(errs, checkServers(env, cfg, s)))
}

func (c *checkCmd) checkChannels(env *environment, cfg config.Config, list []config.Channel, s *postgres.Store) (errs []error) {
	for _, ch := range list {
		errs = append(errs, c.checkChannel(env, cfg, ch, s))
	}
	return errs
}

// checkChannel asks a channel's source, where there is one, and says what the
// provider of a pushed one must be told.
func (c *checkCmd) checkChannel(env *environment, cfg config.Config, ch config.Channel, s *postgres.Store) error {
	says, err := "", error(nil)
	if !c.Offline {
		says, err = app.Ask(env.ctx, cfg, ch, s)
	}
	switch {
	case err != nil:
		fmt.Fprintf(env.out, "channel %s: kind %s, settings ok, not to be polled\n", ch.Name, ch.Kind)
		err = fmt.Errorf("channel %s: %w", ch.Name, err)
	case says == "":
		fmt.Fprintf(env.out, "channel %s: kind %s, settings ok\n", ch.Name, ch.Kind)
	default:
		fmt.Fprintf(env.out, "channel %s: kind %s, ok: %s\n", ch.Name, ch.Kind, says)
	}
	err = errors.Join(err, showTroubles(env, ch, s))
	setup, setupErr := app.Setup(cfg, ch)
	for i, line := range setup {
		if i == 0 {
			line = "URL: " + line
		}
		fmt.Fprintf(env.out, "  %s\n", line)
	}
	return errors.Join(err, setupErr)
}

// showTroubles says how the program found the channel to do, where that is not
// well. It is no answer of the check: what has been mended since shows with the
// next message.
func showTroubles(env *environment, ch config.Channel, s *postgres.Store) error {
	if s == nil {
		return nil
	}
	h, err := s.Troubles(env.ctx, ch.Name)
	if err != nil || h == nil {
		return err
	}
	if h.State != "ok" {
		fmt.Fprintf(env.out, "  state: %s\n", strings.TrimSuffix(h.State+": "+h.LastError, ": "))
	}
	for _, u := range h.Unknown {
		fmt.Fprintf(env.out, "  unknown: from %s until %s (%s)\n", u.From.Format(time.RFC3339), u.Until.Format(time.RFC3339), u.Why)
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

func checkServers(env *environment, cfg config.Config, s *postgres.Store) error {
	ctx, cancel := context.WithTimeout(env.ctx, serversTimeout)
	defer cancel()
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

// serversTimeout is how long the database and Redis may take to answer.
const serversTimeout = 10 * time.Second

// reach opens a database that answers.
func reach(ctx context.Context, cfg config.Config) (*postgres.Store, error) {
	ctx, cancel := context.WithTimeout(ctx, serversTimeout)
	defer cancel()
	ring, err := cfg.SealKey.Ring()
	if err != nil {
		return nil, err
	}
	s, err := postgres.Open(ctx, cfg.DatabaseURL, postgres.Options{MaxConns: 2, Seal: ring})
	if err == nil {
		if err = s.Ping(ctx); err == nil {
			return s, nil
		}
		s.Close()
	}
	return nil, ingest.AsTemporary(fmt.Errorf("database: %w", err))
}
