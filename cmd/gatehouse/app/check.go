package app

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// Check reads the settings of every channel without connecting anywhere.
func Check(c config.Config) error {
	if err := Distinct(c.Channels); err != nil {
		return err
	}
	for _, ch := range c.Channels {
		kind, ok := all.Find(ch.Kind)
		if !ok {
			return fmt.Errorf("channel %s: no kind is called %q", ch.Name, ch.Kind)
		}
		if err := checkChannel(kind, ch); err != nil {
			return err
		}
	}
	return nil
}

func checkChannel(kind channels.Kind, ch config.Channel) error {
	host := channels.Host{Channel: ch.Name, Now: time.Now}
	if kind.Poller != nil {
		if _, err := kind.Poller(ch.Decode, host); err != nil {
			return fmt.Errorf("channel %s: %w", ch.Name, err)
		}
	}
	if kind.Webhook != nil || kind.Door != nil {
		if _, err := channels.NewEndpoint(kind, ch.Decode, host, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// Distinct makes sure that no two channels ask the same source: each message
// there would be taken twice. Settings that cannot be read are left to Check.
func Distinct(list []config.Channel) error {
	asked := map[string]string{} // by which channel
	for _, ch := range list {
		kind, ok := all.Find(ch.Kind)
		if !ok || kind.Places == nil {
			continue
		}
		places, err := kind.Places(ch.Decode)
		if err != nil {
			continue
		}
		for _, place := range places {
			if other, twice := asked[place]; twice {
				return fmt.Errorf("channel %s: %s is polled by channel %s already", ch.Name, place, other)
			}
			asked[place] = ch.Name
		}
	}
	return nil
}

// askTimeout is how long a channel's source may take to answer.
const askTimeout = 20 * time.Second

// Ask asks the source of a channel whether it would be polled, and returns what
// it says; "" where there is nobody to ask. An error that is ingest.Temporary
// means that it could not be asked.
func Ask(ctx context.Context, ch config.Channel) (says string, err error) {
	kind, ok := all.Find(ch.Kind)
	if !ok || kind.Poller == nil {
		return "", nil
	}
	poller, err := kind.Poller(ch.Decode, channels.Host{Channel: ch.Name, Log: slog.New(slog.DiscardHandler), Now: time.Now})
	if err != nil {
		return "", err
	}
	checker, ok := poller.(channels.Checker)
	if !ok {
		return "", nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTimeout)
	defer cancel()
	says, err = checker.Check(ctx)
	if ctx.Err() != nil {
		err = ingest.AsTemporary(fmt.Errorf("no answer within %v: %w", askTimeout, err))
	}
	return says, err
}
