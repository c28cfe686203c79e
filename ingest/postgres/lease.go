package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlLeaseAcquire  = statement("lease_acquire")
	sqlLeaseRenew    = statement("lease_renew")
	sqlLeaseRelease  = statement("lease_release")
	sqlCursorGet     = statement("cursor_get")
	sqlAttempt       = statement("attempt")
	sqlChannelReport = statement("channel_report")
)

// Acquire takes the right to poll a channel for ttl, by the database's clock.
// ErrFenced: another holder has it.
func (s *Store) Acquire(ctx context.Context, name, holder string, ttl time.Duration) (ingest.Lease, error) {
	c, err := s.channel(ctx, name)
	if err != nil {
		return ingest.Lease{}, err
	}
	var l ingest.Lease
	err = s.pool.QueryRow(ctx, sqlLeaseAcquire, c.ID, holder, ttl).Scan(&l.Token, &l.Careful, &l.Since)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.Lease{}, fmt.Errorf("lease of %s: %w", name, ingest.ErrFenced)
	}
	return l, classify(err)
}

// Renew keeps the lease for ttl more. ErrFenced: it is another's by now.
func (s *Store) Renew(ctx context.Context, name string, token int64, ttl time.Duration) error {
	return s.leased(ctx, name, sqlLeaseRenew, token, ttl)
}

// Release gives the lease back: the next holder need not be careful.
func (s *Store) Release(ctx context.Context, name string, token int64) error {
	return s.leased(ctx, name, sqlLeaseRelease, token)
}

func (s *Store) leased(ctx context.Context, name, query string, args ...any) error {
	c, err := s.channel(ctx, name)
	if err != nil {
		return err
	}
	tag, err := s.pool.Exec(ctx, query, append([]any{c.ID}, args...)...)
	if err == nil && tag.RowsAffected() == 0 {
		return fmt.Errorf("lease of %s: %w", name, ingest.ErrFenced)
	}
	return classify(err)
}

// Cursor returns the place reached in a mailbox, "" at first.
func (s *Store) Cursor(ctx context.Context, name, mailbox string, fence int64) (string, error) {
	c, err := s.channel(ctx, name)
	if err != nil {
		return "", err
	}
	var place string
	err = s.pool.QueryRow(ctx, sqlCursorGet, c.ID, mailbox, fence).Scan(&place)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", fmt.Errorf("cursor of %s: %w", name, ingest.ErrFenced)
	}
	return place, classify(err)
}

// Attempt commits one more try at reading what key names and returns how many
// there were.
func (s *Store) Attempt(ctx context.Context, name, mailbox, key string) (int, error) {
	c, err := s.channel(ctx, name)
	if err != nil {
		return 0, err
	}
	var tries int
	err = s.pool.QueryRow(ctx, sqlAttempt, c.ID, mailbox, key).Scan(&tries)
	return tries, classify(err)
}

// Report says how a channel is.
func (s *Store) Report(ctx context.Context, name string, h ingest.Health) error {
	c, err := s.channel(ctx, name)
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, sqlChannelReport, c.ID, h.State, text(h.Error))
	return classify(err)
}
