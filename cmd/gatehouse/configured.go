package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"strings"
	"syscall"

	"gatehouse/cmd/gatehouse/app"
	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
)

// configured is the flag that commands with a configuration share.
type configured struct {
	Config string `help:"Configuration file (YAML)." env:"GATEHOUSE_CONFIG" placeholder:"FILE"`
}

func (c configured) load(env *environment) (config.Config, error) {
	cfg, err := config.Load(c.Config, env.environ)
	if errors.Is(err, fs.ErrNotExist) {
		return cfg, exitError{exitUsage, err}
	}
	return cfg, err
}

// store opens the database that the configuration names.
func (c configured) store(env *environment) (*postgres.Store, error) {
	cfg, err := c.load(env)
	if err != nil {
		return nil, err
	}
	s, err := postgres.Open(env.ctx, cfg.DatabaseURL, postgres.Options{})
	if err != nil {
		return nil, err
	}
	if err := s.Ping(env.ctx); err != nil {
		s.Close()
		return nil, ingest.AsTemporary(fmt.Errorf("database: %w", err))
	}
	return s, nil
}

type serveCmd struct {
	configured
	Role []string `help:"Parts of the work to take on: web, poll, work." default:"web,poll,work" enum:"web,poll,work"`
}

func (c *serveCmd) Run(env *environment) error {
	cfg, err := c.load(env)
	if err != nil {
		return err
	}
	if err := app.Check(cfg); err != nil {
		return exitError{exitNo, err}
	}
	hangups := make(chan os.Signal, 1) // several that come at once are one
	signal.Notify(hangups, syscall.SIGHUP)
	defer signal.Stop(hangups)
	a, err := app.Open(env.ctx, cfg, app.Options{Roles: rolesOf(c.Role), Log: env.log, Version: version, Signals: hangups,
		Load: func() (config.Config, error) { return c.load(env) }})
	if err != nil {
		return err
	}
	defer a.Close()
	err = a.Run(env.ctx, func(addr string) {
		env.log.Info("serving", "address", "http://"+addr, "channels", len(cfg.Channels), "roles", strings.Join(c.Role, ","), "version", version)
	})
	env.log.Info("stopped")
	return err
}

func rolesOf(names []string) app.Roles {
	var r app.Roles
	for _, n := range names {
		switch n {
		case "web":
			r.Web = true
		case "poll":
			r.Poll = true
		case "work":
			r.Work = true
		}
	}
	return r
}
