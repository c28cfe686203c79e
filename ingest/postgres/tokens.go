package postgres

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlTokenInsert = statement("token_insert")
	sqlTokenByHash = statement("token_by_hash")
	sqlTokenRevoke = statement("token_revoke")
	sqlTokenRetire = statement("token_retire")
	sqlTokenRead   = statement("token_read")
	sqlTokensList  = statement("tokens_list")
)

// CreateToken makes a token and returns it with its secret, which is not kept
// and cannot be shown again.
func (s *Store) CreateToken(ctx context.Context, o ingest.TokenOrder) (ingest.Token, error) {
	if len(o.Scopes) == 0 {
		o.Scopes = []ingest.Scope{ingest.Everything}
	}
	var t ingest.Token
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if t, err = insertToken(ctx, tx, o); err != nil {
			return err
		}
		return record(ctx, tx, o.Actor, "token.create", tokenSubject(t.ID), map[string]any{"role": t.Role, "scopes": t.Scopes})
	})
	if err != nil {
		return ingest.Token{}, fmt.Errorf("create token: %w", err)
	}
	return t, nil
}

// shown is how many characters of a secret are kept to be told apart by: the
// other 20 are 100 bits.
const shown = 9

func insertToken(ctx context.Context, tx pgx.Tx, o ingest.TokenOrder) (ingest.Token, error) {
	t := ingest.Token{Name: text(o.Name), Role: o.Role, Scopes: o.Scopes, Rate: o.Rate, ExpiresAt: o.ExpiresAt, Secret: "gh_" + rand.Text()}
	t.Prefix = t.Secret[:shown]
	hash := hashBytes([]byte(t.Secret))
	err := tx.QueryRow(ctx, sqlTokenInsert, t.Name, t.Role, hash[:], t.ExpiresAt, t.Scopes, t.Prefix, t.Rate).Scan(&t.ID, &t.CreatedAt)
	return t, err
}

func tokenSubject(id int64) string { return "token:" + strconv.FormatInt(id, 10) }

// RotateToken makes a token like another, with a secret of its own and as much
// time as that had when it was made, if it may. The other one ends when the overlap is
// over, or before if it was to. ErrNotFound: it is not good any longer.
func (s *Store) RotateToken(ctx context.Context, r ingest.Rotation) (ingest.Token, error) {
	var t ingest.Token
	err := s.tx(ctx, func(tx pgx.Tx) error {
		now := s.now()
		rows, err := tx.Query(ctx, sqlTokenRetire, r.Token, now, now.Add(r.Overlap))
		if err != nil {
			return err
		}
		o, err := pgx.CollectExactlyOneRow(rows, func(row pgx.CollectableRow) (o ingest.TokenOrder, err error) {
			return o, row.Scan(&o.Name, &o.Role, &o.Scopes, &o.Rate, &o.ExpiresAt)
		})
		if errors.Is(err, pgx.ErrNoRows) {
			return fmt.Errorf("token %d: %w", r.Token, ingest.ErrNotFound)
		}
		if err != nil {
			return err
		}
		if r.Latest != nil && (o.ExpiresAt == nil || o.ExpiresAt.After(*r.Latest)) {
			o.ExpiresAt = r.Latest
		}
		if t, err = insertToken(ctx, tx, o); err != nil {
			return err
		}
		return record(ctx, tx, r.Actor, "token.rotate", tokenSubject(r.Token), map[string]any{"by": t.ID})
	})
	return t, err
}

// TokenOf finds the token whose secret is given. ErrNotFound says that there is
// none, or that it is revoked or has expired.
func (s *Store) TokenOf(ctx context.Context, secret string) (ingest.Token, error) {
	hash := hashBytes([]byte(secret))
	rows, err := s.pool.Query(ctx, sqlTokenByHash, hash[:], s.now())
	if err != nil {
		return ingest.Token{}, classify(err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanToken)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("token: %w", ingest.ErrNotFound)
	}
	return t, classify(err)
}

// Token reads one token, good or not.
func (s *Store) Token(ctx context.Context, id int64) (ingest.Token, error) {
	rows, err := s.pool.Query(ctx, sqlTokenRead, id)
	if err != nil {
		return ingest.Token{}, classify(err)
	}
	t, err := pgx.CollectExactlyOneRow(rows, scanToken)
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("token %d: %w", id, ingest.ErrNotFound)
	}
	return t, classify(err)
}

// Tokens lists all tokens, revoked ones included, newest first.
func (s *Store) Tokens(ctx context.Context, p ingest.Part) (ingest.List[ingest.Token], error) {
	m, err := after(p.After)
	if err != nil {
		return ingest.List[ingest.Token]{}, err
	}
	limit := limitOf(p.Limit)
	rows, err := s.pool.Query(ctx, sqlTokensList, m.n(), limit+1)
	if err != nil {
		return ingest.List[ingest.Token]{}, classify(err)
	}
	items, err := pgx.CollectRows(rows, scanToken)
	list := make([]mark, 0, len(items))
	for _, t := range items {
		list = append(list, mark{N: t.ID})
	}
	return listed(items[:min(len(items), limit)], list, false), classify(err)
}

// RevokeToken ends a token at once.
func (s *Store) RevokeToken(ctx context.Context, id int64, actor string) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlTokenRevoke, id)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return fmt.Errorf("token %d: %w", id, ingest.ErrNotFound)
		}
		return record(ctx, tx, actor, "token.revoke", tokenSubject(id), nil)
	})
}

func scanToken(row pgx.CollectableRow) (ingest.Token, error) {
	var t ingest.Token
	err := row.Scan(&t.ID, &t.Name, &t.Role, &t.Scopes, &t.Rate, &t.Prefix, &t.CreatedAt, &t.ExpiresAt, &t.RevokedAt, &t.LastUsedAt)
	return t, err
}
