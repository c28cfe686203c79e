package httpapi

import (
	"context"
	"regexp"

	"gatehouse/ingest"
)

type conversationStore interface {
	Conversations(ctx context.Context, f ingest.ConversationFilter) (ingest.List[ingest.Conversation], error)
	Conversation(ctx context.Context, id ingest.ID) (ingest.Conversation, error)
	MessagesOf(ctx context.Context, conversation ingest.ID, p ingest.Part) (ingest.List[ingest.Stored], error)
	OpenConversation(ctx context.Context, o ingest.NewConversation) (id ingest.ID, fresh bool, err error)
	ChangeConversation(ctx context.Context, id ingest.ID, c ingest.ConversationChange) (ingest.Conversation, error)
}

func (a *api) conversations() {
	route(a, op{does: "GET /conversations", least: ingest.RoleAgent,
		says: "Lists conversations, those with the newest messages first."}, a.listConversations)
	route(a, op{does: "GET /conversations/{id}", least: ingest.RoleAgent, says: "Returns a conversation; ETag is its version."}, a.getConversation)
	route(a, op{does: "GET /conversations/{id}/messages", least: ingest.RoleAgent,
		says: "Lists a conversation's messages by (received_at, seq). Purged ones keep a placeholder."}, a.listTalk)
	route(a, op{does: "PATCH /conversations/{id}", least: ingest.RoleAgent,
		says: "Changes status, assignee, subject or tags. 409 if the contact would have two unclosed on a chat or SMS channel. " +
			"With If-Match, 412 if somebody changed one of these meanwhile; new messages do not count."},
		a.changeConversation)
}

// ConversationsInput chooses conversations.
type ConversationsInput struct {
	Paging
	Channel  string    `query:"channel"`
	Status   string    `query:"status" enum:"bot,unassigned,open,closed,unclosed"`
	Contact  ingest.ID `query:"contact_id"`
	Assignee string    `query:"assignee"`
	Tag      string    `query:"tag"`
}

func (a *api) listConversations(ctx context.Context, in *ConversationsInput) (*Body[ingest.List[ingest.Conversation]], error) {
	if err := a.onChannel(ctx, "channel", in.Channel); err != nil {
		return nil, err
	}
	list, err := a.Store.Conversations(ctx, ingest.ConversationFilter{Part: in.part(), Channel: in.Channel, Status: in.Status,
		Contact: in.Contact, Assignee: in.Assignee, Tag: in.Tag})
	if err != nil {
		return nil, err
	}
	return body(list, a.judgeConversations(ctx, list.Items))
}

func (a *api) getConversation(ctx context.Context, in *ByID) (*Tagged[ingest.Conversation], error) {
	c, err := a.Store.Conversation(ctx, in.ID)
	return a.judged(ctx, c, err)
}

// judged gives a conversation the standing of its contact there.
func (a *api) judged(ctx context.Context, c ingest.Conversation, err error) (*Tagged[ingest.Conversation], error) {
	if err != nil {
		return nil, err
	}
	list := []ingest.Conversation{c}
	if err := a.judgeConversations(ctx, list); err != nil {
		return nil, err
	}
	return tagged(ctx, c.Version(), list[0])
}

func (a *api) judgeConversations(ctx context.Context, list []ingest.Conversation) error {
	contacts := make([]ingest.ID, len(list))
	for i, c := range list {
		contacts[i] = c.ContactID
	}
	people, err := a.people(ctx, contacts)
	if err != nil {
		return err
	}
	for i, c := range list {
		s := people.standing(c.ContactID, c.Channel, c.Kind)
		list[i].Standing = &s
	}
	return nil
}

// TalkInput asks for a conversation's messages.
type TalkInput struct {
	ByID
	Paging
}

func (a *api) listTalk(ctx context.Context, in *TalkInput) (*Body[ingest.List[ingest.Record]], error) {
	if _, err := a.Store.Conversation(ctx, in.ID); err != nil {
		return nil, err
	}
	return body(a.records(ctx)(a.Store.MessagesOf(ctx, in.ID, in.part())))
}

// ChangeInput changes a conversation.
type ChangeInput struct {
	ByID
	IfMatch string `header:"If-Match"`
	Body    ConversationPatch
}

// ConversationPatch has what is to change; what is absent stays.
type ConversationPatch struct {
	Status   *ingest.Status `json:"status,omitempty" enum:"bot,unassigned,open,closed"`
	Assignee *string        `json:"assignee,omitempty" maxLength:"200"`
	Subject  *string        `json:"subject,omitempty" maxLength:"1000"`
	Tags     []string       `json:"tags,omitempty" maxItems:"100" maxLength:"100"`
}

var conversationVersion = regexp.MustCompile(`^[0-9a-f]{16}$`)

func (a *api) changeConversation(ctx context.Context, in *ChangeInput) (*Tagged[ingest.Conversation], error) {
	version, err := versionIn(in.IfMatch, conversationVersion)
	if err != nil {
		return nil, err
	}
	c, err := a.Store.ChangeConversation(ctx, in.ID, ingest.ConversationChange{Status: in.Body.Status, Assignee: in.Body.Assignee,
		Subject: in.Body.Subject, Tags: in.Body.Tags, Version: version, Actor: who(ctx).Name})
	return a.judged(ctx, c, err)
}
