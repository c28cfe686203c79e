package queue

import (
	"context"
	"errors"
	"time"
)

// sweepEvery is how long a message waits at most for a hint that was lost.
const sweepEvery = time.Second

// sweep asks Postgres which lanes hold waiting messages and hints at them
// again. While Redis is away it gives them to the local workers instead.
func (q *Queue) sweep(ctx context.Context) {
	for pause(ctx, sweepEvery) {
		list, err := q.o.Store.Waiting(ctx)
		if err != nil {
			if ctx.Err() == nil {
				q.o.Log.Warn("sweep failed", "error", err)
			}
			continue
		}
		if q.ask(ctx); q.away.Load() {
			q.settleHere(list)
			continue
		}
		q.hint(list, true)
	}
}

// ask finds out whether Redis is there.
func (q *Queue) ask(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, time.Second)
	defer cancel()
	if err := q.redis.Ping(ctx).Err(); !errors.Is(err, context.Canceled) {
		q.heard(err)
	}
}

// keepHouse does what nobody waits for.
func (q *Queue) keepHouse(ctx context.Context) {
	for n := 1; pause(ctx, 2*time.Second); n++ {
		q.chore(ctx, "end rules", q.o.Store.EndRules)
		q.chore(ctx, "join parts", q.o.Store.JoinParts)
		q.chore(ctx, "link contacts", q.o.Store.Link)
		q.chore(ctx, "take conversations apart", q.o.Store.PartMerged)
		q.chore(ctx, "fold", q.o.Store.Fold)
		q.chore(ctx, "analyze", q.o.Store.Analyze)
		if n%5 == 0 {
			q.chore(ctx, "alerts", q.o.Alert)
		}
		if n%15 == 0 {
			q.chore(ctx, "close idle conversations", func(ctx context.Context) error {
				s := q.o.Settings()
				return q.o.Store.CloseIdle(ctx, time.Duration(s.CloseChatAfter), time.Duration(s.CloseSMSAfter))
			})
		}
		if n%30 == 0 {
			q.chore(ctx, "retention", q.o.Store.Retain)
		}
		if n%30 == 0 {
			q.chore(ctx, "exports past their time", q.o.Store.DropOldExports)
		}
		if n%300 == 0 {
			q.chore(ctx, "tidy", q.o.Store.Tidy)
		}
	}
}

func (q *Queue) chore(ctx context.Context, name string, do func(context.Context) error) {
	if err := do(ctx); err != nil && ctx.Err() == nil {
		q.o.Log.Warn(name+" failed", "error", err)
	}
}
