package queue

import (
	"context"
	"sync"
	"time"

	"github.com/hibiken/asynq"

	"gatehouse/ingest"
)

// Outbound posts events to endpoints. Which are due is in the store: a task says
// of which endpoint there are some.
type Outbound interface {
	// SpreadEvents makes deliveries of at most n events for each endpoint, and
	// names the endpoints that got some; more: there are more events.
	SpreadEvents(ctx context.Context, n int) (fresh []ingest.ID, more bool, err error)
	// EndpointsDue are those that something could be sent to now.
	EndpointsDue(ctx context.Context) ([]ingest.ID, error)
	// Deliver sends what is due to one, until nothing is. While that is under way
	// another call of the same returns at once.
	Deliver(ctx context.Context, endpoint ingest.ID) error
}

// noOutbound is for programs without endpoints.
type noOutbound struct{}

func (noOutbound) SpreadEvents(context.Context, int) ([]ingest.ID, bool, error) {
	return nil, false, nil
}
func (noOutbound) EndpointsDue(context.Context) ([]ingest.ID, error) { return nil, nil }
func (noOutbound) Deliver(context.Context, ingest.ID) error          { return nil }

const (
	deliverTask = "deliver"
	// spreadEvery is how often the log is looked at if nobody says that something
	// has happened, spreadStep how many events are taken at once.
	spreadEvery = 500 * time.Millisecond
	spreadStep  = 500
	// deliverCheck is how often an idle worker looks for tasks.
	deliverCheck = fileCheck
)

// deliverQueue is the Asynq queue of deliveries: whatever an endpoint does,
// settles do not wait.
func (q *Queue) deliverQueue() string { return q.o.Name + "-deliver" }

// spread moves endpoints on in the log, soon after something was decided here
// and else every so often: others write events too, and what this process has
// just committed may not be readable yet.
func (q *Queue) spread(ctx context.Context) {
	for tick := time.NewTicker(spreadEvery); ; {
		select {
		case <-ctx.Done():
			tick.Stop()
			return
		case <-tick.C:
		case <-q.happened:
		}
		for more := true; more && ctx.Err() == nil; {
			fresh, again, err := q.o.Outbound.SpreadEvents(ctx, spreadStep)
			if err != nil && ctx.Err() == nil {
				q.o.Log.Warn("events not spread to endpoints: it will be tried again", "error", err)
			}
			q.hintEndpoints(ctx, fresh)
			more = again && err == nil
		}
	}
}

// tell says that something may have been written to the log.
func (q *Queue) tell() {
	select {
	case q.happened <- struct{}{}:
	default:
	}
}

// sweepEndpoints hints at endpoints that are due: for their next tries, and for
// what a lost hint or a dead process left.
func (q *Queue) sweepEndpoints(ctx context.Context) {
	for pause(ctx, sweepEvery) {
		list, err := q.o.Outbound.EndpointsDue(ctx)
		if err != nil && ctx.Err() == nil {
			q.o.Log.Warn("sweep for deliveries failed", "error", err)
		}
		q.hintEndpoints(ctx, list)
	}
}

// hintEndpoints writes a task for each, or has this process do it while Redis is
// away. A task is never tried again: tries are counted in Postgres.
func (q *Queue) hintEndpoints(ctx context.Context, list []ingest.ID) {
	for _, id := range list {
		if q.away.Load() || !q.enqueueEndpoint(ctx, id) {
			select {
			case q.localEndpoints <- id:
			default: // it is swept
			}
		}
	}
}

func (q *Queue) enqueueEndpoint(ctx context.Context, id ingest.ID) bool {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err := q.client.EnqueueContext(ctx, asynq.NewTask(deliverTask, []byte(id.String())),
		asynq.Queue(q.deliverQueue()), asynq.MaxRetry(0), asynq.Retention(0), asynq.Timeout(time.Hour))
	q.heard(err)
	return err == nil
}

// serveEndpoints runs an Asynq server of its own for deliveries. It has room for
// each endpoint there may be: one that is slow keeps its own place alone.
func (q *Queue) serveEndpoints(ctx context.Context) {
	c := q.config(ctx)
	c.Concurrency, c.TaskCheckInterval, c.Queues = ingest.MaxEndpoints, deliverCheck, map[string]int{q.deliverQueue(): 1}
	q.serve(ctx, c, func(ctx context.Context, t *asynq.Task) error {
		if id, err := ingest.ParseID(string(t.Payload())); err == nil {
			q.deliver(ctx, id)
		}
		return nil
	})
}

// deliverLocally sends what Redis could not be told of.
func (q *Queue) deliverLocally(ctx context.Context) {
	var wg sync.WaitGroup
	defer wg.Wait()
	for {
		select {
		case <-ctx.Done():
			return
		case id := <-q.localEndpoints:
			wg.Go(func() { q.deliver(ctx, id) })
		}
	}
}

func (q *Queue) deliver(ctx context.Context, id ingest.ID) {
	if err := q.o.Outbound.Deliver(ctx, id); err != nil && ctx.Err() == nil {
		q.o.Log.Warn("deliveries to an endpoint broke off: the sweeper will come back to it", "endpoint", id, "error", err)
	}
}
