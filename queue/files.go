package queue

import (
	"context"
	"time"

	"github.com/hibiken/asynq"
)

// Files fetches the files that messages name and do not carry. Which are due is
// in the store: a task says no more than that there are some.
type Files interface {
	// FilesDue counts the files that could be fetched now, up to a limit.
	FilesDue(ctx context.Context, limit int) (int, error)
	// FetchFile fetches one, or tries to; false: there is none to be fetched.
	FetchFile(ctx context.Context) (bool, error)
}

// noFiles is for programs without channels.
type noFiles struct{}

func (noFiles) FilesDue(context.Context, int) (int, error) { return 0, nil }
func (noFiles) FetchFile(context.Context) (bool, error)    { return false, nil }

const (
	fileTask = "files"
	// fileWorkers is how many files are fetched at once: they wait for others'
	// networks and have little to do here.
	fileWorkers = 8
	// fileCheck is how often an idle worker looks for tasks: nobody waits for a
	// file as for an answer, and each look costs Redis a round trip.
	fileCheck = 200 * time.Millisecond
)

// fileQueue is the Asynq queue of files: whatever it does, settles do not wait.
func (q *Queue) fileQueue() string { return q.o.Name + "-files" }

// HintFiles says that n files are to be fetched. It never blocks and never
// fails: what is not heard is swept.
func (q *Queue) HintFiles(n int) {
	for range min(n, fileWorkers) {
		select {
		case q.files <- struct{}{}:
		default:
			return
		}
	}
}

// sendFiles turns hints into tasks, one a worker that is to wake.
func (q *Queue) sendFiles(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.files:
			q.enqueueFiles(ctx)
		}
	}
}

// enqueueFiles writes a task, or wakes a worker of this process if Redis does
// not take it.
func (q *Queue) enqueueFiles(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := q.client.EnqueueContext(ctx, asynq.NewTask(fileTask, nil),
		asynq.Queue(q.fileQueue()), asynq.MaxRetry(0), asynq.Retention(0), asynq.Timeout(time.Hour))
	if q.heard(err); err != nil {
		q.fetchHere()
	}
}

func (q *Queue) fetchHere() {
	select {
	case q.localFiles <- struct{}{}:
	default:
	}
}

// serveFiles runs an Asynq server of its own for files.
func (q *Queue) serveFiles(ctx context.Context) {
	c := q.config(ctx)
	c.Concurrency, c.TaskCheckInterval, c.Queues = fileWorkers, fileCheck, map[string]int{q.fileQueue(): 1}
	q.serve(ctx, c, func(ctx context.Context, _ *asynq.Task) error {
		q.fetch(ctx)
		return nil
	})
}

// fetchLocally fetches what Redis could not be told of.
func (q *Queue) fetchLocally(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.localFiles:
			q.fetch(ctx)
		}
	}
}

// fetch fetches files until none is due, beside at most fileWorkers others.
func (q *Queue) fetch(ctx context.Context) {
	select {
	case q.fetching <- struct{}{}:
		defer func() { <-q.fetching }()
	case <-ctx.Done():
		return
	}
	for ctx.Err() == nil {
		more, err := q.o.Files.FetchFile(ctx)
		if err != nil && ctx.Err() == nil {
			q.o.Log.Warn("file not fetched: the sweeper will come back to it", "error", err)
		}
		if err != nil || !more {
			return
		}
	}
}

// sweepFiles wakes as many workers as there are files due and workers idle.
func (q *Queue) sweepFiles(ctx context.Context) {
	for pause(ctx, sweepEvery) {
		idle := fileWorkers - len(q.fetching)
		if idle == 0 {
			continue
		}
		n, err := q.o.Files.FilesDue(ctx, idle)
		switch {
		case err != nil && ctx.Err() == nil:
			q.o.Log.Warn("sweep for files failed", "error", err)
		case q.away.Load():
			for range n {
				q.fetchHere()
			}
		default:
			q.HintFiles(n)
		}
	}
}
