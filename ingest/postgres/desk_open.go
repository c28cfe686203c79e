package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlConversationOpen     = statement("conversation_open")
	sqlConversationUnclosed = statement("conversation_unclosed")
	sqlEpochNow             = "select n from epoch"
)

// OpenConversation opens one from the desk's side, and reports whether it is
// new: on a channel that allows one at a time the unclosed one stands. Whether
// the person may be written to was asked at o.Epoch; ErrStale says that the
// rules changed since, or the conversation that stood: ask again.
func (s *Store) OpenConversation(ctx context.Context, o ingest.NewConversation) (id ingest.ID, fresh bool, err error) {
	c, err := s.channel(ctx, o.Channel)
	if err != nil {
		return id, false, err
	}
	err = s.tx(ctx, func(tx pgx.Tx) error {
		if err := unchangedRules(ctx, tx, o.Epoch); err != nil {
			return err
		}
		var err error
		if o.Contact, err = lockContact(ctx, tx, o.Contact); err != nil {
			return err
		}
		id, fresh, err = s.openConversation(ctx, tx, c, o)
		return err
	})
	if err != nil {
		return id, false, fmt.Errorf("open a conversation: %w", err)
	}
	return id, fresh, nil
}

// unchangedRules keeps the rules as they are until the transaction ends, if
// they are those of an epoch.
func unchangedRules(ctx context.Context, tx pgx.Tx, epoch int64) error {
	if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
		return err
	}
	var now int64
	if err := tx.QueryRow(ctx, sqlEpochNow).Scan(&now); err != nil {
		return err
	}
	if now != epoch {
		return ingest.ErrStale
	}
	return nil
}

func (s *Store) openConversation(ctx context.Context, tx pgx.Tx, c channel, o ingest.NewConversation) (ingest.ID, bool, error) {
	id := ingest.NewID(s.now())
	err := tx.QueryRow(ctx, sqlConversationOpen, id, o.Contact, c.ID, c.Family, text(o.Subject), text(o.Assignee),
		textsOf(append([]string{}, o.Tags...))).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		err = tx.QueryRow(ctx, sqlConversationUnclosed, o.Contact, c.ID).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			err = ingest.ErrStale // it was closed just now
		}
		return id, false, err
	}
	if err != nil {
		return id, false, err
	}
	var events eventColumns
	events.add("conversation.opened", id, o.Contact, ingest.ID{}, map[string]string{"by": "desk"})
	if err := events.insert(ctx, tx); err != nil {
		return id, false, err
	}
	return id, true, record(ctx, tx, o.Actor, "conversation.open", "conversation:"+id.String(), map[string]string{"channel": o.Channel})
}
