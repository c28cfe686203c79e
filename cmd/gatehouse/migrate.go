package main

import (
	"fmt"
	"time"

	"gatehouse/ingest"
	"gatehouse/migrations"
)

type migrateCmd struct {
	Up     migrateUpCmd     `cmd:"" help:"Apply what is missing. Safe while others start or run."`
	Status migrateStatusCmd `cmd:"" help:"List the migrations and when they were applied."`
}

type migrateUpCmd struct{ configured }

func (c *migrateUpCmd) Run(env *environment) error {
	cfg, err := c.load(env)
	if err != nil {
		return err
	}
	applied, err := migrations.Up(env.ctx, cfg.DatabaseURL)
	for _, file := range applied {
		fmt.Fprintln(env.out, "applied", file)
	}
	if err != nil {
		return ingest.AsTemporary(err)
	}
	if applied == nil {
		fmt.Fprintln(env.out, "nothing to do")
	}
	return nil
}

type migrateStatusCmd struct{ configured }

func (c *migrateStatusCmd) Run(env *environment) error {
	cfg, err := c.load(env)
	if err != nil {
		return err
	}
	list, err := migrations.List(env.ctx, cfg.DatabaseURL)
	if err != nil {
		return ingest.AsTemporary(err)
	}
	missing := 0
	for _, m := range list {
		when := "not applied"
		if !m.Applied.IsZero() {
			when = m.Applied.UTC().Format(time.RFC3339)
		} else {
			missing++
		}
		fmt.Fprintf(env.out, "%-32s %s\n", m.File, when)
	}
	if missing > 0 {
		return no("%d migrations are missing: run gatehouse migrate up", missing)
	}
	return nil
}
