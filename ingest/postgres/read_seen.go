package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlContactSeen = statement("contact_seen")

// LastChat is the message in which a contact's device last said something of
// itself, else its last chat; with held also what is held counts. Nil: it never
// chatted.
func (s *Store) LastChat(ctx context.Context, contact ingest.ID, held bool) (*ingest.Stored, error) {
	var id ingest.ID
	err := s.pool.QueryRow(ctx, sqlContactSeen, contact, held).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("last chat: %w", classify(err))
	}
	m, err := s.Message(ctx, id)
	if errors.Is(err, ingest.ErrNotFound) {
		return nil, nil // it went meanwhile
	}
	return &m, err
}
