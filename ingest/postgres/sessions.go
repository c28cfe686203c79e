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
	sqlSessionInsert = statement("session_insert")
	sqlSessionByHash = statement("session_by_hash")
	sqlSessionsOf    = statement("sessions_of")
	sqlSessionsEnd   = statement("sessions_end")
)

// BeginSession signs a person in and returns the session with its secret, of
// which the hash alone is kept. ErrNotFound says that they are disabled, or were
// changed since they proved who they are.
func (s *Store) BeginSession(ctx context.Context, n ingest.NewSession) (ingest.Session, error) {
	var session ingest.Session
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		session, err = s.beginSession(ctx, tx, n)
		return err
	})
	return session, err
}

func (s *Store) beginSession(ctx context.Context, tx pgx.Tx, n ingest.NewSession) (ingest.Session, error) {
	u, err := userOf(ctx, tx, n.User)
	if err != nil {
		return ingest.Session{}, err
	}
	session := ingest.Session{How: n.How, Address: n.Address, Agent: text(n.Agent), CreatedAt: s.now(), SeenAt: s.now(), EndsAt: n.EndsAt,
		User: u, Secret: ingest.Secret(rand.Text())}
	hash := hashBytes([]byte(session.Secret))
	err = tx.QueryRow(ctx, sqlSessionInsert, n.User, hash[:], n.How, session.Address, session.Agent, session.CreatedAt, session.EndsAt, n.Version).Scan(&session.ID)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.Session{}, fmt.Errorf("user %d: %w", n.User, ingest.ErrNotFound)
	}
	if err != nil {
		return ingest.Session{}, err
	}
	return session, record(ctx, tx, u.Login, "session.begin", userSubject(n.User), map[string]any{"how": n.How})
}

// SessionOf finds the session whose secret is given, with its person as they
// are now. ErrNotFound says that there is none, that it has ended, was not used
// for as long as idle, or that they are disabled.
func (s *Store) SessionOf(ctx context.Context, secret string, idle time.Duration) (ingest.Session, error) {
	hash := hashBytes([]byte(secret))
	var f ingest.Session
	into := append(sessionFields(&f), userFields(&f.User)...)
	now := s.now()
	err := s.pool.QueryRow(ctx, sqlSessionByHash, hash[:], now, now.Add(-idle)).Scan(into...)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("session: %w", ingest.ErrNotFound)
	}
	f.Secret = ingest.Secret(secret)
	return f, classify(err)
}

// Sessions lists where a person is signed in, newest first, at most 200.
func (s *Store) Sessions(ctx context.Context, user int64, idle time.Duration) ([]ingest.Session, error) {
	now := s.now()
	rows, err := s.pool.Query(ctx, sqlSessionsOf, user, now, now.Add(-idle))
	if err != nil {
		return nil, classify(err)
	}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f ingest.Session, err error) {
		return f, row.Scan(sessionFields(&f)...)
	})
	return list, classify(err)
}

// EndSession ends one session of a person, or all if it is 0.
func (s *Store) EndSession(ctx context.Context, user, session int64, actor string) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlSessionsEnd, user, session, 0)
		if err != nil {
			return err
		}
		if session != 0 && tag.RowsAffected() == 0 {
			return fmt.Errorf("session %d: %w", session, ingest.ErrNotFound)
		}
		return record(ctx, tx, actor, "session.end", userSubject(user), map[string]any{"sessions": tag.RowsAffected()})
	})
}

func sessionFields(f *ingest.Session) []any {
	return []any{&f.ID, &f.How, &f.Address, &f.Agent, &f.CreatedAt, &f.SeenAt, &f.EndsAt}
}
