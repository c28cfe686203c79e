package queue

import (
	"context"
	"time"
)

// makeFiles makes the files that are asked for until ctx ends, beside the jobs'
// steps: a file takes seconds, and nobody's Unblock All waits for it. A dossier may
// take minutes, so those have a loop of their own, in which one is made at a time.
// Any number of replicas may: a file is made by one of them.
func (q *Queue) makeFiles(ctx context.Context, due func(context.Context) (worked bool, err error)) {
	for ctx.Err() == nil {
		worked, err := due(ctx)
		if err != nil && ctx.Err() == nil {
			q.o.Log.Warn("export failed: it will be tried again", "error", err)
		}
		if err != nil || !worked {
			pause(ctx, 500*time.Millisecond)
		}
	}
}
