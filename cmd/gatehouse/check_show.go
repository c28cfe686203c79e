package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"gatehouse/channels/all"
	"gatehouse/channels/mime"
	"gatehouse/cmd/gatehouse/app"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// waiting is for how long to wait; the flag alone is waitsFor.
type waiting time.Duration

const waitsFor = waiting(10 * time.Minute)

// Decode reads --wait, --wait=5m and --wait 5m.
func (w *waiting) Decode(ctx *kong.DecodeContext) error {
	*w = waitsFor
	next := ctx.Scan.Peek()
	text, _ := next.Value.(string)
	d, err := time.ParseDuration(text)
	switch {
	case err == nil && d > 0:
		ctx.Scan.Pop()
		*w = waiting(d)
	case next.Type == kong.FlagValueToken:
		return fmt.Errorf("%q is no duration, as 5m", text)
	}
	return nil
}

// IsBool lets the flag stand alone.
func (w *waiting) IsBool() bool { return true }

var _ kong.BoolMapperValue = (*waiting)(nil)

// arrived is what is said of a message beside what it says itself.
type arrived struct {
	Keys    []string      `json:"keys"`
	Problem ingest.Reason `json:"problem"` // why it would be dead; "": it would not
	Note    string        `json:"note"`
}

// shownMessage is a line of output.
type shownMessage struct {
	File string `json:"file"`
	ingest.Message
	arrived
}

// shownMail is a line for a mail: that of parse, and more.
type shownMail struct {
	parsed
	Channel  string `json:"channel"`
	Unproven bool   `json:"unproven"`
	arrived
}

// show prints the messages of a file, or the next one that comes.
func (c *checkCmd) show(env *environment, cfg config.Config, list []config.Channel) error {
	if c.Channel == "" || c.Offline && c.Wait > 0 {
		return exitError{exitUsage, errors.New("--sample and --wait want --channel NAME, and --wait cannot be --offline")}
	}
	if c.Sample != "" {
		return c.sample(env, cfg, list[0])
	}
	return c.await(env, cfg, list[0])
}

func (c *checkCmd) sample(env *environment, cfg config.Config, ch config.Channel) error {
	file, err := os.ReadFile(c.Sample)
	if err != nil {
		return exitError{exitUsage, err}
	}
	s, err := app.ReadSample(cfg, ch, file)
	if err != nil {
		return exitError{exitNo, err}
	}
	if s.Unproven {
		env.log.Info("nobody checked who sent this: a sample has no signature", "channel", ch.Name)
	}
	for _, why := range s.Besides.Why {
		env.log.Info("it would be ignored", "channel", ch.Name, "why", why)
	}
	if b := s.Besides; b.Ignored+b.Foreign > 0 {
		env.log.Info("parts that are no messages", "channel", ch.Name, "ignored", b.Ignored, "foreign", b.Foreign,
			"receipts", len(b.Reports), "opt_outs", len(b.Opts))
	}
	return printArrivals(env, c.Sample, ch, s.Arrivals)
}

func (c *checkCmd) await(env *environment, cfg config.Config, ch config.Channel) error {
	ctx, cancel := context.WithTimeout(env.ctx, time.Duration(c.Wait))
	defer cancel()
	s, err := reach(ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	arrivals, err := app.Await(ctx, cfg, ch, s, env.log, func(says string) {
		env.log.Info("waiting "+says, "channel", ch.Name, "at_most", time.Duration(c.Wait).String())
	})
	switch {
	case ctx.Err() != nil && arrivals == nil:
		return no("channel %s: no message came", ch.Name)
	case err != nil:
		return fmt.Errorf("channel %s: %w", ch.Name, err)
	}
	if kind, _ := all.Find(ch.Kind); kind.Webhook == nil && kind.Door == nil {
		arrivals = arrivals[:1] // what a mailbox held besides was not asked for
	}
	return printArrivals(env, "", ch, arrivals)
}

// printArrivals prints a line for each message. One that could not be read is an answer
// that is no.
func printArrivals(env *environment, file string, ch config.Channel, arrivals []ingest.Arrival) (err error) {
	enc := json.NewEncoder(env.out)
	enc.SetEscapeHTML(false)
	kind, _ := all.Find(ch.Kind)
	for _, a := range arrivals {
		if err := enc.Encode(shown(file, ch.Name, a, kind.Family == ingest.Email && kind.Webhook == nil)); err != nil {
			return err
		}
		if a.Problem != "" {
			err = no("channel %s: it would be kept as dead: %s", ch.Name, dead(a))
		}
	}
	if len(arrivals) == 0 {
		err = no("channel %s: there is no message in it", ch.Name)
	}
	return err
}

// dead says what is wrong with a message, as far as its adapter knows.
func dead(a ingest.Arrival) string {
	if a.Note == "" {
		return string(a.Problem)
	}
	return string(a.Problem) + ": " + a.Note
}

func shown(file, channel string, a ingest.Arrival, mail bool) any {
	with := arrived{Keys: []string{}, Problem: a.Problem, Note: a.Note}
	for _, k := range a.Keys {
		with.Keys = append(with.Keys, strings.ReplaceAll(k, "\x00", " "))
	}
	if mail {
		return shownMail{parsed{file, mime.Read(a.Raw, mime.Options{AnyLoop: true})}, channel, a.Message.Unproven, with}
	}
	return shownMessage{file, a.Message, with}
}
