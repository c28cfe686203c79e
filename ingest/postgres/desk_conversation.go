package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlConversationChange = statement("conversation_change")
	sqlConversationSecond = statement("conversation_second")
	sqlConversationLock   = statement("conversation_lock")
	sqlConversationWhose  = "select contact from conversations where id = $1"
)

// ErrSecond says that a contact has another unclosed conversation on a channel
// that allows one.
var ErrSecond = fmt.Errorf("the contact has another unclosed conversation on this channel: %w", ingest.ErrConflict)

// ChangeConversation does what the desk asks: closes, reopens, assigns, names.
// The contact is locked first, as by whatever makes a conversation unclosed.
// ErrStale says that it is not what the desk read.
func (s *Store) ChangeConversation(ctx context.Context, id ingest.ID, c ingest.ConversationChange) (ingest.Conversation, error) {
	var changed ingest.Conversation
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if changed, err = changeConversation(ctx, tx, id, c); err != nil {
			return err
		}
		return record(ctx, tx, c.Actor, "conversation.change", "conversation:"+id.String(), map[string]any{"fields": c.Fields(), "status": changed.Status})
	})
	if errors.Is(err, pgx.ErrNoRows) {
		err = fmt.Errorf("conversation %s: %w", id, ingest.ErrNotFound)
	}
	if err != nil {
		return ingest.Conversation{}, fmt.Errorf("change conversation: %w", err)
	}
	return changed, nil
}

func changeConversation(ctx context.Context, tx pgx.Tx, id ingest.ID, c ingest.ConversationChange) (ingest.Conversation, error) {
	var none ingest.Conversation
	var contact ingest.ID
	if err := tx.QueryRow(ctx, sqlConversationWhose, id).Scan(&contact); err != nil {
		return none, err
	}
	contact, err := lockContact(ctx, tx, contact)
	if err != nil {
		return none, err
	}
	if err := asRead(ctx, tx, id, c.Version); err != nil {
		return none, err
	}
	var before ingest.Status
	var answered, assigned bool
	if err := onlyOne(ctx, tx, id, contact, c.Status); err != nil {
		return none, err
	}
	err = tx.QueryRow(ctx, sqlConversationChange, id, c.Status, textOf(c.Assignee), textOf(c.Subject), textsOf(c.Tags), c.Actor).
		Scan(&before, &answered, &assigned)
	if err == nil && answered {
		err = likely(ctx, tx, contact, answeredBefore)
	}
	if err != nil {
		return none, err
	}
	list, err := readConversations(ctx, tx, []ingest.ID{id})
	now, err := one(list, err, "conversation", id)
	if err != nil {
		return none, err
	}
	var events eventColumns
	for _, what := range changeEvents(before, now.Status, assigned) {
		events.add(what, id, contact, ingest.ID{}, map[string]any{"status": now.Status})
	}
	return now, events.insert(ctx, tx)
}

// asRead locks a conversation and holds it against the version that the desk
// read; "" is any. ErrStale: it is another.
func asRead(ctx context.Context, tx pgx.Tx, id ingest.ID, version string) error {
	if version == "" {
		return nil
	}
	if _, err := tx.Exec(ctx, sqlConversationLock, id); err != nil {
		return err
	}
	list, err := readConversations(ctx, tx, []ingest.ID{id})
	c, err := one(list, err, "conversation", id)
	if err == nil && c.Version() != version {
		err = ingest.ErrStale
	}
	return err
}

// onlyOne holds that no second conversation of a contact, which is locked,
// becomes unclosed where there is one at a time.
func onlyOne(ctx context.Context, tx pgx.Tx, id, contact ingest.ID, to *ingest.Status) error {
	if to == nil || *to == ingest.Closed {
		return nil
	}
	var second bool
	err := tx.QueryRow(ctx, sqlConversationSecond, id, contact).Scan(&second)
	if err == nil && second {
		err = ErrSecond
	}
	return err
}

// changeEvents are what a change of the desk's is told as: at least one event.
func changeEvents(before, now ingest.Status, assigned bool) (list []string) {
	switch {
	case before != ingest.Closed && now == ingest.Closed:
		list = append(list, "conversation.closed")
	case before == ingest.Closed && now != ingest.Closed:
		list = append(list, "conversation.reopened")
	case !assigned:
		list = append(list, "conversation.changed")
	}
	if assigned {
		list = append(list, "conversation.assigned")
	}
	return list
}

func textOf(s *string) *string {
	if s == nil {
		return nil
	}
	t := text(*s)
	return &t
}

func textsOf(list []string) []string {
	if list == nil {
		return nil
	}
	out := make([]string, len(list))
	for i, s := range list {
		out[i] = text(s)
	}
	return out
}
