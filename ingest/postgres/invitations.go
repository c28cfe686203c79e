package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlInvitationInsert = statement("invitation_insert")
	sqlInvitationHold   = statement("invitation_hold")
	sqlInvitationTake   = statement("invitation_take")
	sqlInvitationDrop   = statement("invitation_drop")
)

// invitationLasts is how long a person has to choose a password.
const invitationLasts = 72 * time.Hour

// Invite lets a person choose a password. What they had before gets them in no
// longer: neither the password nor a session nor an earlier invitation.
func (s *Store) Invite(ctx context.Context, user int64, actor string) (ingest.Invitation, error) {
	in := ingest.Invitation{Secret: "gi_" + rand.Text(), ExpiresAt: s.now().Add(invitationLasts)}
	hash := hashBytes([]byte(in.Secret))
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := userOf(ctx, tx, user); err != nil {
			return err
		}
		if err := setPassword(ctx, tx, user, "", 0); err != nil {
			return err
		}
		if err := lockOut(ctx, tx, user); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlInvitationInsert, user, hash[:], in.ExpiresAt); err != nil {
			return err
		}
		return record(ctx, tx, actor, "user.invite", userSubject(user), nil)
	})
	return in, err
}

// TakeInvitation uses an invitation up: the person gets the password that
// choose hashes for them, and is signed in as n says. ErrNotFound: it is none,
// used, expired, or its person is disabled. An error of choose leaves it as it
// was.
func (s *Store) TakeInvitation(ctx context.Context, secret string, n ingest.NewSession, choose func(ingest.User) (ingest.Secret, error)) (ingest.Session, error) {
	hash := hashBytes([]byte(secret))
	var session ingest.Session
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlInvitationHold, hash[:], s.now()); err != nil {
			return err
		}
		err := tx.QueryRow(ctx, sqlInvitationTake, hash[:], s.now()).Scan(&n.User)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("invitation: %w", ingest.ErrNotFound)
		}
		if err != nil {
			return err
		}
		u, err := userOf(ctx, tx, n.User)
		if err != nil {
			return err
		}
		password, err := choose(u)
		if err != nil {
			return err
		}
		if err := setPassword(ctx, tx, n.User, password, 0); err != nil {
			return err
		}
		session, err = s.beginSession(ctx, tx, n)
		return err
	})
	return session, err
}
