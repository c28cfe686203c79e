package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// sqlPlace asks, for each kind of place, who was met there and how.
var sqlPlace = map[string]string{
	"conversation": statement("place_conversation"),
	"message":      statement("place_message"),
	"ticket":       statement("place_ticket"),
}

// PlaceOf tells who was met in a conversation, a message or a ticket, by its
// newest message that is still readable.
func (s *Store) PlaceOf(ctx context.Context, kind string, id ingest.ID) (ingest.Place, error) {
	query, ok := sqlPlace[kind]
	if !ok {
		return ingest.Place{}, ingest.AsInvalid(fmt.Errorf("no kind of place: %s", kind))
	}
	var p ingest.Place
	var state *ingest.State
	var doc []byte
	err := s.pool.QueryRow(ctx, query, id).Scan(&p.Contact, &p.Channel, &p.Kind, &p.Family, &state, &doc)
	if errors.Is(err, pgx.ErrNoRows) {
		return p, fmt.Errorf("%s %s: %w", kind, id, ingest.ErrNotFound)
	}
	if err != nil {
		return p, classify(err)
	}
	p.State = value(state)
	if doc == nil {
		return p, nil
	}
	var e envelope
	if err := json.Unmarshal(doc, &e); err != nil {
		return p, fmt.Errorf("envelope of %s %s: %w", kind, id, err)
	}
	p.From, p.ClientIP, p.Unproven = e.From.Identity, e.ClientIP, e.Unproven
	return p, nil
}

var sqlContactHolders = statement("contact_holders")

// Holders tells what holds a contact's messages, the most first, at most 20.
func (s *Store) Holders(ctx context.Context, contact ingest.ID) ([]ingest.Holder, error) {
	rows, err := s.pool.Query(ctx, sqlContactHolders, contact)
	if err != nil {
		return nil, classify(err)
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.Holder])
	return list, classify(err)
}

// LastIP is the address a contact last wrote from; "" if none is known.
func (s *Store) LastIP(ctx context.Context, contact ingest.ID) (string, error) {
	var ip string
	err := s.pool.QueryRow(ctx, sqlContactLastIP, contact).Scan(&ip)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", nil
	}
	return ip, classify(err)
}
