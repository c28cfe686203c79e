package postgres

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlUserOfSubject = statement("user_of_subject")
	sqlUserLink      = statement("user_link")
	sqlUserSetRole   = statement("user_set_role")
	sqlStateUse      = statement("state_use")
)

// UserClaimed finds who comes by OpenID Connect, and gives them the role that
// the provider says they have by now: but keeps is true if they are the last
// administrator, and stay one. Who comes for the first time is the user whose
// login is their verified address, if that one is linked to nobody, or is made
// one: else ErrNobodyClaimed.
func (s *Store) UserClaimed(ctx context.Context, c ingest.Vouched) (id int64, keeps bool, err error) {
	err = s.tx(ctx, func(tx pgx.Tx) error {
		var role ingest.Role
		err := tx.QueryRow(ctx, sqlUserOfSubject, c.Issuer, c.Subject).Scan(&id, &role)
		if errors.Is(err, pgx.ErrNoRows) {
			id, role, err = s.linkUser(ctx, tx, c)
		}
		if err != nil || role == c.Role {
			return err
		}
		keeps, err = giveRole(ctx, tx, id, c.Role)
		return err
	})
	return id, keeps, err
}

// giveRole gives somebody the role that the provider says, unless nobody would
// be administrator then.
func giveRole(ctx context.Context, tx pgx.Tx, id int64, role ingest.Role) (keeps bool, err error) {
	err = mayChange(ctx, tx, ingest.UserChange{User: id, Role: &role})
	if errors.Is(err, ingest.ErrLastAdmin) {
		return true, record(ctx, tx, "oidc", "user.keep", userSubject(id), map[string]any{"role": ingest.RoleAdmin, "claimed": role})
	}
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, sqlUserSetRole, id, role); err != nil {
		return false, err
	}
	return false, record(ctx, tx, "oidc", "user.change", userSubject(id), map[string]any{"role": role})
}

// linkUser makes who comes for the first time known by their subject.
func (s *Store) linkUser(ctx context.Context, tx pgx.Tx, c ingest.Vouched) (id int64, role ingest.Role, err error) {
	login, err := ingest.LoginOf(c.Email)
	if err != nil {
		return 0, "", ingest.ErrNobodyClaimed
	}
	made := true
	err = tx.QueryRow(ctx, sqlUserInsert, login, cmp.Or(text(c.Name), login), c.Role, "", "", s.now()).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		made = false
	} else if err != nil {
		return 0, "", err
	}
	err = tx.QueryRow(ctx, sqlUserLink, login, c.Issuer, c.Subject).Scan(&id, &role)
	if errors.Is(err, pgx.ErrNoRows) {
		return 0, "", ingest.ErrNobodyClaimed
	}
	if err != nil {
		return 0, "", fmt.Errorf("link user: %w", err)
	}
	return id, role, record(ctx, tx, "oidc", "user.link", userSubject(id), map[string]any{"made": made})
}

// UseState uses a try to sign in elsewhere up; false: it was used before. It is
// remembered until it would have ended by itself.
func (s *Store) UseState(ctx context.Context, hash ingest.Hash, until time.Time) (bool, error) {
	tag, err := s.pool.Exec(ctx, sqlStateUse, hash[:], until)
	return err == nil && tag.RowsAffected() == 1, classify(err)
}
