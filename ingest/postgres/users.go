package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlUserInsert   = statement("user_insert")
	sqlUserRead     = statement("user_read")
	sqlUsersList    = statement("users_list")
	sqlUserSecret   = statement("user_secret")
	sqlUserLock     = statement("user_lock")
	sqlUserChange   = statement("user_change")
	sqlUserHold     = statement("user_hold")
	sqlUserPassword = statement("user_password")
	sqlUserRehash   = statement("user_rehash")
)

func userSubject(id int64) string { return "user:" + strconv.FormatInt(id, 10) }

// CreateUser makes a user; ErrConflict says that the login is another's, whom
// nobody else becomes even if they are disabled.
func (s *Store) CreateUser(ctx context.Context, u ingest.NewUser) (id int64, err error) {
	if err := u.Check(); err != nil {
		return 0, err
	}
	err = s.tx(ctx, func(tx pgx.Tx) error {
		err := tx.QueryRow(ctx, sqlUserInsert, u.Login, text(u.Name), u.Role, u.TimeZone, string(u.Password), s.now()).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("there is a user with this login: %w", ingest.ErrConflict)
		}
		if err != nil {
			return err
		}
		return record(ctx, tx, u.Actor, "user.create", userSubject(id), map[string]any{"role": u.Role})
	})
	return id, err
}

// User reads one user.
func (s *Store) User(ctx context.Context, id int64) (ingest.User, error) {
	return userOf(ctx, s.pool, id)
}

func userOf(ctx context.Context, q querier, id int64) (u ingest.User, err error) {
	err = q.QueryRow(ctx, sqlUserRead, id).Scan(userFields(&u)...)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("user %d: %w", id, ingest.ErrNotFound)
	}
	return u, classify(err)
}

// Users lists all users, disabled ones included, newest first.
func (s *Store) Users(ctx context.Context, p ingest.Part) (ingest.List[ingest.User], error) {
	m, err := after(p.After)
	if err != nil {
		return ingest.List[ingest.User]{}, err
	}
	limit := limitOf(p.Limit)
	rows, err := s.pool.Query(ctx, sqlUsersList, m.n(), limit+1)
	if err != nil {
		return ingest.List[ingest.User]{}, classify(err)
	}
	items, err := pgx.CollectRows(rows, scanUser)
	list := make([]mark, 0, len(items))
	for _, u := range items {
		list = append(list, mark{N: u.ID})
	}
	return listed(items[:min(len(items), limit)], list, false), classify(err)
}

// UserSecret finds who has a login, disabled or not, and the hash of their
// password, "" if they have none.
func (s *Store) UserSecret(ctx context.Context, login string) (ingest.User, ingest.Secret, error) {
	var u ingest.User
	var hash string
	err := s.pool.QueryRow(ctx, sqlUserSecret, login).Scan(append(userFields(&u), &hash)...)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("user: %w", ingest.ErrNotFound)
	}
	return u, ingest.Secret(hash), classify(err)
}

// ChangeUser changes what is given. Whose role changes or who is disabled stays
// signed in with the new role, or not at all. ErrConflict says that there would
// be no administrator left; ErrStale that the version is another.
func (s *Store) ChangeUser(ctx context.Context, c ingest.UserChange) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		if err := mayChange(ctx, tx, c); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sqlUserChange, c.User, c.Name, c.Role, c.TimeZone, c.Disabled, s.now(), c.Version)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("the user was changed meanwhile: %w", ingest.ErrStale)
		}
		if c.Disabled != nil && *c.Disabled {
			if err := lockOut(ctx, tx, c.User); err != nil {
				return err
			}
		}
		return record(ctx, tx, c.Actor, "user.change", userSubject(c.User), changed(c))
	})
}

// changed is what the audit keeps of a change: no names.
func changed(c ingest.UserChange) map[string]any {
	data := map[string]any{}
	if c.Role != nil {
		data["role"] = *c.Role
	}
	if c.Disabled != nil {
		data["disabled"] = *c.Disabled
	}
	return data
}

// mayChange locks who is changed, and all administrators with them.
func mayChange(ctx context.Context, tx pgx.Tx, c ingest.UserChange) error {
	rows, err := tx.Query(ctx, sqlUserLock, c.User)
	if err != nil {
		return err
	}
	var id int64
	var role ingest.Role
	var enabled, found, isAdmin bool
	others := 0
	_, err = pgx.ForEachRow(rows, []any{&id, &role, &enabled}, func() error {
		admin := enabled && role == ingest.RoleAdmin
		switch {
		case id == c.User:
			found, isAdmin = true, admin
		case admin:
			others++
		}
		return nil
	})
	loses := c.Role != nil && *c.Role != ingest.RoleAdmin || c.Disabled != nil && *c.Disabled
	switch {
	case err != nil:
		return err
	case !found:
		return fmt.Errorf("user %d: %w", c.User, ingest.ErrNotFound)
	case isAdmin && loses && others == 0:
		return ingest.ErrLastAdmin
	}
	return nil
}

// lockOut ends all by which a person gets in, but their password.
func lockOut(ctx context.Context, tx pgx.Tx, user int64) error {
	if _, err := tx.Exec(ctx, sqlSessionsEnd, user, 0, 0); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, sqlInvitationDrop, user)
	return err
}

// SetPassword gives a person the password of a hash and ends their sessions
// but keep, which may be 0. ErrNotFound: that one has ended.
func (s *Store) SetPassword(ctx context.Context, user int64, hash ingest.Secret, keep int64, actor string) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		if err := setPassword(ctx, tx, user, hash, keep); err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlSessionsEnd, user, 0, keep); err != nil {
			return err
		}
		return record(ctx, tx, actor, "user.password", userSubject(user), nil)
	})
}

// setPassword locks the person first, so that the sessions it sees are those
// that there are.
func setPassword(ctx context.Context, tx pgx.Tx, user int64, hash ingest.Secret, by int64) error {
	if _, err := tx.Exec(ctx, sqlUserHold, user); err != nil {
		return err
	}
	tag, err := tx.Exec(ctx, sqlUserPassword, user, string(hash), by)
	if err == nil && tag.RowsAffected() == 0 {
		err = fmt.Errorf("user %d by session %d: %w", user, by, ingest.ErrNotFound)
	}
	return err
}

// Rehash keeps another hash of the same password, unless that was changed.
func (s *Store) Rehash(ctx context.Context, user int64, old, hash ingest.Secret) error {
	_, err := s.pool.Exec(ctx, sqlUserRehash, user, string(old), string(hash))
	return classify(err)
}

func userFields(u *ingest.User) []any {
	return []any{&u.ID, &u.Login, &u.Name, &u.Role, &u.TimeZone, &u.HasPassword, &u.Issuer, &u.Version, &u.CreatedAt, &u.DisabledAt, &u.LastSeenAt}
}

func scanUser(row pgx.CollectableRow) (ingest.User, error) {
	var u ingest.User
	return u, row.Scan(userFields(&u)...)
}
