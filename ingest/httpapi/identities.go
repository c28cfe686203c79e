package httpapi

import (
	"context"
	"errors"
	"net/http"

	"gatehouse/ingest"
)

type identityStore interface {
	ChangeIdentity(ctx context.Context, c ingest.IdentityChange) error
}

func (a *api) identities() {
	route(a, op{does: "POST /contacts/{id}/identities", least: ingest.RoleAgent, once: true, status: http.StatusCreated,
		says: "Adds an address to a contact: from now on what comes from there is theirs. 409 identity-taken if it is another's."}, a.addIdentity)
	route(a, op{does: "PATCH /contacts/{id}/identities/{identity}", least: ingest.RoleAgent, once: true, status: http.StatusOK,
		says: "Puts another address in the place of one, as if the old one were deleted."}, a.patchIdentity)
	route(a, op{does: "DELETE /contacts/{id}/identities/{identity}", least: ingest.RoleAgent,
		says: "Deletes an address for good. What keeps something from the contact stays on it as a rule of its own; what was written from it stays the contact's."}, a.deleteIdentity)
}

// AddressInput adds an address.
type AddressInput struct {
	ByID
	Body AddressSaid
}

// AddressSaid is an address.
type AddressSaid struct {
	Identity string `json:"identity" maxLength:"1000" doc:"as phone:+15550100123; a number may be written as it is spoken"`
}

// IdentityInput names an address of a contact.
type IdentityInput struct {
	ByID
	Identity int64 `path:"identity" minimum:"1" doc:"its id"`
}

// AddressPatchInput puts another address in its place.
type AddressPatchInput struct {
	IdentityInput
	Body AddressSaid
}

func (a *api) addIdentity(ctx context.Context, in *AddressInput) (*Answer[ingest.Contact], error) {
	return a.changeIdentity(ctx, http.StatusCreated, ingest.IdentityChange{Contact: in.ID}, in.Body.Identity)
}

func (a *api) patchIdentity(ctx context.Context, in *AddressPatchInput) (*Answer[ingest.Contact], error) {
	return a.changeIdentity(ctx, http.StatusOK, ingest.IdentityChange{Contact: in.ID, Remove: in.Identity}, in.Body.Identity)
}

func (a *api) changeIdentity(ctx context.Context, status int, c ingest.IdentityChange, add string) (*Answer[ingest.Contact], error) {
	var err error
	if c.Add, err = a.addressOf(add); err != nil {
		return nil, err
	}
	c.Actor = who(ctx).Name
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		return ingest.Outcome{Status: status, Contact: c.Contact}, a.Store.ChangeIdentity(ctx, c)
	}, a.contactAnswer)
}

func (a *api) deleteIdentity(ctx context.Context, in *IdentityInput) (*Nothing, error) {
	return &Nothing{}, a.Store.ChangeIdentity(ctx, ingest.IdentityChange{Contact: in.ID, Remove: in.Identity, Actor: who(ctx).Name})
}

// resolve finds whoever has the one address of n, else makes them. Of two who
// make them at once, one finds what the other made.
func (a *api) resolve(ctx context.Context, n ingest.NewContact) (id ingest.ID, fresh bool, err error) {
	known, err := a.Store.Known(ctx, n.Identities)
	if err != nil {
		return id, false, err
	}
	if !known[0].IsZero() {
		return known[0], false, nil
	}
	id, err = a.Store.MakeContact(ctx, n)
	if taken := (*ingest.TakenError)(nil); errors.As(err, &taken) && !taken.Contact.IsZero() {
		return taken.Contact, false, nil
	}
	return id, err == nil, err
}
