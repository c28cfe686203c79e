package queue

import (
	"context"
	"time"
)

// makeExports makes the files that are asked for until ctx ends, beside the jobs'
// steps: a file takes seconds, and nobody's Unblock All waits for it. Any number
// of replicas may: a file is made by one at a time.
func (q *Queue) makeExports(ctx context.Context) {
	for ctx.Err() == nil {
		worked, err := q.o.Store.MakeExports(ctx)
		if err != nil && ctx.Err() == nil {
			q.o.Log.Warn("export failed: it will be tried again", "error", err)
		}
		if err != nil || !worked {
			pause(ctx, 500*time.Millisecond)
		}
	}
}
