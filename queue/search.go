package queue

import (
	"context"
	"time"
)

const (
	searchStep  = 500         // messages made searchable in one transaction
	searchEvery = time.Second // between two looks for such
)

// search makes held messages searchable, as many as there are, and looks for
// more each second: by their state, whoever held them.
func (q *Queue) search(ctx context.Context) {
	for ctx.Err() == nil {
		n, err := q.o.Search(ctx, searchStep)
		if err != nil && ctx.Err() == nil {
			q.o.Log.Warn("held messages were not made searchable: it will be tried again", "error", err)
		}
		if err != nil || n == 0 {
			pause(ctx, searchEvery)
		}
	}
}
