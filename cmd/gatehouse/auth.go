package main

import (
	"context"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/oauth"
	"gatehouse/cmd/gatehouse/app"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/migrations"
)

type authCmd struct {
	configured
	Channel string `help:"The mailbox's channel." required:"" placeholder:"NAME"`
	Link    bool   `help:"Print a link for a browser also where the provider knows codes for another device."`
}

// Help says what the command is for, at length.
func (c *authCmd) Help() string {
	return `For mailboxes with a block oauth2. Where the provider knows codes for another device, it prints where to go with which
code; else, or with --link, a link to a page of a running serve, at http.public_url, which the owner opens in a browser: it is
good once and for a day, and the provider must know http.public_url + /oauth/callback as a redirect URI. Either way it waits
until the owner has consented, tries the mailbox, and keeps the grant in the database, sealed. A serve that waits for it goes
on within seconds. It brings the database to the newest schema, as serve does.`
}

// Run asks the owner, and waits.
func (c *authCmd) Run(env *environment) error {
	cfg, err := c.load(env)
	if err != nil {
		return err
	}
	if err := app.Check(cfg); err != nil {
		return exitError{exitNo, err}
	}
	list, err := only(cfg.Channels, c.Channel)
	if err != nil {
		return err
	}
	if _, err := app.Consenter(cfg, list[0], nil); err != nil {
		return exitError{exitNo, err}
	}
	if _, err := migrations.Up(env.ctx, cfg.DatabaseURL); err != nil {
		return ingest.AsTemporary(err)
	}
	s, err := reach(env.ctx, cfg)
	if err != nil {
		return err
	}
	defer s.Close()
	if err := app.Arrange(env.ctx, cfg, s, "command line"); err != nil {
		return err
	}
	return c.ask(env, cfg, list[0], s)
}

func (c *authCmd) ask(env *environment, cfg config.Config, ch config.Channel, s *postgres.Store) error {
	by, err := app.Consenter(cfg, ch, s)
	if err != nil {
		return err
	}
	if by.ByDevice() && !c.Link {
		err = byDevice(env, by, ch, s)
	} else {
		err = byLink(env, cfg, ch, s)
	}
	if err == nil {
		_, err = fmt.Fprintf(env.out, "%s can be read now\n", by.Whose())
	}
	return err
}

func byDevice(env *environment, by channels.Consenter, ch config.Channel, s *postgres.Store) error {
	token, err := by.AwaitDevice(env.ctx, func(address, code string) {
		fmt.Fprintf(env.out, "Let the owner of %s open\n  %s\nand type the code\n  %s\n", by.Whose(), address, code)
	})
	if err != nil {
		return err
	}
	return s.SetGrant(env.ctx, ch.Name, token, "command line")
}

// byLink waits for what happens on the pages, which serve shows.
func byLink(env *environment, cfg config.Config, ch config.Channel, s *postgres.Store) error {
	pages, err := app.Pages(cfg, s, nil)
	if err != nil {
		return err
	}
	id, err := s.NewConsent(env.ctx, ingest.ConsentOrder{Channel: ch.Name, Actor: "command line",
		ExpiresAt: time.Now().Add(oauth.LinkFor).Truncate(time.Second)})
	if err != nil {
		return err
	}
	link, err := s.Consent(env.ctx, id)
	if err != nil {
		return err
	}
	fmt.Fprintf(env.out, "Let the mailbox's owner open\n  %s\n", pages.Address(link))
	return await(env, s, link)
}

// await returns when the owner has consented.
func await(env *environment, s *postgres.Store, link ingest.Consent) error {
	for said := ""; ; {
		c, err := s.Consent(env.ctx, link.ID)
		if err != nil {
			return err
		}
		switch c.State(time.Now()) {
		case "granted":
			return nil
		case "expired":
			return no("nobody consented in time: begin again")
		}
		if c.Says != "" && c.Says != said {
			said = c.Says
			env.log.Warn("a try did not succeed; the link is still good", "cause", said)
		}
		select {
		case <-time.After(time.Second):
		case <-env.ctx.Done():
			return context.Cause(env.ctx)
		}
	}
}
