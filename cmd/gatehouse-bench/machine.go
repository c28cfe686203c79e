package main

import (
	"context"
	"errors"
	"log/slog"
	"slices"
	"sync"
	"time"

	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/pipeline"
	"gatehouse/queue"
)

// machine is what a process that works runs: hints through Redis, workers, the
// sweeper, the runner of jobs. It notes how long each step of a job took.
type machine struct {
	*postgres.Store
	queue *queue.Queue
	judge pipeline.Judge
	stop  context.CancelFunc
	done  chan error

	mu    sync.Mutex
	steps []time.Duration
}

// machine starts one on the place, with as many workers as a process has.
func (p *place) machine(ctx context.Context, redis string) (*machine, error) {
	m := &machine{Store: p.store, done: make(chan error, 1)}
	var err error
	m.queue, err = queue.Open(queue.Options{
		RedisURL: redis, Name: "gatehouse-bench", Store: m, Log: slog.New(slog.DiscardHandler),
		Settle: func(ctx context.Context, lane int) (ingest.Settled, error) {
			return p.store.Settle(ctx, lane, yard.BatchSize, &m.judge)
		},
		Settings: ingest.DefaultSettings,
	})
	if err != nil {
		return nil, err
	}
	running, stop := context.WithCancel(ctx)
	m.stop = stop
	go func() { m.done <- m.queue.Run(running, true) }()
	return m, nil
}

func (m *machine) close() error {
	m.stop()
	return errors.Join(<-m.done, m.queue.Close())
}

// StepJobs notes how long a step took that found something to do.
func (m *machine) StepJobs(ctx context.Context, n int) (ingest.Stepped, error) {
	begin := time.Now()
	s, err := m.Store.StepJobs(ctx, n)
	if took := time.Since(begin); s.Worked {
		m.mu.Lock()
		m.steps = append(m.steps, took)
		m.mu.Unlock()
	}
	return s, err
}

func (m *machine) stepped() []time.Duration {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Clone(m.steps)
}
