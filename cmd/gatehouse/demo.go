package main

import (
	"errors"
	"log/slog"
	"os"

	"gatehouse/cmd/gatehouse/demo"
	"gatehouse/ingest/local"
)

type demoCmd struct {
	Once bool `help:"End after the story instead of staying up."`
	JSON bool `help:"Print the account as one line of JSON on stdout."`
}

// Run shows the main job. Only warnings are logged: the story tells the rest.
func (c *demoCmd) Run(env *environment) error {
	database, _ := env.environ("DATABASE_URL")
	redis, _ := env.environ("REDIS_URL")
	err := demo.Run(env.ctx, demo.Options{
		Once: c.Once, JSON: c.JSON, DatabaseURL: database, RedisURL: redis, Version: version,
		Out: env.out, Story: os.Stderr,
		Log: slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn})),
	})
	if errors.Is(err, local.ErrBusy) {
		return no("a demo runs in this clone already: %w", err)
	}
	return err
}
