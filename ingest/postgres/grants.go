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
	sqlGrantTake    = statement("grant_take")
	sqlGrantRenew   = statement("grant_renew")
	sqlGrantReturn  = statement("grant_return")
	sqlGrantSet     = statement("grant_set")
	sqlGrantSeed    = statement("grant_seed")
	sqlGrantVersion = statement("grant_version")
	sqlGrantState   = statement("grant_state")
	sqlGrantsSealed = statement("grants_sealed")
	sqlGrantReseal  = statement("grant_reseal")
)

// errNoSeal is what a store without a ring says of secrets.
var errNoSeal = errors.New("seal_key is not set: nothing can be kept sealed in the database")

// forGrant binds a refresh token to its channel.
func forGrant(channel int32) string { return fmt.Sprintf("channel %d refresh token", channel) }

// forVerifier binds a verifier to its link.
func forVerifier(id ingest.ID) string { return "consent " + id.String() + " verifier" }

func (s *Store) sealed(secret ingest.Secret, purpose string) ([]byte, error) {
	if s.seal == nil {
		return nil, errNoSeal
	}
	return s.seal.Seal([]byte(secret), purpose)
}

func (s *Store) opened(blob []byte, purpose string) (ingest.Secret, error) {
	if s.seal == nil {
		return "", errNoSeal
	}
	secret, err := s.seal.Open(blob, purpose)
	return ingest.Secret(secret), err
}

// TakeGrant takes a channel's refresh token for one exchange, for ttl at most
// by the database's clock: until it is given back nobody else gets it.
// ErrFenced: another has it now; ErrNotFound: there is none.
func (s *Store) TakeGrant(ctx context.Context, name string, ttl time.Duration) (ingest.Grant, error) {
	c, err := s.channel(ctx, name)
	if err != nil {
		return ingest.Grant{}, s.orEmpty(ctx, err)
	}
	var g ingest.Grant
	var blob []byte
	err = s.pool.QueryRow(ctx, sqlGrantTake, c.ID, ttl).Scan(&g.Version, &g.Lease, &blob)
	if errors.Is(err, pgx.ErrNoRows) {
		return g, s.whyNoGrant(ctx, name)
	}
	if err != nil {
		return g, classify(err)
	}
	if g.Token, err = s.opened(blob, forGrant(c.ID)); err != nil {
		err = errors.Join(fmt.Errorf("grant of %s: %w", name, err), s.ReturnGrant(ctx, name, g, ingest.GrantFailed))
	}
	return g, err
}

// orEmpty is ErrNotFound in a database that has no tables of ours yet.
func (s *Store) orEmpty(ctx context.Context, err error) error {
	if ours, asked := s.ours(ctx); asked == nil && !ours {
		return fmt.Errorf("the database is empty: %w", ingest.ErrNotFound)
	}
	return err
}

func (s *Store) whyNoGrant(ctx context.Context, name string) error {
	version, err := s.GrantVersion(ctx, name)
	switch {
	case err != nil:
		return err
	case version == 0:
		return fmt.Errorf("grant of %s: %w", name, ingest.ErrNotFound)
	}
	return fmt.Errorf("grant of %s: %w", name, ingest.ErrFenced)
}

// RenewGrant stores the successor of the token that was taken, and gives it
// back. ErrConflict: another took its place meanwhile, and stands.
func (s *Store) RenewGrant(ctx context.Context, name string, g ingest.Grant) error {
	c, err := s.channel(ctx, name)
	if err != nil {
		return err
	}
	blob, err := s.sealed(g.Token, forGrant(c.ID))
	if err != nil {
		return err
	}
	return s.grantMoved(ctx, name, sqlGrantRenew, c.ID, g.Version, blob)
}

// ReturnGrant gives back a token that has no successor. ErrConflict: another
// took its place meanwhile, and of that nothing is noted.
func (s *Store) ReturnGrant(ctx context.Context, name string, g ingest.Grant, how ingest.GrantEnd) error {
	c, err := s.channel(ctx, name)
	if err != nil {
		return err
	}
	return s.grantMoved(ctx, name, sqlGrantReturn, c.ID, g.Version, g.Lease, string(how))
}

func (s *Store) grantMoved(ctx context.Context, name, query string, args ...any) error {
	tag, err := s.pool.Exec(ctx, query, args...)
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("grant of %s was replaced: %w", name, ingest.ErrConflict)
	}
	return classify(err)
}

// SeedGrant begins a channel's grant with a token of the configuration. One
// that began it before changes nothing: it may have had successors since.
func (s *Store) SeedGrant(ctx context.Context, name string, token ingest.Secret) error {
	c, err := s.channel(ctx, name)
	if err != nil {
		return err
	}
	blob, err := s.sealed(token, forGrant(c.ID))
	if err != nil {
		return err
	}
	hash := hashBytes([]byte(token))
	_, err = s.pool.Exec(ctx, sqlGrantSeed, c.ID, blob, hash[:])
	return classify(err)
}

// SetGrant makes a token that the owner granted the channel's.
func (s *Store) SetGrant(ctx context.Context, name string, token ingest.Secret, actor string) error {
	c, err := s.channel(ctx, name)
	if err != nil {
		return err
	}
	return s.tx(ctx, func(tx pgx.Tx) error { return s.setGrant(ctx, tx, c, token, actor) })
}

func (s *Store) setGrant(ctx context.Context, tx pgx.Tx, c channel, token ingest.Secret, actor string) error {
	blob, err := s.sealed(token, forGrant(c.ID))
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlGrantSet, c.ID, blob, text(actor)); err != nil {
		return err
	}
	var events eventColumns
	events.add("channel.authorised", ingest.ID{}, ingest.ID{}, ingest.ID{}, map[string]string{"channel": c.Name})
	if err := events.insert(ctx, tx); err != nil {
		return err
	}
	return record(ctx, tx, actor, "channel.authorised", "channel:"+c.Name, nil)
}

// GrantVersion tells whether a channel's grant has changed; 0: there is none.
func (s *Store) GrantVersion(ctx context.Context, name string) (int64, error) {
	c, err := s.channel(ctx, name)
	if err != nil {
		return 0, err
	}
	var version int64
	err = s.pool.QueryRow(ctx, sqlGrantVersion, c.ID).Scan(&version)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, nil
	}
	return version, classify(err)
}

// GrantState tells of a channel's grant.
func (s *Store) GrantState(ctx context.Context, name string) (ingest.GrantState, error) {
	var g ingest.GrantState
	c, err := s.channel(ctx, name)
	if err != nil {
		return g, err
	}
	err = s.pool.QueryRow(ctx, sqlGrantState, c.ID).Scan(&g.GrantedAt, &g.GrantedBy, &g.RefusedAt)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.GrantState{}, nil
	}
	return g, classify(err)
}

// Reseal seals anew what an older key has sealed, and returns how many secrets
// that were. An error names the channels and endpoints whose secrets do not open; the others
// are sealed all the same.
func (s *Store) Reseal(ctx context.Context) (int, error) {
	if s.seal == nil {
		return 0, nil
	}
	type row struct {
		Channel int32
		Sealed  []byte
	}
	rows, err := s.pool.Query(ctx, sqlGrantsSealed)
	if err != nil {
		return 0, classify(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[row])
	done := 0
	for _, r := range list {
		if s.seal.Current(r.Sealed) {
			continue
		}
		if one := s.reseal(ctx, r.Channel, r.Sealed); one != nil {
			err = errors.Join(err, one)
			continue
		}
		done++
	}
	more, failed := s.resealEndpoints(ctx)
	own, broken := s.resealKeys(ctx)
	return done + more + own, classify(errors.Join(err, failed, broken))
}

func (s *Store) reseal(ctx context.Context, id int32, old []byte) error {
	c, err := s.channelByID(ctx, id)
	if err != nil {
		return err
	}
	token, err := s.opened(old, forGrant(id))
	if err != nil {
		return fmt.Errorf("grant of %s: %w", c.Name, err)
	}
	blob, err := s.sealed(token, forGrant(id))
	if err != nil {
		return err
	}
	_, err = s.pool.Exec(ctx, sqlGrantReseal, id, old, blob)
	return err
}
