package httpapi

import (
	"context"
	"net/http"
	"strings"

	"gatehouse/ingest"
)

type personStore interface {
	PlaceOf(ctx context.Context, kind string, id ingest.ID) (ingest.Place, error)
	Holders(ctx context.Context, contact ingest.ID) ([]ingest.Holder, error)
	LastIP(ctx context.Context, contact ingest.ID) (string, error)
}

// places are where a rule can be set on somebody, and the least role that sees
// the place.
var places = []struct {
	path, kind string
	least      ingest.Role
}{
	{"contacts", "contact", ingest.RoleAgent},
	{"conversations", "conversation", ingest.RoleAgent},
	{"messages", "message", ingest.RoleAgent},
	{"blocked", "ticket", ingest.RoleSupervisor},
}

// persons registers ban, block, blacklist and allow wherever somebody is met.
func (a *api) persons() {
	for _, p := range places {
		for _, kind := range []ingest.RuleKind{ingest.Ban, ingest.Block, ingest.Blacklist, ingest.Allow} {
			least := p.least
			if kind != ingest.Block && kind != ingest.Ban && kind != ingest.Blacklist {
				least = ingest.RoleSupervisor
			}
			path := "/" + p.path + "/{id}/" + string(kind)
			route(a, op{does: "POST " + path, least: least, once: true, status: http.StatusCreated, or: http.StatusOK,
				says: "Sets a rule of kind " + string(kind) + " on the person met here; who may is a setting. Where the sender is not proven, on the address they wrote from: target tells. 200: it stands already, or dry_run." + footGunSays},
				a.setFrom(p.kind, kind))
			if kind == ingest.Allow { // it holds nothing that a job would have to work off
				route(a, op{does: "DELETE " + path, least: least, says: "Lifts the rules of kind allow on the contact."}, a.liftAllow(p.kind))
				continue
			}
			route(a, op{does: "DELETE " + path, least: least, status: http.StatusAccepted, or: http.StatusNoContent,
				says: "Lifts the rules of kind " + string(kind) + " on the contact. 409 held-choice-required: say what becomes of what they hold."},
				a.liftFrom(p.kind, kind))
		}
	}
	route(a, op{does: "POST /contacts/{id}/unblock", least: ingest.RoleSupervisor, once: true, status: http.StatusAccepted, or: http.StatusNoContent,
		says: "Lifts the blocks on a contact, on its identities and on the address blocked with it."}, a.unblock)
}

// PersonInput sets a rule on whom a place names.
type PersonInput struct {
	ByID
	Body *PersonTerms
}

// PersonTerms says what of the person is meant, and the rule's terms.
type PersonTerms struct {
	Target string `json:"target,omitempty" enum:"contact,identity,visitor,ip,domain" doc:"contact by default; identity where the sender is not proven, whose contact has no address"`
	Terms
}

func (a *api) setFrom(placeKind string, kind ingest.RuleKind) func(context.Context, *PersonInput) (*Answer[SetAnswer], error) {
	return func(ctx context.Context, in *PersonInput) (*Answer[SetAnswer], error) {
		settings, err := a.mayRule(ctx, kind)
		if err != nil {
			return nil, err
		}
		place, err := a.place(ctx, placeKind, in.ID)
		if err != nil {
			return nil, err
		}
		asked := orZero(in.Body)
		target, err := a.targetAt(ctx, place, asked.Target)
		if err != nil {
			return nil, err
		}
		terms, err := defaultsAt(place, kind, asked.Terms)
		if err != nil {
			return nil, err
		}
		o, err := a.order(ctx, settings, kind, target, terms)
		if err != nil {
			return nil, err
		}
		o.Contact = place.Contact
		return a.set(ctx, settings, o, terms)
	}
}

// defaultsAt gives what was not said its default, which follows the place: who
// is blocked or banned out of a chat is so in chats, for a day, and for a
// reason; elsewhere everywhere and without end.
func defaultsAt(p ingest.Place, kind ingest.RuleKind, t Terms) (Terms, error) {
	if p.Family != ingest.Chat || kind != ingest.Block && kind != ingest.Ban {
		return t, nil
	}
	if strings.TrimSpace(t.Reason) == "" {
		return t, badField("reason", "a reason is required from a chat")
	}
	if t.Scope == nil {
		t.Scope = []string{"kind:" + p.Kind}
	}
	if t.ExpiresIn == "" && t.ExpiresAt == nil {
		t.ExpiresIn = "24h"
	}
	return t, nil
}

// place finds who was met. Messages that an agent may not see are not there.
func (a *api) place(ctx context.Context, kind string, id ingest.ID) (ingest.Place, error) {
	switch kind {
	case "contact":
		c, err := a.Store.Contact(ctx, id)
		return ingest.Place{Contact: c.ID}, err
	case "message":
		if _, err := a.visible(ctx, id); err != nil {
			return ingest.Place{}, err
		}
	}
	return a.Store.PlaceOf(ctx, kind, id)
}

// targetAt says whom a word means at a place.
func (a *api) targetAt(ctx context.Context, p ingest.Place, word string) (ingest.Target, error) {
	switch word {
	case "", "contact":
		return a.contactAt(ctx, p, word)
	case "ip":
		return a.ipAt(ctx, p)
	}
	id, err := a.identityAt(ctx, p, word)
	if err != nil {
		return ingest.Target{}, err
	}
	if word == "domain" {
		return ingest.Target{Kind: "domain", Value: id.Domain()}, nil
	}
	return ingest.Target{Kind: id.Kind, Value: id.Value}, nil
}

func (a *api) ipAt(ctx context.Context, p ingest.Place) (ingest.Target, error) {
	ip, err := p.ClientIP, error(nil)
	if ip == "" && !p.Contact.IsZero() {
		ip, err = a.Store.LastIP(ctx, p.Contact)
	}
	if err != nil || ip == "" {
		return ingest.Target{}, orElse(err, badField("target", "no address is known that this person wrote from"))
	}
	return ingest.ParseTarget("ip:" + ip)
}

// identityAt finds the one identity that a word means: of the sender met at the
// place, else of the contact.
func (a *api) identityAt(ctx context.Context, p ingest.Place, word string) (ingest.Identity, error) {
	fits := func(i ingest.Identity) bool {
		return i.Joins() && (word != "visitor" || i.Kind == "visitor") && (word != "domain" || i.Domain() != "")
	}
	if fits(p.From) {
		return p.From, nil
	}
	of, err := a.Store.Identities(ctx, []ingest.ID{p.Contact})
	if err != nil {
		return ingest.Identity{}, err
	}
	var found []ingest.Identity
	for _, i := range of[p.Contact] {
		if fits(i.Identity) {
			found = append(found, i.Identity)
		}
	}
	switch {
	case len(found) == 0:
		return ingest.Identity{}, badField("target", "no proven address of this kind is known here")
	case len(found) > 1 && word != "visitor":
		return ingest.Identity{}, badField("target", "the contact has several addresses: set a rule on one of them")
	}
	return found[len(found)-1], nil // of visitors, the newest
}

// LiftFromInput lifts what stands on whom a place names.
type LiftFromInput struct {
	ByID
	Choice
}

func (a *api) liftFrom(placeKind string, kind ingest.RuleKind) func(context.Context, *LiftFromInput) (*Answer[*ingest.Job], error) {
	return func(ctx context.Context, in *LiftFromInput) (*Answer[*ingest.Job], error) {
		if _, err := a.mayRule(ctx, kind); err != nil {
			return nil, err
		}
		place, err := a.place(ctx, placeKind, in.ID)
		if err != nil {
			return nil, err
		}
		if answer, found, err := a.liftFromAddress(ctx, place, kind, in.Choice); found || err != nil {
			return answer, err
		}
		if place.Contact.IsZero() {
			return nil, errUnknown
		}
		return a.liftFromContact(ctx, place.Contact, kind, in.Choice)
	}
}

func (a *api) liftAllow(placeKind string) func(context.Context, *ByID) (*Nothing, error) {
	lift := a.liftFrom(placeKind, ingest.Allow)
	return func(ctx context.Context, in *ByID) (*Nothing, error) {
		if _, err := lift(ctx, &LiftFromInput{ByID: *in}); err != nil {
			return nil, err
		}
		return &Nothing{}, nil
	}
}

// UnblockInput unblocks a contact.
type UnblockInput struct {
	ByID
	Body *Choice
}

func (a *api) unblock(ctx context.Context, in *UnblockInput) (*Answer[*ingest.Job], error) {
	if _, err := a.Store.Contact(ctx, in.ID); err != nil {
		return nil, err
	}
	return a.liftFromContact(ctx, in.ID, ingest.Block, orZero(in.Body))
}
