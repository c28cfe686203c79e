package httpapi

import (
	"context"
	"net/http"
	"slices"

	"gatehouse/ingest"
)

type messageStore interface {
	Messages(ctx context.Context, f ingest.MessageFilter) (ingest.List[ingest.Stored], error)
	Message(ctx context.Context, id ingest.ID) (ingest.Stored, error)
	EachRaw(ctx context.Context, ids []ingest.ID, each func(ingest.ID, []byte)) error
	Changes(ctx context.Context, ids []ingest.ID, states []ingest.State) (map[ingest.ID][]ingest.Stored, error)
	RawChunk(ctx context.Context, id ingest.ID, n int) ([]byte, error)
	fileStore
}

// forAgents are the states that an agent sees, of messages in conversations;
// others do not exist for them.
var forAgents = []ingest.State{ingest.Conversed, ingest.Purged}

func (a *api) messages() {
	route(a, op{does: "GET /messages", least: ingest.RoleAgent,
		says: "Lists messages, newest first to the millisecond. Agents see those in conversations."}, a.listMessages)
	route(a, op{does: "GET /messages/{id}", least: ingest.RoleAgent,
		says: "Returns a message. To agents, held, refused and dead ones do not exist. Its html is made safe to show: " +
			"what would run or fetch something is gone, and the address of a picture elsewhere is in data-remote-src."}, a.getMessage)
	route(a, op{does: "GET /messages/{id}/raw", least: ingest.RoleAdmin,
		says: "Returns a message as it came."}, a.getRaw)
	route(a, op{does: "GET /messages/{id}/attachments/{index}", least: ingest.RoleAgent,
		says: "Returns one attachment's bytes. They are a stranger's: show them with care. 409 while they are still fetched from " +
			"the provider, and if they could not be."}, a.getAttachment)
	route(a, op{does: "POST /messages/{id}/attachments/{index}/retry", least: ingest.RoleSupervisor, once: true, status: http.StatusAccepted,
		says: "Fetches an attachment that could not be fetched once more. 409 unless it has failed."}, a.retryAttachment)
}

// MessagesInput chooses messages.
type MessagesInput struct {
	Paging
	Channel      string    `query:"channel"`
	State        string    `query:"state" enum:"received,conversed,held,refused,dead,purged"`
	Contact      ingest.ID `query:"contact_id"`
	Conversation ingest.ID `query:"conversation_id"`
}

func (a *api) listMessages(ctx context.Context, in *MessagesInput) (*Body[ingest.List[ingest.Record]], error) {
	if err := a.onChannel(ctx, "channel", in.Channel); err != nil {
		return nil, err
	}
	f := ingest.MessageFilter{Part: in.part(), Channel: in.Channel, Contact: in.Contact, Conversation: in.Conversation}
	if in.State != "" {
		f.States = []ingest.State{ingest.State(in.State)}
	}
	if f.Talked = !who(ctx).Role.AtLeast(ingest.RoleSupervisor); f.Talked {
		if f.States == nil {
			f.States = forAgents
		}
		if !slices.Contains(forAgents, f.States[0]) {
			return body(ingest.List[ingest.Record]{}, nil)
		}
	}
	return body(a.records(ctx)(a.Store.Messages(ctx, f)))
}

func (a *api) getMessage(ctx context.Context, in *ByID) (*Body[ingest.Record], error) {
	m, err := a.visible(ctx, in.ID)
	if err != nil {
		return nil, err
	}
	list, err := a.whole(ctx, []ingest.Stored{m})
	if err != nil {
		return nil, err
	}
	return body(list[0], nil)
}

// visible returns a message if the asker may know of it.
func (a *api) visible(ctx context.Context, id ingest.ID) (ingest.Stored, error) {
	m, err := a.Store.Message(ctx, id)
	if err != nil {
		return m, err
	}
	inTalk := slices.Contains(forAgents, m.State) && !m.Conversation.IsZero()
	if !inTalk && !who(ctx).Role.AtLeast(ingest.RoleSupervisor) {
		return m, errUnknown
	}
	return m, nil
}

// records completes a part of a list of messages. It is curried to take what a
// store's method returns.
func (a *api) records(ctx context.Context) func(ingest.List[ingest.Stored], error) (ingest.List[ingest.Record], error) {
	return func(list ingest.List[ingest.Stored], err error) (ingest.List[ingest.Record], error) {
		if err != nil {
			return ingest.List[ingest.Record]{}, err
		}
		items, err := a.whole(ctx, list.Items)
		return ingest.List[ingest.Record]{Items: items, Next: list.Next}, err
	}
}
