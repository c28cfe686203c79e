// Package queue is how work waits and is taken up: an Asynq task says which
// lanes hold waiting messages, a worker settles them, a sweeper asks Postgres
// each second for lanes that every hint has missed, and a runner steps jobs.
//
// Redis holds hints and nothing else. It may be flushed, stopped or lost at
// any moment: the sweeper queues again, and while Redis is away the lanes are
// settled without it.
package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"

	"gatehouse/ingest"
)

// Store is the part of the store that moves work along.
type Store interface {
	// Waiting returns the lanes that hold received messages.
	Waiting(ctx context.Context) ([]int, error)
	// StepJobs takes one step of at most n messages in each running job.
	StepJobs(ctx context.Context, n int) (ingest.Stepped, error)
	// EndRules lets go what rules hold that have ended by the clock and say so.
	EndRules(ctx context.Context) error
	// Link merges contacts that messages proved to be one person.
	Link(ctx context.Context) error
	// PartMerged goes on with what an undo of a merge left to be done.
	PartMerged(ctx context.Context) error
	// JoinParts delivers the messages that have waited for a part for too long.
	JoinParts(ctx context.Context) error
	Fold(ctx context.Context) error
	Analyze(ctx context.Context) error
	CloseIdle(ctx context.Context, chat, sms time.Duration) error
	Tidy(ctx context.Context) error
	// MakeExports makes the files that are asked for, but for dossiers, and reports whether there was one.
	MakeExports(ctx context.Context) (worked bool, err error)
	// DropOldExports deletes the files that are past their time.
	DropOldExports(ctx context.Context) error
	// Retain deletes held messages that are past their time.
	Retain(ctx context.Context) error
}

// Settle decides the oldest waiting messages of a lane.
type Settle func(ctx context.Context, lane int) (ingest.Settled, error)

// Options say what a queue works with.
type Options struct {
	RedisURL string // see CheckURL
	Name     string // of the Asynq queue; "" means gatehouse
	Workers  int    // settles at once; 0 means 4
	Store    Store
	Settle   Settle
	Files    Files                                                  // nil: nobody fetches files
	Outbound Outbound                                               // nil: nobody posts events
	Search   func(ctx context.Context, n int) (done int, err error) // makes n held messages searchable; nil: nobody does
	Dossiers func(ctx context.Context) (worked bool, err error)     // makes those that are asked for; nil: nobody does
	Alert    func(ctx context.Context) error                        // looks for what is wrong and tells; nil: nobody does
	Settings func() ingest.Settings                                 // for the times after which idle conversations close
	Log      *slog.Logger
	Settled  func(n int) // told of each settle's messages, for metrics; nil: nobody
}

// Queue hints at work and does it.
type Queue struct {
	o      Options
	redis  redis.UniversalClient
	client *asynq.Client

	wake  chan struct{}
	local chan int // lanes to settle without Redis

	files      chan struct{} // hints at files that are not yet tasks
	localFiles chan struct{} // those that Redis was not told of
	fetching   chan struct{} // a token for each that fetches

	happened       chan struct{}  // something may be in the log
	localEndpoints chan ingest.ID // those that Redis was not told of

	passing *passing

	mu     sync.Mutex
	wanted lanes // hinted here and not yet in a task
	queued lanes // in a task that no worker of this process has begun

	away atomic.Bool // the last thing asked of Redis failed
}

// Open prepares a queue; it does not ask whether Redis is there.
func Open(o Options) (*Queue, error) {
	if o.Name == "" {
		o.Name = "gatehouse"
	}
	if o.Workers == 0 {
		o.Workers = 4
	}
	if o.Files == nil {
		o.Files = noFiles{}
	}
	if o.Outbound == nil {
		o.Outbound = noOutbound{}
	}
	if o.Search == nil {
		o.Search = func(context.Context, int) (int, error) { return 0, nil }
	}
	if o.Dossiers == nil {
		o.Dossiers = func(context.Context) (bool, error) { return false, nil }
	}
	if o.Alert == nil {
		o.Alert = func(context.Context) error { return nil }
	}
	if o.Settled == nil {
		o.Settled = func(int) {}
	}
	client, err := dial(o.RedisURL)
	if err != nil {
		return nil, err
	}
	q := &Queue{
		o: o, redis: client, client: asynq.NewClientFromRedisClient(client),
		passing: newPassing(),
		wake:    make(chan struct{}, 1), local: make(chan int, 64),
		happened: make(chan struct{}, 1), localEndpoints: make(chan ingest.ID, ingest.MaxEndpoints),
		files: make(chan struct{}, fileWorkers), localFiles: make(chan struct{}, fileWorkers), fetching: make(chan struct{}, fileWorkers),
	}
	redis.SetLogger(logger{o.Log, q.Away})
	return q, nil
}

// Close lets go of Redis.
func (q *Queue) Close() error { return q.redis.Close() }

// Away reports whether Redis did not answer when last asked.
func (q *Queue) Away() bool { return q.away.Load() }

// Run sends hints, and with work set also settles, sweeps and runs jobs, until
// ctx ends. It returns when everything it started has stopped.
func (q *Queue) Run(ctx context.Context, work bool) error {
	var wg sync.WaitGroup
	start := func(do func(context.Context)) { wg.Go(func() { do(ctx) }) }
	start(q.send)
	start(q.sendFiles)
	start(q.sendPassing)
	start(q.hearPassing)
	if work {
		start(q.serveLanes)
		start(q.serveFiles)
		start(q.sweepFiles)
		start(q.spread)
		start(q.sweepEndpoints)
		start(q.serveEndpoints)
		start(q.deliverLocally)
		start(q.sweep)
		start(q.stepJobs)
		start(func(ctx context.Context) { q.makeFiles(ctx, q.o.Store.MakeExports) })
		start(func(ctx context.Context) { q.makeFiles(ctx, q.o.Dossiers) })
		start(q.keepHouse)
		start(q.search)
		for range q.o.Workers {
			start(q.settleLocally)
		}
		for range fileWorkers {
			start(q.fetchLocally)
		}
	}
	wg.Wait()
	if err := ctx.Err(); !errors.Is(err, context.Canceled) {
		return err
	}
	return nil
}

// Ping asks whether the Redis at url answers.
func Ping(ctx context.Context, url string) error {
	client, err := dial(url)
	if err != nil {
		return err
	}
	defer client.Close()
	return client.Ping(ctx).Err()
}

// Forget removes the queues from Redis, tasks and all: for programs that made
// one of their own for a while.
func (q *Queue) Forget() error {
	inspector := asynq.NewInspectorFromRedisClient(q.redis)
	for _, name := range []string{q.o.Name, q.fileQueue(), q.deliverQueue()} {
		if err := inspector.DeleteQueue(name, true); err != nil && !errors.Is(err, asynq.ErrQueueNotFound) {
			return err
		}
	}
	return nil
}
