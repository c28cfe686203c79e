package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlConversationsList = statement("conversations_list")
	sqlConversationsRead = statement("conversations_read")
	sqlTalkUnclosed      = statement("talk_unclosed")
)

// Conversations lists conversations, those with the newest messages first.
// Standing is left nil.
func (s *Store) Conversations(ctx context.Context, f ingest.ConversationFilter) (ingest.List[ingest.Conversation], error) {
	m, err := after(f.After)
	if err != nil {
		return ingest.List[ingest.Conversation]{}, err
	}
	limit := limitOf(f.Limit)
	list, more, err := marks(ctx, s.pool, limit, byTimeID, sqlConversationsList, given(f.Channel), given(f.Status),
		f.Contact, given(f.Assignee), given(f.Tag), m.at(), m.id(), limit+1)
	var items []ingest.Conversation
	if err == nil {
		items, err = readConversations(ctx, s.pool, idsOf(list))
	}
	if err != nil {
		return ingest.List[ingest.Conversation]{}, fmt.Errorf("list conversations: %w", classify(err))
	}
	return listed(items, list, more), nil
}

// Conversation returns one conversation; Standing is left nil.
func (s *Store) Conversation(ctx context.Context, id ingest.ID) (ingest.Conversation, error) {
	list, err := readConversations(ctx, s.pool, []ingest.ID{id})
	return one(list, classify(err), "conversation", id)
}

// Unclosed is the contact's unclosed conversation on a chat or SMS channel; the
// zero id where there is none.
func (s *Store) Unclosed(ctx context.Context, contact ingest.ID, channel string) (id ingest.ID, err error) {
	err = s.pool.QueryRow(ctx, sqlTalkUnclosed, contact, channel).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.ID{}, nil
	}
	return id, classify(err)
}

func readConversations(ctx context.Context, q querier, ids []ingest.ID) ([]ingest.Conversation, error) {
	rows, err := q.Query(ctx, sqlConversationsRead, ids)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Conversation, error) {
		var c ingest.Conversation
		err := row.Scan(&c.ID, &c.Number, &c.ContactID, &c.Channel, &c.Kind, &c.Status, &c.Assignee, &c.Subject,
			&c.Messages, &c.Tags, &c.OpenedAt, &c.ClosedAt, &c.ClosedBy, &c.LastMessageAt, &c.Continues, &c.Claims, &c.ReleasedBy, &c.Imported)
		return c, err
	})
}
