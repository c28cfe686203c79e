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
	sqlTokensList  = statement("tokens_list")
)

// CreateToken makes a token and returns it with its secret, which is not kept
// and cannot be shown again.
func (s *Store) CreateToken(ctx context.Context, o ingest.TokenOrder) (ingest.Token, error) {
	t := ingest.Token{Name: text(o.Name), Role: o.Role, ExpiresAt: o.ExpiresAt, Secret: "gh_" + rand.Text()}
	hash := hashBytes([]byte(t.Secret))
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(ctx, sqlTokenInsert, t.Name, t.Role, hash[:], t.ExpiresAt).Scan(&t.ID, &t.CreatedAt); err != nil {
			return err
		}
		return record(ctx, tx, o.Actor, "token.create", "token:"+strconv.FormatInt(t.ID, 10), map[string]any{"role": t.Role})
	})
	if err != nil {
		return ingest.Token{}, fmt.Errorf("create token: %w", err)
	}
	return t, nil
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
		return record(ctx, tx, actor, "token.revoke", "token:"+strconv.FormatInt(id, 10), nil)
	})
}

func scanToken(row pgx.CollectableRow) (ingest.Token, error) {
	var t ingest.Token
	err := row.Scan(&t.ID, &t.Name, &t.Role, &t.CreatedAt, &t.ExpiresAt, &t.RevokedAt, &t.LastUsedAt)
	return t, err
}
