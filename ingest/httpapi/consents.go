package httpapi

import (
	"context"
	"errors"
	"net/http"
	"time"

	"gatehouse/ingest"
)

// Consents asks owners of mailboxes for access.
type Consents interface {
	// Asks says why the owner of a channel cannot be asked; nil: they can.
	Asks(channel string) error
	// Address is where the owner goes with a link.
	Address(ingest.Consent) string
}

type consentStore interface {
	NewConsent(ctx context.Context, o ingest.ConsentOrder) (ingest.ID, error)
	Consent(ctx context.Context, id ingest.ID) (ingest.Consent, error)
	LatestConsent(ctx context.Context, channel string) (ingest.Consent, error)
	GrantState(ctx context.Context, channel string) (ingest.GrantState, error)
}

func (a *api) consents() {
	route(a, op{does: "POST /channels/{name}/auth", least: ingest.RoleAdmin, once: true, status: http.StatusCreated,
		says: "Makes a link by which the owner of a mailbox grants access, once, within a day: send it to them, and to nobody else. " +
			"409 no-consent: the channel needs none, or nothing can be kept."}, a.newConsent)
	route(a, op{does: "GET /channels/{name}/auth", least: ingest.RoleSupervisor,
		says: "Says what the owner of a mailbox has granted, since when the provider takes it no longer, and what became of the last link."}, a.getConsent)
}

// linkFor is how long a link can be used.
const linkFor = 24 * time.Hour

// ConsentLink is a link and what became of it.
type ConsentLink struct {
	URL       string     `json:"url,omitempty" doc:"for the owner of the mailbox alone; shown when it is made"`
	State     string     `json:"state" enum:"waiting,granted,expired"`
	Says      string     `json:"says" doc:"why the last try did not succeed"`
	CreatedBy string     `json:"created_by"`
	CreatedAt time.Time  `json:"created_at"`
	ExpiresAt time.Time  `json:"expires_at"`
	GrantedAt *time.Time `json:"granted_at"`
}

// ChannelGrant is what a channel's owner has granted.
type ChannelGrant struct {
	Channel   string       `json:"channel"`
	State     string       `json:"state" enum:"none,granted,refused"`
	GrantedAt *time.Time   `json:"granted_at"`
	GrantedBy string       `json:"granted_by"`
	RefusedAt *time.Time   `json:"refused_at" doc:"since when the provider takes it no longer"`
	Link      *ConsentLink `json:"link" doc:"the newest link"`
}

func (a *api) newConsent(ctx context.Context, in *ByName) (*Answer[*ConsentLink], error) {
	if err := a.mayAsk(ctx, in.Name); err != nil {
		return nil, err
	}
	o := ingest.ConsentOrder{Channel: in.Name, Actor: who(ctx).Name, ExpiresAt: a.Now().Add(linkFor).Truncate(time.Second)}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		id, err := a.Store.NewConsent(ctx, o)
		return ingest.Outcome{Status: http.StatusCreated, Consent: id}, err
	}, a.consentAnswer)
}

// mayAsk refuses where there is nobody to ask, or nothing to keep the answer in.
func (a *api) mayAsk(ctx context.Context, channel string) error {
	if list, err := a.Store.Health(ctx, channel); err != nil || len(list) == 0 {
		return orElse(err, errUnknown)
	}
	if a.Consents == nil {
		return conflict("no-consent", "nothing can be kept of what an owner grants: set seal_key and start the program again")
	}
	if err := a.Consents.Asks(channel); err != nil {
		return conflict("no-consent", err.Error())
	}
	return nil
}

// consentAnswer shows a link with its address.
func (a *api) consentAnswer(ctx context.Context, out ingest.Outcome) (*ConsentLink, error) {
	c, err := a.Store.Consent(ctx, out.Consent)
	if err != nil {
		return nil, err
	}
	link := a.linkOf(c)
	if a.Consents != nil && c.Open(a.Now()) {
		link.URL = a.Consents.Address(c)
	}
	return link, nil
}

func (a *api) linkOf(c ingest.Consent) *ConsentLink {
	return &ConsentLink{State: c.State(a.Now()), Says: c.Says, CreatedBy: c.CreatedBy, CreatedAt: c.CreatedAt, ExpiresAt: c.ExpiresAt, GrantedAt: c.GrantedAt}
}

func (a *api) getConsent(ctx context.Context, in *ByName) (*Body[*ChannelGrant], error) {
	g, err := a.Store.GrantState(ctx, in.Name)
	if err != nil {
		return nil, err
	}
	answer := &ChannelGrant{Channel: in.Name, State: "none", GrantedAt: g.GrantedAt, GrantedBy: g.GrantedBy, RefusedAt: g.RefusedAt}
	switch {
	case g.RefusedAt != nil:
		answer.State = "refused"
	case g.GrantedAt != nil:
		answer.State = "granted"
	}
	c, err := a.Store.LatestConsent(ctx, in.Name)
	switch {
	case err == nil:
		answer.Link = a.linkOf(c)
	case !errors.Is(err, ingest.ErrNotFound):
		return nil, err
	}
	return body(answer, nil)
}
