package channels

import (
	"context"
	"fmt"
	"sync"

	"golang.org/x/sync/semaphore"

	"gatehouse/ingest"
)

// Budget bounds the bytes of raw messages that the process holds at a time.
// Whoever waits is served in order, so a large message is not starved.
type Budget struct {
	size int64
	free *semaphore.Weighted
}

// NewBudget returns a budget of size bytes, which must be positive.
func NewBudget(size int64) *Budget {
	return &Budget{size: size, free: semaphore.NewWeighted(size)}
}

// Hold waits until n bytes are free and returns what gives them back, once. A
// message larger than the whole budget takes it whole and is read alone. Never
// hold twice at a time in one goroutine: two that do wait for each other.
func (b *Budget) Hold(ctx context.Context, n int64) (release func(), err error) {
	n = min(max(n, 0), b.size)
	if err := b.free.Acquire(ctx, n); err != nil {
		return nil, ingest.AsTemporary(fmt.Errorf("wait for memory of %d bytes: %w", n, err))
	}
	return sync.OnceFunc(func() { b.free.Release(n) }), nil
}
