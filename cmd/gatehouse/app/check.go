package app

import (
	"context"
	"fmt"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/all"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest/postgres"
)

// Check reads the settings of every channel without connecting anywhere.
func Check(c config.Config) error {
	if err := Distinct(c.Channels); err != nil {
		return err
	}
	for _, ch := range c.Channels {
		kind, err := kindOf(ch)
		if err == nil {
			err = checkChannel(kind, ch, hostOf(c, ch, ch.Name))
		}
		if err != nil {
			return fault(ch, err)
		}
	}
	return nil
}

func checkChannel(kind channels.Kind, ch config.Channel, host channels.Host) error {
	if kind.Poller != nil {
		if _, err := kind.Poller(ch.Decode, host); err != nil {
			return err
		}
	}
	if kind.Listener != nil {
		if _, err := kind.Listener(ch.Decode, host); err != nil {
			return err
		}
	}
	if kind.Webhook != nil || kind.Door != nil {
		if _, err := channels.NewEndpoint(kind, ch.Decode, host, nil, nil); err != nil {
			return err
		}
	}
	return nil
}

// kindOf finds the adapter of a channel.
func kindOf(ch config.Channel) (channels.Kind, error) {
	kind, ok := all.Find(ch.Kind)
	if !ok {
		return kind, fault(ch, fmt.Errorf("no kind is called %q", ch.Kind))
	}
	return kind, nil
}

// fault names the channel that an error is about, and where it is configured.
func fault(ch config.Channel, err error) error {
	if err == nil {
		return nil
	}
	if named := "channel " + ch.Name + ": "; !strings.HasPrefix(err.Error(), named) {
		err = fmt.Errorf("%s%w", named, err)
	}
	return ch.Fault(err)
}

// CheckStore asks the database whether it knows channels that the configuration
// does not account for, and changes nothing. Such an error is ingest.Invalid.
func CheckStore(ctx context.Context, s *postgres.Store, c config.Config) error {
	_, err := s.Arrangement(ctx, specs(c.Channels), c.Retired)
	return placed(c, err)
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
			if other, twice := askedBy(asked, place); twice {
				return fault(ch, fmt.Errorf("%s is polled by channel %s already", place, other))
			}
			asked[place] = ch.Name
		}
	}
	return nil
}

// askedBy finds the channel that asks a place, one within it, or one that it
// lies in.
func askedBy(asked map[string]string, place string) (channel string, found bool) {
	for other, by := range asked {
		if other == place || holds(place, other) || holds(other, place) {
			return by, true
		}
	}
	return "", false
}

// holds reports whether place is a whole with other in it: see
// channels.Kind.Places.
func holds(place, other string) bool {
	return strings.HasSuffix(place, "/") && strings.HasPrefix(other, place)
}
