package postgres

import (
	"context"
	"crypto/ed25519"
	"fmt"

	"gatehouse/ingest"
	"gatehouse/ingest/seal"
)

var (
	sqlInstallationRead = statement("installation_read")
	sqlInstallationSeal = statement("installation_seal")
)

// forInstallation is what the installation's keys are sealed for.
const forInstallation = "installation keys"

// own are the keys of an installation: what erased addresses are hashed with,
// and what certificates are signed with.
type own struct {
	hash ingest.HashKey
	sign ed25519.PrivateKey
}

// keys reads the installation's keys, once. They are sealed as soon as the
// process has something to seal with; sealed ones without it are an error that
// stops whoever needs them, since a rule that nobody can compare holds nobody.
func (s *Store) keys(ctx context.Context, q querier) (*own, error) {
	if k := s.own.Load(); k != nil {
		return k, nil
	}
	var stored []byte
	var sealed bool
	if err := q.QueryRow(ctx, sqlInstallationRead).Scan(&stored, &sealed); err != nil {
		return nil, fmt.Errorf("the installation's keys: %w", err)
	}
	plain := stored
	switch {
	case sealed && s.seal == nil:
		return nil, fmt.Errorf("the installation's keys: %w", seal.ErrNoKey)
	case sealed:
		secret, err := s.seal.Open(stored, forInstallation)
		if err != nil {
			return nil, fmt.Errorf("the installation's keys: %w", err)
		}
		plain = secret
	case s.seal != nil:
		if err := s.sealKeys(ctx, q, stored, plain); err != nil {
			return nil, err
		}
	}
	k := &own{hash: plain[:32], sign: ed25519.NewKeyFromSeed(plain[32:64])}
	s.own.Store(k)
	return k, nil
}

// sealKeys seals the keys, unless somebody else did meanwhile.
func (s *Store) sealKeys(ctx context.Context, q querier, stored, plain []byte) error {
	blob, err := s.seal.Seal(plain, forInstallation)
	if err == nil {
		_, err = q.Exec(ctx, sqlInstallationSeal, stored, blob)
	}
	if err != nil {
		return fmt.Errorf("seal the installation's keys: %w", err)
	}
	return nil
}

// resealKeys seals the keys with the ring's first key, if an older one has, and
// returns how many secrets that were.
func (s *Store) resealKeys(ctx context.Context) (int, error) {
	var stored []byte
	var sealed bool
	if err := s.pool.QueryRow(ctx, sqlInstallationRead).Scan(&stored, &sealed); err != nil || !sealed || s.seal.Current(stored) {
		return 0, err
	}
	plain, err := s.seal.Open(stored, forInstallation)
	if err != nil {
		return 0, fmt.Errorf("the installation's keys: %w", err)
	}
	if err := s.sealKeys(ctx, s.pool, stored, plain); err != nil {
		return 0, err
	}
	return 1, nil
}

// keyed gives rules on erased addresses what they are compared with.
func (s *Store) keyed(ctx context.Context, q querier, rules []ingest.Rule) error {
	for i := range rules {
		if rules[i].LiftedAt != nil || !rules[i].Target.Hashed() {
			continue
		}
		k, err := s.keys(ctx, q)
		if err != nil {
			return err
		}
		rules[i].Key = k.hash
	}
	return nil
}
