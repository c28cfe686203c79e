package queue

import (
	"context"
	"encoding/json"
	"time"

	"github.com/hibiken/asynq"
)

// lanes is a set of lanes: the schema has 64.
type lanes uint64

func (l lanes) has(lane int) bool { return l&(1<<lane) != 0 }
func (l *lanes) add(lane int)     { *l |= 1 << lane }
func (l *lanes) remove(lane int)  { *l &^= 1 << lane }
func (l lanes) list() (list []int) {
	for lane := range 64 {
		if l.has(lane) {
			list = append(list, lane)
		}
	}
	return list
}

// task is the type of the tasks that say which lanes have work.
const task = "settle"

// perTask bounds the lanes of one task, so that workers share a burst.
const perTask = 8

// payload is all that a task says: it holds no content and no ids.
type payload struct {
	Lanes []int `json:"lanes"`
}

// Hint says that lanes hold work. It never blocks and never fails: what is not
// heard is swept.
func (q *Queue) Hint(list []int) { q.hint(list, false) }

// hint notes the lanes. Lanes already waiting in a task are passed over unless
// again is set: the sweeper sets it, since a task may have been lost.
func (q *Queue) hint(list []int, again bool) {
	q.mu.Lock()
	for _, lane := range list {
		if again || !q.queued.has(lane) {
			q.wanted.add(lane)
		}
	}
	some := q.wanted != 0
	q.mu.Unlock()
	if some {
		select {
		case q.wake <- struct{}{}:
		default:
		}
	}
}

// send turns hints into tasks. Hints that come while a task is on its way
// share the next one.
func (q *Queue) send(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-q.wake:
		}
		q.mu.Lock()
		list := q.wanted.list()
		q.queued |= q.wanted
		q.wanted = 0
		q.mu.Unlock()
		for len(list) > 0 {
			n := min(perTask, len(list))
			q.enqueue(ctx, list[:n])
			list = list[n:]
		}
	}
}

// enqueue writes one task, or hands the lanes to the local workers if Redis
// does not take it. A task is never tried again: the sweeper is the retry, and
// tries are counted in Postgres.
func (q *Queue) enqueue(ctx context.Context, list []int) {
	b, err := json.Marshal(payload{list})
	if err != nil {
		panic(err) // a list of numbers always marshals
	}
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	_, err = q.client.EnqueueContext(ctx, asynq.NewTask(task, b),
		asynq.Queue(q.o.Name), asynq.MaxRetry(0), asynq.Retention(0), asynq.Timeout(5*time.Minute))
	q.heard(err)
	if err != nil {
		q.settleHere(list)
	}
}

// heard notes whether Redis answers, and says so once when that changes.
func (q *Queue) heard(err error) {
	away := err != nil
	if q.away.Swap(away) == away {
		return
	}
	if away {
		q.o.Log.Warn("redis does not answer: settling without it", "error", err)
	} else {
		q.o.Log.Info("redis answers again")
	}
}

// settleHere gives lanes to the local workers; what does not fit is swept.
func (q *Queue) settleHere(list []int) {
	for _, lane := range list {
		select {
		case q.local <- lane:
		default:
		}
	}
}
