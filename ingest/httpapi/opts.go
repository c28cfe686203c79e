package httpapi

import (
	"context"
	"net/http"
	"strings"

	"gatehouse/ingest"
)

type optStore interface {
	OptedOut(ctx context.Context, ids []ingest.Identity) ([][]ingest.OptedOut, error)
	ChangeOpt(ctx context.Context, o ingest.OptChange) error
}

func (a *api) opts() {
	route(a, op{does: "POST /contacts/{id}/opt-out", least: ingest.RoleSupervisor, once: true, status: http.StatusNoContent,
		says: "Notes that a contact wants no more messages on a channel, as an SMS with STOP does: its standing there says that it may " +
			"not receive. 409 for channels of mail, and if the contact has no such address."}, a.optOut)
	route(a, op{does: "POST /contacts/{id}/opt-in", least: ingest.RoleSupervisor, once: true, status: http.StatusNoContent,
		says: "Notes that a contact wants messages on a channel again. Providers keep lists of their own: what they know of as " +
			"opted out they go on refusing until the person writes START."}, a.optIn)
}

// OptInput opts a contact out, or in.
type OptInput struct {
	ByID
	Body struct {
		Channel  string `json:"channel" minLength:"1" maxLength:"100"`
		Identity string `json:"identity,omitempty" maxLength:"1000" doc:"one address of the contact, as phone:+15550100123; without it all that are not of mail"`
		Reason   string `json:"reason" minLength:"1" maxLength:"200" doc:"how the desk knows"`
	}
}

func (a *api) optOut(ctx context.Context, in *OptInput) (*Nothing, error) {
	return a.opt(ctx, in, ingest.OptOut)
}

func (a *api) optIn(ctx context.Context, in *OptInput) (*Nothing, error) {
	return a.opt(ctx, in, ingest.OptIn)
}

func (a *api) opt(ctx context.Context, in *OptInput, o ingest.Opt) (*Nothing, error) {
	change := ingest.OptChange{Contact: in.ID, Channel: in.Body.Channel, Opt: o, Reason: in.Body.Reason, Actor: who(ctx).Name}
	if _, err := a.kindsOf(ctx, []Whom{{Channel: in.Body.Channel}}, single); err != nil {
		return nil, err
	}
	if in.Body.Identity != "" {
		kind, value, _ := strings.Cut(in.Body.Identity, ":")
		id, _, err := Whom{Kind: kind, Value: value}.parse(a.Region)
		if err != nil {
			return nil, badField("identity", "want an address of the contact, as phone:+15550100123")
		}
		change.Identity = id
	}
	_, err := a.once(ctx, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: http.StatusNoContent}, a.Store.ChangeOpt(ctx, change)
	})
	return &Nothing{}, err
}

// optOuts tells of the addresses of contacts, and of more, where each opted out.
func (a *api) optOuts(ctx context.Context, of map[ingest.ID][]ingest.ContactIdentity, more []ingest.Identity) (map[string][]ingest.OptedOut, error) {
	var ids []ingest.Identity
	seen := map[string]bool{"": true}
	add := func(id ingest.Identity) {
		if key := id.Key(); !seen[key] && id.Kind != "email" {
			seen[key], ids = true, append(ids, id)
		}
	}
	for _, list := range of {
		for _, i := range list {
			add(i.Identity)
		}
	}
	for _, id := range more {
		add(id)
	}
	outs := map[string][]ingest.OptedOut{}
	if ids == nil {
		return outs, nil
	}
	found, err := a.Store.OptedOut(ctx, ids)
	for i := range found {
		outs[ids[i].Key()] = found[i]
	}
	return outs, err
}
