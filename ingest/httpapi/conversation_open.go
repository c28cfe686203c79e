package httpapi

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/ingest"
)

func (a *api) opening() {
	route(a, op{does: "POST /conversations", least: ingest.RoleAgent, once: true, status: http.StatusCreated, or: http.StatusOK,
		says: "Begins a conversation from the desk's side: register what is sent in it with outgoing. 200: one is unclosed already, on a channel that " +
			"allows one. 409 may-not-receive if the person may not be written to there, with what says so."}, a.open)
}

// OpenInput begins a conversation.
type OpenInput struct {
	Body struct {
		Contact  ingest.ID `json:"contact_id,omitzero" doc:"with whom; or say identity"`
		Identity string    `json:"identity,omitempty" maxLength:"1000" doc:"as phone:+15550100123: whoever has it, or somebody new"`
		Name     string    `json:"name,omitempty" maxLength:"200" doc:"of somebody new"`
		Channel  string    `json:"channel" minLength:"1" maxLength:"100"`
		Subject  string    `json:"subject,omitempty" maxLength:"1000"`
		Assignee string    `json:"assignee,omitempty" maxLength:"200"`
		Tags     []string  `json:"tags,omitempty" maxItems:"100" maxLength:"100"`
	}
}

func (a *api) open(ctx context.Context, in *OpenInput) (*Answer[ingest.Conversation], error) {
	b := in.Body
	if b.Contact.IsZero() == (b.Identity == "") {
		return nil, badField("contact_id", "say with whom: this or identity")
	}
	kinds, err := a.kindsOf(ctx, []Whom{{Channel: b.Channel}}, single)
	if err != nil {
		return nil, err
	}
	var n ingest.NewContact
	if b.Identity != "" {
		if n, err = a.newContact(ContactPatch{Name: &b.Name}, []string{b.Identity}); err != nil {
			return nil, err
		}
	}
	o := ingest.NewConversation{Contact: b.Contact, Channel: b.Channel, Subject: b.Subject, Assignee: b.Assignee, Tags: b.Tags, Actor: who(ctx).Name}
	n.Actor = o.Actor
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		return a.begin(ctx, o, n, kinds[b.Channel].name)
	}, a.talkAnswer)
}

func (a *api) talkAnswer(ctx context.Context, out ingest.Outcome) (ingest.Conversation, error) {
	c, err := a.getConversation(ctx, &ByID{out.Conversation})
	if err != nil {
		return ingest.Conversation{}, err
	}
	return c.Body, nil
}

// begin opens the conversation unless a rule is against it: one that stands
// when it is opened, so that it asks again if the rules changed meanwhile.
func (a *api) begin(ctx context.Context, o ingest.NewConversation, n ingest.NewContact, kind string) (ingest.Outcome, error) {
	if len(n.Identities) > 0 {
		var err error
		if o.Contact, err = a.mayBeMade(ctx, o, n); err != nil {
			return ingest.Outcome{}, err
		}
	}
	for {
		p, err := a.people(ctx, []ingest.ID{o.Contact}, n.Identities...)
		if err != nil {
			return ingest.Outcome{}, err
		}
		p.knows(o.Contact, n.Identities) // who is made by this request is there for others only when it is done
		o.Epoch = a.Judge.Epoch()
		if s := p.standing(o.Contact, o.Channel, kind); !s.MayReceive {
			return ingest.Outcome{}, mayNotReceive(s)
		}
		id, fresh, err := a.Store.OpenConversation(ctx, o)
		if !errors.Is(err, ingest.ErrStale) {
			return ingest.Outcome{Status: statusOf(fresh), Conversation: id}, err
		}
	}
}

// mayBeMade is whoever has the address; nobody is made only to be refused.
func (a *api) mayBeMade(ctx context.Context, o ingest.NewConversation, n ingest.NewContact) (ingest.ID, error) {
	id := n.Identities[0]
	list, err := a.standings(ctx, []Whom{{Kind: id.Kind, Value: id.Value, Channel: o.Channel}}, single)
	if err != nil {
		return ingest.ID{}, err
	}
	if !list[0].MayReceive {
		return ingest.ID{}, mayNotReceive(list[0])
	}
	contact, _, err := a.resolve(ctx, n)
	return contact, err
}

func mayNotReceive(s ingest.Standing) *Problem {
	p := conflict("may-not-receive", "this person may not be written to on this channel")
	if s.Rule == nil && len(s.OptedOut) > 0 {
		p.Detail = "this person opted out of this channel"
	}
	p.Standing = &s
	return p
}
