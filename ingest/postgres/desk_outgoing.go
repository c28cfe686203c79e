package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlOutgoingWhere    = "select contact, family from conversations where id = $1"
	sqlOutgoingRegister = statement("outgoing_register")
	sqlOutgoingAnswered = statement("outgoing_answered")
	sqlParticipantsAdd  = statement("participants_add")
)

// ErrNoThreads says that mail was sent in a conversation that is none of mail, or
// something else in one that is.
var ErrNoThreads = fmt.Errorf("mail, and nothing else, is sent from a mail address in a conversation of mail: %w", ingest.ErrConflict)

// RegisterOutgoing notes what the desk sends in a conversation; made says that
// it was not known. The name of a mail of another conversation is an
// ErrConflict.
func (s *Store) RegisterOutgoing(ctx context.Context, o ingest.Outgoing) (made bool, err error) {
	err = s.tx(ctx, func(tx pgx.Tx) error {
		if made, err = registerOutgoing(ctx, tx, s, o); err != nil {
			return err
		}
		return record(ctx, tx, o.Actor, "conversation.outgoing", "conversation:"+o.Conversation.String(), nil)
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("conversation %s: %w", o.Conversation, ingest.ErrNotFound)
	}
	if err != nil {
		return false, fmt.Errorf("register what was sent: %w", err)
	}
	return made, nil
}

func registerOutgoing(ctx context.Context, tx pgx.Tx, s *Store, o ingest.Outgoing) (made bool, err error) {
	var contact, where ingest.ID
	var family string
	if err := tx.QueryRow(ctx, sqlOutgoingWhere, o.Conversation).Scan(&contact, &family); err != nil {
		return false, err
	}
	if mail := ingest.Family(family) == ingest.Email; mail != (o.From.Kind == "email") || !mail && o.To != nil {
		return false, ErrNoThreads
	}
	if contact, err = lockContact(ctx, tx, contact); err != nil {
		return false, err
	}
	now := s.now()
	if err := tx.QueryRow(ctx, sqlOutgoingRegister, o.Conversation, shortHash(o.MessageID), o.From.Key(), now).Scan(&where, &made); err != nil {
		return false, err
	}
	if where != o.Conversation {
		return false, fmt.Errorf("this was sent in conversation %s: %w", where, ingest.ErrConflict)
	}
	if err := addParticipants(ctx, tx, o); err != nil || !made {
		return made, err
	}
	if _, err := tx.Exec(ctx, sqlOutgoingAnswered, o.Conversation, now); err != nil {
		return false, err
	}
	if err := likely(ctx, tx, contact, answeredBefore); err != nil {
		return false, err
	}
	var events eventColumns
	events.add("conversation.answered", o.Conversation, contact, ingest.ID{}, nil)
	return made, events.insert(ctx, tx)
}

func addParticipants(ctx context.Context, tx pgx.Tx, o ingest.Outgoing) error {
	var hashes [][]byte
	for _, i := range o.To {
		hashes = append(hashes, shortHash(i.Key()))
	}
	if hashes == nil {
		return nil
	}
	_, err := tx.Exec(ctx, sqlParticipantsAdd, o.Conversation, hashes)
	return err
}
