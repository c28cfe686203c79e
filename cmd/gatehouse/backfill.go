package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"time"

	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

type backfillCmd struct {
	configured
	Channel string        `help:"The channel." required:"" placeholder:"NAME"`
	Since   string        `help:"From when on: 2026-11-20, 2026-11-20T15:04, or RFC 3339 with a zone; else in time_zone." required:"" placeholder:"TIME"`
	Until   string        `help:"Until when, written likewise; without it until now." placeholder:"TIME"`
	DryRun  bool          `help:"Count what would be taken, and store nothing."`
	Timeout time.Duration `help:"How long to wait for the program that asks." default:"30m"`
	JSON    bool          `help:"Print JSON."`
}

// Run has a channel's provider asked for the messages of a time.
func (c *backfillCmd) Run(env *environment) error {
	cfg, err := c.load(env)
	if err != nil {
		return err
	}
	order, err := c.order(cfg)
	if err != nil {
		return err
	}
	s, err := c.store(env)
	if err != nil {
		return err
	}
	defer s.Close()
	id, err := s.AskBackfill(env.ctx, order)
	switch {
	case errors.Is(err, ingest.ErrNotFound):
		return no("`gatehouse serve` has never run channel %s", c.Channel)
	case err != nil:
		return err
	}
	b, err := c.wait(env, s, id)
	if err != nil {
		return err
	}
	if c.JSON {
		err = json.NewEncoder(env.out).Encode(b)
	} else {
		tellBackfill(env.out, b)
	}
	if b.Error != "" {
		return exitError{exitAsk, errors.New(b.Error)}
	}
	return err
}

// order is what to ask for; a channel that nobody can be asked about is a no.
func (c *backfillCmd) order(cfg config.Config) (o ingest.BackfillOrder, err error) {
	i := slices.IndexFunc(cfg.Channels, func(ch config.Channel) bool { return ch.Name == c.Channel })
	if i < 0 {
		return o, no("there is no channel %s", c.Channel)
	}
	if kind, _ := all.Find(cfg.Channels[i].Kind); kind.Lister == nil {
		return o, no("channel %s is of kind %s, whose messages cannot be asked for again", c.Channel, cfg.Channels[i].Kind)
	}
	o = ingest.BackfillOrder{Channel: c.Channel, Until: time.Now(), DryRun: c.DryRun, Actor: "gatehouse backfill"}
	if o.Since, err = momentOf(c.Since, cfg.Location()); err == nil && c.Until != "" {
		o.Until, err = momentOf(c.Until, cfg.Location())
	}
	if err == nil {
		err = o.Check(time.Now())
	}
	if err != nil {
		return o, exitError{exitUsage, err}
	}
	return o, nil
}

// momentOf reads a time as people write it.
func momentOf(text string, in *time.Location) (time.Time, error) {
	for _, layout := range []string{time.RFC3339, "2006-01-02T15:04:05", "2006-01-02T15:04", "2006-01-02 15:04", time.DateOnly} {
		if at, err := time.ParseInLocation(layout, text, in); err == nil {
			return at, nil
		}
	}
	return time.Time{}, fmt.Errorf("%q is no time: write 2026-11-20, 2026-11-20T15:04 or 2026-11-20T15:04:05Z", text)
}

func (c *backfillCmd) wait(env *environment, s *postgres.Store, id int64) (ingest.Backfill, error) {
	b, err := s.Backfill(env.ctx, c.Channel, id)
	said, tell := "", time.NewTicker(tellEvery)
	defer tell.Stop()
	for end := time.After(c.Timeout); err == nil && !b.Ended(); b, err = s.Backfill(env.ctx, c.Channel, id) {
		select {
		case <-tell.C:
			said = c.whyNot(env, s, said)
		case <-env.ctx.Done():
			return b, exitError{exitAsk, env.ctx.Err()}
		case <-end:
			return b, exitError{exitAsk, fmt.Errorf("not done within %s, it goes on if `gatehouse serve` is running: %s", c.Timeout, b.Error)}
		case <-time.After(lookAgain):
		}
	}
	return b, err
}

// tellEvery is how often it is said why nothing happens.
const tellEvery = 3 * time.Second

// whyNot says what keeps the channel from asking, once.
func (c *backfillCmd) whyNot(env *environment, s *postgres.Store, said string) string {
	h, err := s.Troubles(env.ctx, c.Channel)
	if err != nil || h == nil || h.State == "ok" {
		return said
	}
	if now := h.State + ": " + h.LastError; now != said {
		env.log.Warn("waiting for the channel", "channel", c.Channel, "state", h.State, "says", h.LastError)
		return now
	}
	return said
}

func tellBackfill(w io.Writer, b ingest.Backfill) {
	verb := "were taken"
	if b.DryRun {
		verb = "would be taken"
	}
	fmt.Fprintf(w, "%s, %s to %s: %d listed = %d known + %d new, which %s\n", b.Channel,
		b.Since.UTC().Format(time.RFC3339), b.Until.UTC().Format(time.RFC3339), b.Listed, b.Known, b.New, verb)
}
