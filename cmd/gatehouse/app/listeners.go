package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"slices"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// attendant is what keeps a channel's listener at work; nil: it has none.
func (a *App) attendant(kind channels.Kind, ch config.Channel) (*channels.Attendant, error) {
	listener, err := kind.Listener(ch.Decode, a.host(ch, ch.Name))
	if err != nil || listener == nil {
		return nil, err
	}
	in := &channels.Mailroom{Intake: a.reception(kind), State: a.state, Counter: a.counters.listened(ch.Name)}
	return &channels.Attendant{Channel: ch.Name, Listener: listener, In: in, Log: a.Log, Report: a.Store.Report}, nil
}

// state is nil if a channel takes messages; see channels.Deliveries.
func (a *App) state(channel string) error {
	if gone := a.gone.Load(); gone != nil && slices.Contains(*gone, channel) {
		return channels.ErrRetired
	}
	if a.paused.of(channel)() {
		return channels.ErrPaused
	}
	return nil
}

// Fed makes sure that there are the channels which others' listeners take
// messages for. Settings that cannot be read are left to Check.
func Fed(c config.Config) error {
	kinds := map[string]string{}
	for _, ch := range c.Channels {
		kinds[ch.Name] = ch.Kind
	}
	var errs []error
	for _, ch := range c.Channels {
		kind, ok := all.Find(ch.Kind)
		if !ok || kind.Feeds == nil {
			continue
		}
		fed, err := kind.Feeds(ch.Decode)
		if err != nil {
			continue
		}
		for _, name := range fed {
			if kinds[name] != ch.Kind && !slices.Contains(c.Retired, name) {
				errs = append(errs, fault(ch, fmt.Errorf("no channel of kind %s is called %q: say {name: %s, kind: %s}", ch.Kind, name, name, ch.Kind)))
			}
		}
	}
	return errors.Join(errs...)
}

// awaitDelivery listens on the channel's socket in the program's place. Who
// delivers is told to try again.
func awaitDelivery(ctx context.Context, c config.Config, kind channels.Kind, ch config.Channel, host channels.Host, ready func(string)) ([]ingest.Arrival, error) {
	listener, err := kind.Listener(ch.Decode, host)
	if err != nil {
		return nil, fault(ch, err)
	}
	if listener == nil {
		return nil, fault(ch, errors.New("it has no socket of its own: wait for the channel that listens for it"))
	}
	catch := channels.NewCatch(c.RawBudget)
	in := &channels.Mailroom{Intake: catch, State: func(string) error { return nil }}
	serving, stop := context.WithCancel(ctx)
	defer stop()
	ended := make(chan error, 1)
	go func() {
		ended <- listener.Serve(serving, in, func(at net.Addr) { ready(fmt.Sprintf("on %s for a mail", at)) })
	}()
	select {
	case arrivals := <-catch.Caught():
		stop() // the answer goes out first
		<-ended
		return arrivals, nil
	case err := <-ended:
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, ingest.AsTemporary(fmt.Errorf("%w: stop serve for the time of this check", err))
	}
}
