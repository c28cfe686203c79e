package channels

import (
	"context"
	"errors"
	"sync/atomic"
	"time"

	"gatehouse/ingest"
)

// session is what a runner lends its poller while it holds the lease.
type session struct {
	runner  *Runner
	lease   ingest.Lease
	lose    context.CancelCauseFunc
	careful bool

	progress atomic.Bool // something was stored since the last failure
}

func (s *session) Cursor(ctx context.Context, mailbox string) (string, error) {
	place, err := s.runner.Store.Cursor(ctx, s.runner.Channel, mailbox, s.lease.Token)
	return place, s.fenced(err)
}

// Receive fills in what the poller need not know: the channel, its family and
// the fence.
func (s *session) Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error) {
	b.Move = s.own(b.Move)
	address(b.Arrivals, s.runner.Channel, s.runner.Family)
	receipt, err := s.runner.Store.Receive(ctx, b)
	if err != nil {
		return ingest.Receipt{}, s.fenced(err)
	}
	s.runner.hint(receipt.Lanes)
	if len(b.Arrivals) > 0 {
		s.progress.Store(true)
	}
	return receipt, nil
}

// own fills in what the session knows of a move.
func (s *session) own(m *ingest.Move) *ingest.Move {
	if m == nil {
		return nil
	}
	move := *m
	move.Channel, move.Fence = s.runner.Channel, s.lease.Token
	return &move
}

func (s *session) Refuses(ctx context.Context, m ingest.Message) (int64, error) {
	if s.runner.Refuses == nil {
		return 0, nil
	}
	m.Channel, m.Family = s.runner.Channel, s.runner.Family
	return s.runner.Refuses(ctx, m)
}

func (s *session) Careful() bool { return s.careful }

func (s *session) Attempt(ctx context.Context, mailbox, key string) (int, error) {
	n, err := s.runner.Store.Attempt(ctx, s.runner.Channel, mailbox, key)
	return n, s.fenced(err)
}

// Known asks the store; where it cannot tell, nothing is known, and the keys
// tell repeats when they are stored.
func (s *session) Known(ctx context.Context, keys []string) ([]bool, error) {
	known := make([]bool, len(keys))
	if s.runner.Reconciliations == nil || len(keys) == 0 {
		return known, nil
	}
	states, err := s.runner.Reconciliations.StatesOf(ctx, s.runner.Channel, keys)
	for i, state := range states {
		known[i] = state != ""
	}
	return known, err
}

func (s *session) Since() time.Time { return s.lease.Since }

func (s *session) Hold(ctx context.Context, n int64) (func(), error) {
	return s.runner.Budget.Hold(ctx, n)
}

// Count tells the store.
func (s *session) Count(ctx context.Context, b ingest.Besides) error {
	if s.runner.Count == nil {
		return nil
	}
	return s.runner.Count(ctx, s.runner.Channel, b)
}

// fenced ends the session if err says that the lease is another's.
func (s *session) fenced(err error) error {
	if errors.Is(err, ingest.ErrFenced) {
		s.lose(err)
	}
	return err
}

// address writes the channel on arrivals that an adapter left without.
func address(arrivals []ingest.Arrival, channel string, family ingest.Family) {
	for i := range arrivals {
		m := &arrivals[i].Message
		if m.Channel == "" {
			m.Channel = channel
		}
		if m.Family == ingest.Unknown {
			m.Family = family
		}
	}
}
