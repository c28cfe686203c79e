package channeltest

import (
	"context"
	"sync/atomic"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Session is a poller's session with a Store, under a lease of its own. Its
// fields may be set before it is used.
type Session struct {
	Store     *Store
	Channel   string
	Family    ingest.Family
	Token     int64
	BeCareful bool
	FirstSeen time.Time
	Banned    func(ingest.Message) int64 // nil: nobody is

	Besides  ingest.Besides // what was counted
	CountErr error          // what Count fails with

	held, most, known atomic.Int64
}

var _ channels.Session = (*Session)(nil)

// NewSession takes the channel's lease from whoever has it and returns a
// session under it.
func NewSession(s *Store, channel string, family ingest.Family) *Session {
	s.TakeLease(channel, "test", time.Hour)
	return &Session{Store: s, Channel: channel, Family: family, Token: s.token(channel)}
}

// Cursor is the place reached in a mailbox.
func (s *Session) Cursor(ctx context.Context, mailbox string) (string, error) {
	return s.Store.Cursor(ctx, s.Channel, mailbox, s.Token)
}

// Receive stores a batch.
func (s *Session) Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error) {
	if b.Move != nil {
		move := *b.Move
		move.Channel, move.Fence = s.Channel, s.Token
		b.Move = &move
	}
	for i := range b.Arrivals {
		b.Arrivals[i].Message.Channel, b.Arrivals[i].Message.Family = s.Channel, s.Family
	}
	return s.Store.Receive(ctx, b)
}

// Refuses asks Banned.
func (s *Session) Refuses(_ context.Context, m ingest.Message) (int64, error) {
	if s.Banned == nil {
		return 0, nil
	}
	return s.Banned(m), nil
}

// Careful is BeCareful.
func (s *Session) Careful() bool { return s.BeCareful }

// Attempt counts one more try.
func (s *Session) Attempt(ctx context.Context, mailbox, key string) (int, error) {
	return s.Store.Attempt(ctx, s.Channel, mailbox, key)
}

// Known asks the store, and counts what is.
func (s *Session) Known(_ context.Context, keys []string) ([]bool, error) {
	known := s.Store.Known(s.Channel, keys)
	for _, k := range known {
		if k {
			s.known.Add(1)
		}
	}
	return known, nil
}

// Since is FirstSeen.
func (s *Session) Since() time.Time { return s.FirstSeen }

// Count adds to Besides, or fails with CountErr.
func (s *Session) Count(_ context.Context, b ingest.Besides) error {
	if s.CountErr != nil {
		return s.CountErr
	}
	s.Besides.Ignored += b.Ignored
	s.Besides.Foreign += b.Foreign
	s.Besides.Reports = append(s.Besides.Reports, b.Reports...)
	s.Besides.Opts = append(s.Besides.Opts, b.Opts...)
	return nil
}

// Hold never waits; Held tells what is held.
func (s *Session) Hold(ctx context.Context, n int64) (func(), error) {
	if err := ctx.Err(); err != nil {
		return nil, ingest.AsTemporary(err)
	}
	if now := s.held.Add(n); now > s.most.Load() {
		s.most.Store(now)
	}
	var gone atomic.Bool
	return func() {
		if gone.CompareAndSwap(false, true) {
			s.held.Add(-n)
		}
	}, nil
}

// Held is the number of bytes held now, and the most at any time.
func (s *Session) Held() (now, most int64) { return s.held.Load(), s.most.Load() }
