package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlConsentNew    = statement("consent_new")
	sqlConsentRead   = statement("consent_read")
	sqlConsentLatest = statement("consent_latest")
	sqlConsentBegin  = statement("consent_begin")
	sqlConsentTake   = statement("consent_take")
	sqlConsentFail   = statement("consent_fail")
	sqlConsentFinish = statement("consent_finish")
)

// NewConsent makes a link by which the owner of a mailbox may grant access.
func (s *Store) NewConsent(ctx context.Context, o ingest.ConsentOrder) (ingest.ID, error) {
	c, err := s.channel(ctx, o.Channel)
	if err != nil {
		return ingest.ID{}, err
	}
	now := s.now()
	id := ingest.NewID(now)
	err = s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlConsentNew, id, c.ID, text(o.Actor), now, o.ExpiresAt); err != nil {
			return err
		}
		return record(ctx, tx, o.Actor, "channel.auth", "channel:"+c.Name, map[string]string{"consent": id.String()})
	})
	return id, err
}

// Consent reads a link.
func (s *Store) Consent(ctx context.Context, id ingest.ID) (ingest.Consent, error) {
	return s.consent(ctx, sqlConsentRead, id)
}

// LatestConsent reads the newest link of a channel: ErrNotFound: there is none.
func (s *Store) LatestConsent(ctx context.Context, name string) (ingest.Consent, error) {
	c, err := s.channel(ctx, name)
	if err != nil {
		return ingest.Consent{}, err
	}
	return s.consent(ctx, sqlConsentLatest, c.ID)
}

func (s *Store) consent(ctx context.Context, query string, arg any) (ingest.Consent, error) {
	rows, err := s.pool.Query(ctx, query, arg)
	if err != nil {
		return ingest.Consent{}, classify(err)
	}
	c, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[ingest.Consent])
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("consent: %w", ingest.ErrNotFound)
	}
	return c, classify(err)
}

// BeginConsent notes what the provider will hand back, and the verifier that
// goes with it (RFC 7636). What was begun before with the link leads nowhere any
// more. ErrNotFound: the link cannot be used, or no longer.
func (s *Store) BeginConsent(ctx context.Context, id ingest.ID, state, verifier ingest.Secret) error {
	blob, err := s.sealed(verifier, forVerifier(id))
	if err != nil {
		return err
	}
	hash := hashBytes([]byte(state))
	tag, err := s.pool.Exec(ctx, sqlConsentBegin, id, hash[:], blob, s.now())
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("consent: %w", ingest.ErrNotFound)
	}
	return classify(err)
}

// TakeConsent finds the link that a state belongs to, and its verifier, once.
// ErrNotFound: it belongs to none that can be used.
func (s *Store) TakeConsent(ctx context.Context, state ingest.Secret) (ingest.Consent, ingest.Secret, error) {
	hash := hashBytes([]byte(state))
	var id ingest.ID
	var blob []byte
	err := s.pool.QueryRow(ctx, sqlConsentTake, hash[:], s.now()).Scan(&id, &blob)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.Consent{}, "", fmt.Errorf("consent: %w", ingest.ErrNotFound)
	}
	if err != nil {
		return ingest.Consent{}, "", classify(err)
	}
	verifier, err := s.opened(blob, forVerifier(id))
	if err != nil {
		return ingest.Consent{}, "", err
	}
	c, err := s.Consent(ctx, id)
	return c, verifier, err
}

// FailConsent notes why a try did not succeed; the link stays good.
func (s *Store) FailConsent(ctx context.Context, id ingest.ID, says string) error {
	_, err := s.pool.Exec(ctx, sqlConsentFail, id, text(says))
	return classify(err)
}

// FinishConsent uses a link up and makes the token the channel's, in one
// transaction. ErrConflict: it was used up before.
func (s *Store) FinishConsent(ctx context.Context, id ingest.ID, token ingest.Secret) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		var number int32
		err := tx.QueryRow(ctx, sqlConsentFinish, id, s.now()).Scan(&number)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("this link was used already: %w", ingest.ErrConflict)
		}
		if err != nil {
			return err
		}
		c, err := s.channelByID(ctx, number)
		if err != nil {
			return err
		}
		return s.setGrant(ctx, tx, c, token, "link "+id.String())
	})
}
