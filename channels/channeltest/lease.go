package channeltest

import (
	"context"
	"fmt"
	"time"

	"gatehouse/ingest"
)

// Acquire is the real store's, by the clock of time.Now.
func (s *Store) Acquire(_ context.Context, channel, holder string, ttl time.Duration) (ingest.Lease, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	l, held := s.leases[channel]
	if held && !l.released && time.Now().Before(l.until) {
		return ingest.Lease{}, fmt.Errorf("%s has the lease of %s: %w", l.holder, channel, ingest.ErrFenced)
	}
	careful := held && !l.released
	s.leases[channel] = lease{token: l.token + 1, holder: holder, until: time.Now().Add(ttl)}
	return ingest.Lease{Token: l.token + 1, Careful: careful}, nil
}

// Renew is the real store's.
func (s *Store) Renew(_ context.Context, channel string, token int64, ttl time.Duration) error {
	return s.leased(channel, token, func(l *lease) { l.until = time.Now().Add(ttl) })
}

// Release is the real store's.
func (s *Store) Release(_ context.Context, channel string, token int64) error {
	return s.leased(channel, token, func(l *lease) { l.released = true })
}

func (s *Store) leased(channel string, token int64, change func(*lease)) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	l := s.leases[channel]
	if l.token != token || l.released {
		return fmt.Errorf("lease of %s: %w", channel, ingest.ErrFenced)
	}
	change(&l)
	s.leases[channel] = l
	return nil
}

// TakeLease takes the lease away from whoever has it, as a replica does that
// thinks its holder dead.
func (s *Store) TakeLease(channel, holder string, ttl time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.leases[channel] = lease{token: s.leases[channel].token + 1, holder: holder, until: time.Now().Add(ttl)}
}

// Cursor is the real store's.
func (s *Store) Cursor(_ context.Context, channel, mailbox string, fence int64) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.leases[channel].token != fence {
		return "", fmt.Errorf("cursor of %s: %w", channel, ingest.ErrFenced)
	}
	return s.cursors[channel+"\x00"+mailbox], nil
}

// Attempt is the real store's.
func (s *Store) Attempt(_ context.Context, channel, mailbox, key string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.attempts[channel+"\x00"+mailbox+"\x00"+key]++
	return s.attempts[channel+"\x00"+mailbox+"\x00"+key], nil
}

// Report is the real store's.
func (s *Store) Report(_ context.Context, channel string, h ingest.Health) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.health[channel] = append(s.health[channel], h)
	return nil
}

func (s *Store) token(channel string) int64 {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.leases[channel].token
}
