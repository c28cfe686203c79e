package app

import (
	"context"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/oauth"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/postgres"
)

// Consenter is how to ask the owner of a channel's source for access; the error
// says why there is nobody to ask.
func Consenter(c config.Config, ch config.Channel, s *postgres.Store) (channels.Consenter, error) {
	kind, err := kindOf(ch)
	if err != nil {
		return nil, err
	}
	host := hostOf(c, ch, ch.Name)
	host.Grants = grants(c, s)
	var by channels.Consenter
	if kind.Consent != nil {
		if by, err = kind.Consent(ch.Decode, host); err != nil {
			return nil, fault(ch, err)
		}
	}
	if by == nil {
		return nil, fmt.Errorf("channel %s needs nobody's consent: it has no block oauth2 with grant: refresh_token", ch.Name)
	}
	return by, nil
}

// Pages are the pages of a program with this configuration; nil without a
// seal_key.
func Pages(c config.Config, s *postgres.Store, find func(channel string) (channels.Consenter, error)) (*oauth.Pages, error) {
	ring, err := c.SealKey.Ring()
	if ring == nil || err != nil {
		return nil, err
	}
	return &oauth.Pages{Links: s, Ring: ring, Base: c.PublicURL(), Find: find, Now: time.Now}, nil
}

// Arrange makes the channels known as serve does, for commands that need one.
func Arrange(ctx context.Context, c config.Config, s *postgres.Store, actor string) error {
	_, err := s.Arrange(ctx, specs(c.Channels), c.Retired, actor)
	return placed(c, err)
}

// consents are the pages of this process, by the channels as they are now.
type consents struct {
	*oauth.Pages
	find func(channel string) (channels.Consenter, error)
}

func (a *App) openConsents() (err error) {
	if a.consents.Pages, err = Pages(a.Config, a.Store, a.consenter); a.consents.Pages != nil {
		a.consents.Log = a.Log
	}
	a.consents.find = a.consenter
	return err
}

// consenter finds a channel of the configuration that is in force.
func (a *App) consenter(channel string) (channels.Consenter, error) {
	c := a.current.Load()
	for _, ch := range c.Channels {
		if ch.Name == channel {
			return Consenter(*c, ch, a.Store)
		}
	}
	return nil, fmt.Errorf("channel %s is no longer in use", channel)
}

// Asks is for the API.
func (c *consents) Asks(channel string) error {
	_, err := c.find(channel)
	return err
}

// asking is the consents as the API has them; nil if nobody can be asked.
func (a *App) asking() httpapi.Consents {
	if a.consents.Pages == nil {
		return nil
	}
	return &a.consents
}
