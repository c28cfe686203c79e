package queue

import (
	"context"
	"time"
)

// How many messages a job's step takes, and how long it should: settles and
// whoever changes rules wait behind a step, each step costs a transaction.
const (
	firstStep = 500
	leastStep = 250
	mostStep  = 2000
	shortStep = 25 * time.Millisecond
	longStep  = 50 * time.Millisecond
)

// nextStep is how many messages the step after one of n takes.
func nextStep(n int, took time.Duration) int {
	switch {
	case took > longStep:
		return max(n/2, leastStep)
	case took < shortStep:
		return min(2*n, mostStep)
	}
	return n
}

// stepJobs works on running jobs until ctx ends. Any number of replicas may:
// a job is stepped by one at a time.
func (q *Queue) stepJobs(ctx context.Context) {
	for n := firstStep; ctx.Err() == nil; {
		begin := time.Now()
		step, err := q.o.Store.StepJobs(ctx, n)
		q.Hint(step.Lanes)
		if err != nil && ctx.Err() == nil {
			q.o.Log.Warn("job step failed: it will be tried again", "error", err)
		}
		if err != nil || !step.Worked {
			pause(ctx, 200*time.Millisecond)
			continue
		}
		n = nextStep(n, time.Since(begin))
	}
}
