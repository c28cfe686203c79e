// Package localredis runs a private Redis on a unix socket for the demo, the
// tests and the benchmarks. It uses the machine's own Redis, else the one that
// .ci/tools.sh has unpacked; where there is none, the demo makes do with one
// inside its own process.
package localredis

import (
	"context"
	"errors"
	"fmt"
	"log/slog"

	"gatehouse/ingest/local"
)

// ErrNone says what to do on a machine without Redis.
var ErrNone = errors.New("no Redis: install redis-server (Debian: apt-get install redis-server), or set REDIS_URL")

// Options of a server. The zero value is for tests: nothing is written to disk.
type Options struct {
	Durable   bool         // append to a file, synced each second
	Fresh     bool         // throw away the data of an earlier start in this base
	InProcess bool         // without a Redis on the machine, run an imitation in this process
	Log       *slog.Logger // where the warning about the imitation goes; may be nil
}

// A Server is a running Redis. Its methods are not for concurrent use, but URL is.
type Server struct {
	engine engine
}

// An engine is what runs: a process, or the imitation.
type engine interface {
	url() string
	start(context.Context) error
	stop() error
	kill() error
}

// Start runs Redis in base and returns when it answers. ctx bounds the starting
// only. The error is [ErrNone] when the machine has none and opt does not allow
// the imitation.
func Start(ctx context.Context, base *local.Base, opt Options) (*Server, error) {
	e, err := choose(base, opt)
	if err != nil {
		return nil, err
	}
	if err := e.start(ctx); err != nil {
		return nil, fmt.Errorf("start Redis: %w", err)
	}
	return &Server{engine: e}, nil
}

// URL is the address of the server, as go-redis reads it.
func (s *Server) URL() string { return s.engine.url() }

// Stop ends the server in order.
func (s *Server) Stop() error { return s.engine.stop() }

// Kill ends the server as a crash would.
func (s *Server) Kill() error { return s.engine.kill() }

// Restart starts the server again, with the same URL; one that runs is stopped
// first. Unless Options.Durable is set its data are gone.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.engine.start(ctx)
}

func choose(base *local.Base, opt Options) (engine, error) {
	path, err := find(base.Tools)
	if err == nil {
		return &daemon{base: base, opt: opt, path: path}, nil
	}
	if !opt.InProcess {
		return nil, err
	}
	if opt.Log != nil {
		opt.Log.Warn("no Redis on this machine: an imitation runs in this process, and its data end with it")
	}
	return &imitation{}, nil
}
