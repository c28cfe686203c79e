package oauth

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	// leaseFor is how long a refresh token is taken for: longer than its
	// exchange takes, and as long as nobody uses it after a process died.
	leaseFor = 2 * exchangeTimeout
	// takeEvery is how often a token that another process has is asked for.
	takeEvery = 200 * time.Millisecond
	// storeFor is how long a new refresh token is tried to be stored at once.
	storeFor = 10 * time.Second
)

// A Source has a channel's access token, in memory. However many ask, one
// exchange is under way. An exchange that has begun goes on though whoever
// asked has gone: its answer may hold the only token that is good from then on.
type Source struct {
	client   *Client
	grants   channels.Grants
	log      *slog.Logger
	patience time.Duration // storeFor, or less in tests

	mu     sync.Mutex
	access access
	flight *flight

	// Of the flight under way alone:
	seeded  bool
	owed    *ingest.Grant // a new refresh token that is not stored yet
	version int64         // of the grant that was taken last; 0: there was none
}

// flight is an exchange under way.
type flight struct {
	done  chan struct{}
	token ingest.Secret
	err   error
}

// NewSource makes the source of a client's channel.
func NewSource(c *Client, host channels.Host) *Source {
	return &Source{client: c, grants: host.Grants, log: host.Log, patience: storeFor}
}

// Token returns an access token. fresh says that it was made for this call: if
// it is refused, another one would be, too. An error is ingest.Temporary, or
// channels.ReauthNeeded, or speaks of the store's keys.
func (s *Source) Token(ctx context.Context) (token ingest.Secret, fresh bool, err error) {
	s.mu.Lock()
	f := s.flight
	if f == nil && s.owed == nil && s.access.good(s.client.now()) {
		defer s.mu.Unlock()
		return s.access.token, false, nil
	}
	if f == nil {
		f = &flight{done: make(chan struct{})}
		s.flight = f
		go s.fly(ctx, f)
	}
	s.mu.Unlock()
	select {
	case <-f.done:
		return f.token, true, f.err
	case <-ctx.Done():
		return "", false, ingest.AsTemporary(ctx.Err())
	}
}

// Refused forgets a token that a server did not take.
func (s *Source) Refused(token ingest.Secret) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.access.token == token {
		s.access = access{}
	}
}

func (s *Source) cached() access {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.access
}

// Close waits for the exchange under way: less than a minute.
func (s *Source) Close() {
	s.mu.Lock()
	f := s.flight
	s.mu.Unlock()
	if f != nil {
		<-f.done
	}
}

// Renewed reports whether the grant is another than the one that was used last;
// see channels.Renewable.
func (s *Source) Renewed(ctx context.Context) (bool, error) {
	if s.client.settings.Grant != byRefreshToken {
		return false, nil
	}
	now, err := s.grants.GrantVersion(ctx, s.client.channel)
	s.mu.Lock()
	defer s.mu.Unlock()
	return err == nil && s.flight == nil && now != s.version, err
}

func (s *Source) fly(ctx context.Context, f *flight) {
	a, err := s.obtain(ctx)
	s.mu.Lock()
	defer s.mu.Unlock()
	if a.token != "" {
		s.access = a
	}
	if f.err = err; err == nil {
		f.token = a.token
	}
	s.flight = nil
	close(f.done)
}

// obtain makes an access token. With an error it may return one, too, which is
// not to be used before what is owed is stored.
func (s *Source) obtain(ctx context.Context) (access, error) {
	if s.client.settings.Grant != byRefreshToken {
		return s.client.own(context.WithoutCancel(ctx))
	}
	if err := s.repay(ctx); err != nil {
		return access{}, err
	}
	if a := s.cached(); a.good(s.client.now()) { // what was owed came with it
		return a, nil
	}
	for try := 0; ; try++ {
		g, err := s.take(ctx)
		if err != nil {
			return access{}, err
		}
		a, err := s.exchange(context.WithoutCancel(ctx), g)
		if !errors.Is(err, ingest.ErrConflict) {
			return a, err
		}
		if try == 2 {
			return a, ingest.AsTemporary(err)
		}
	}
}

// take waits until no other process has the refresh token.
func (s *Source) take(ctx context.Context) (ingest.Grant, error) {
	if token := s.client.settings.RefreshToken; token != "" && !s.seeded {
		if err := s.grants.SeedGrant(ctx, s.client.channel, ingest.Secret(token)); err != nil {
			return ingest.Grant{}, fmt.Errorf("keep the configured refresh_token: %w", err)
		}
		s.seeded = true
	}
	ctx, cancel := context.WithTimeout(ctx, leaseFor+exchangeTimeout)
	defer cancel()
	for {
		g, err := s.grants.TakeGrant(ctx, s.client.channel, leaseFor)
		switch {
		case err == nil:
			s.version = g.Version
			return g, nil
		case errors.Is(err, ingest.ErrNotFound):
			s.version = 0
			return g, channels.NeedsReauth(fmt.Errorf("nobody has granted access to %s yet: gatehouse auth --channel %s", s.client.user, s.client.channel))
		case !errors.Is(err, ingest.ErrFenced):
			return g, err
		}
		select {
		case <-time.After(takeEvery):
		case <-ctx.Done():
			return g, ingest.AsTemporary(fmt.Errorf("another process renews the access token: %w", err))
		}
	}
}

// exchange uses a refresh token that was taken, and says what became of it. An
// error that is ErrConflict says that another has taken its place.
func (s *Source) exchange(ctx context.Context, g ingest.Grant) (access, error) {
	a, next, err := s.client.renew(ctx, g.Token)
	switch {
	case err == nil && next != g.Token:
		g.Token = next
		return a, s.store(ctx, g)
	case err == nil:
		s.giveBack(ctx, g, ingest.GrantKept)
		return a, nil
	case isRefused(err):
		if s.giveBack(ctx, g, ingest.GrantRefused) {
			return a, fmt.Errorf("the grant was replaced while it was used: %w", ingest.ErrConflict)
		}
		return a, err
	}
	s.giveBack(ctx, g, ingest.GrantFailed)
	return a, err
}

// giveBack reports whether another grant has taken the place of g. Where the
// store does not answer, the lease ends by itself.
func (s *Source) giveBack(ctx context.Context, g ingest.Grant, how ingest.GrantEnd) (replaced bool) {
	ctx, cancel := context.WithTimeout(ctx, storeFor)
	defer cancel()
	err := s.grants.ReturnGrant(ctx, s.client.channel, g, how)
	if err != nil && !errors.Is(err, ingest.ErrConflict) {
		s.log.Warn("a grant was not given back", "channel", s.client.channel, "err", err)
	}
	return errors.Is(err, ingest.ErrConflict)
}

// store keeps a new refresh token. What cannot be stored is owed: nothing is
// done with the access token before it is, for the old one may be dead.
func (s *Source) store(ctx context.Context, g ingest.Grant) error {
	s.owed = &g
	ctx, cancel := context.WithTimeout(ctx, s.patience)
	defer cancel()
	for {
		err := s.repay(ctx)
		if err == nil {
			return nil
		}
		select {
		case <-time.After(takeEvery):
		case <-ctx.Done():
			s.log.Error("a new refresh token is not stored: it is kept in memory and tried again", "channel", s.client.channel, "err", err)
			return err
		}
	}
}

// repay stores what is owed. Where another grant stands by now, that is the
// better one.
func (s *Source) repay(ctx context.Context) error {
	if s.owed == nil {
		return nil
	}
	err := s.grants.RenewGrant(ctx, s.client.channel, *s.owed)
	switch {
	case err == nil:
		s.version = s.owed.Version + 1
	case !errors.Is(err, ingest.ErrConflict):
		return ingest.AsTemporary(fmt.Errorf("store the new refresh token: %w", err))
	}
	s.owed = nil
	return nil
}
