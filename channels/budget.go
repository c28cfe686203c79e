package channels

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/semaphore"

	"gatehouse/ingest"
)

// Budget bounds the bytes of raw messages that the process holds at a time.
// Whoever waits is served in order, so a large message is not starved.
type Budget struct {
	size    int64
	free    *semaphore.Weighted
	growing atomic.Bool // a share that holds something waits for more
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

// HoldTimeout is how long one Share waits for memory, all in all.
const HoldTimeout = 2 * time.Second

// Share returns a request's part of the budget, at first nothing. It is for
// one goroutine; release it when the request ends.
func (b *Budget) Share() *Share { return &Share{of: b, patience: HoldTimeout} }

// Share is what one request holds of a budget, growing as its bytes arrive.
//
// Requests that hold something and wait for more could wait for each other.
// Therefore only one of them may wait at a time, and the others are refused:
// they answer "try again" and give back what they hold, so it gets its turn.
type Share struct {
	of       *Budget
	held     int64
	patience time.Duration
}

var errBusy = errors.New("another request waits for more already")

// Grow takes what is missing to n bytes in all, or to the whole budget if that
// is less, waiting for it. The error is temporary: give up and Release.
func (s *Share) Grow(ctx context.Context, n int64) error {
	more := min(n, s.of.size) - s.held
	if more <= 0 {
		return nil
	}
	if !s.of.free.TryAcquire(more) {
		if err := s.wait(ctx, more); err != nil {
			return ingest.AsTemporary(fmt.Errorf("wait for memory of %d bytes: %w", n, err))
		}
	}
	s.held += more
	return nil
}

func (s *Share) wait(ctx context.Context, more int64) error {
	if s.held > 0 {
		if !s.of.growing.CompareAndSwap(false, true) {
			return errBusy
		}
		defer s.of.growing.Store(false)
	}
	began := time.Now()
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	err := s.of.free.Acquire(ctx, more)
	s.patience -= time.Since(began)
	return err
}

// Release gives everything back.
func (s *Share) Release() {
	s.of.free.Release(s.held)
	s.held = 0
}
