package queue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/hibiken/asynq"

	"gatehouse/ingest"
)

// checkEvery is how often an idle worker looks for tasks: half of it is the
// mean wait of a message that finds the system idle.
const checkEvery = 25 * time.Millisecond

// serveLanes runs the Asynq server that settles.
func (q *Queue) serveLanes(ctx context.Context) { q.serve(ctx, q.config(ctx), q.handle) }

// serve runs an Asynq server for as long as ctx lasts. Redis may be away when
// it starts: then it tries again.
func (q *Queue) serve(ctx context.Context, c asynq.Config, handle asynq.HandlerFunc) {
	for {
		server := asynq.NewServerFromRedisClient(q.redis, c)
		err := server.Start(handle)
		if err == nil {
			<-ctx.Done()
			server.Shutdown()
			return
		}
		q.heard(err)
		if !pause(ctx, 2*time.Second) {
			return
		}
	}
}

func (q *Queue) config(ctx context.Context) asynq.Config {
	return asynq.Config{
		Concurrency:       q.o.Workers,
		BaseContext:       func() context.Context { return ctx },
		TaskCheckInterval: checkEvery,
		Queues:            map[string]int{q.o.Name: 1},
		ShutdownTimeout:   10 * time.Second,
		Logger:            logger{q.o.Log, q.Away},
		LogLevel:          asynq.WarnLevel,
	}
}

// handle settles the lanes of a task. It returns no error for what a sweep
// mends: Asynq would only file the task away.
func (q *Queue) handle(ctx context.Context, t *asynq.Task) error {
	var p payload
	if err := json.Unmarshal(t.Payload(), &p); err != nil {
		return fmt.Errorf("payload: %w: %w", err, asynq.SkipRetry)
	}
	for _, lane := range p.Lanes {
		if lane >= 0 && lane < 64 {
			q.drain(ctx, lane)
		}
	}
	return nil
}

// settleLocally settles the lanes that Redis could not be told of.
func (q *Queue) settleLocally(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case lane := <-q.local:
			q.drain(ctx, lane)
		}
	}
}

// busyWait is how long a worker waits for a lane that another one has: the
// other may have read its rows just before ours were committed.
const (
	busyWait  = 10 * time.Millisecond
	busyTries = 20
)

// drain settles a lane until nothing waits there. A lane whose oldest message
// answers one in another lane has that lane settled first.
func (q *Queue) drain(ctx context.Context, lane int) {
	q.begin(lane)
	for busy := 0; ctx.Err() == nil; {
		done, err := q.o.Settle(ctx, lane)
		if err != nil {
			q.failed(ctx, lane, err)
			return
		}
		q.o.Settled(done.Decided)
		q.tell()
		q.HintFiles(done.Files)
		switch {
		case done.Busy && busy < busyTries:
			busy++
			pause(ctx, busyWait)
		case len(done.Lanes) > 0:
			pause(ctx, busyWait)
			q.Hint(append(done.Lanes, lane))
			return
		case !done.More:
			return
		}
	}
}

// begin notes that a lane's task is being worked: a hint from now on needs a
// task of its own.
func (q *Queue) begin(lane int) {
	q.mu.Lock()
	q.queued.remove(lane)
	q.mu.Unlock()
}

func (q *Queue) failed(ctx context.Context, lane int, err error) {
	if ctx.Err() != nil {
		return
	}
	level := q.o.Log.Error
	if ingest.Temporary(err) {
		level = q.o.Log.Warn
	}
	level("settle failed: the sweeper will come back to it", "lane", lane, "error", err)
}

// pause waits; it reports whether ctx still lasts.
func pause(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-t.C:
		return true
	}
}
