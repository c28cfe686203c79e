package httpapi

import (
	"context"
	"time"

	"gatehouse/ingest"
)

type contactStore interface {
	Contacts(ctx context.Context, f ingest.ContactFilter) (ingest.List[ingest.Contact], error)
	Contact(ctx context.Context, id ingest.ID) (ingest.Contact, error)
	Identities(ctx context.Context, contacts []ingest.ID) (map[ingest.ID][]ingest.ContactIdentity, error)
	TalkedSince(ctx context.Context, contacts []ingest.ID) (map[ingest.ID]time.Time, error)
	Known(ctx context.Context, ids []ingest.Identity) ([]ingest.ID, error)
	LastChat(ctx context.Context, contact ingest.ID, held bool) (*ingest.Stored, error)
}

func (a *api) contacts() {
	route(a, op{does: "GET /contacts", least: ingest.RoleAgent,
		says: "Lists contacts, newest first; without q, standing, from and to those made since Monday. With q those that it may mean, the likeliest first: " +
			"part of a name or an address, or spelled like it, a number as it is spoken, an id or its beginning."}, a.listContacts)
	route(a, op{does: "GET /contacts/{id}", least: ingest.RoleAgent, says: "Returns a contact; ETag is its version."}, a.getContact)
}

// ContactsInput chooses contacts.
type ContactsInput struct {
	Paging
	Q        string    `query:"q" maxLength:"200" doc:"a name, an address, a number, an id"`
	Tag      string    `query:"tag"`
	From     time.Time `query:"from" doc:"made at or after"`
	To       time.Time `query:"to" doc:"made before"`
	Standing string    `query:"standing" enum:"active,blocked,banned,blacklisted"`
}

func (a *api) listContacts(ctx context.Context, in *ContactsInput) (*Body[ingest.List[ingest.Contact]], error) {
	f := ingest.ContactFilter{Part: in.part(), Q: in.Q, Tag: in.Tag, Standing: in.Standing, From: unlessZero(in.From), To: unlessZero(in.To)}
	if number, err := a.Region.Phone(f.Q); err == nil {
		f.Number = number
	}
	if f.Q == "" && f.Standing == "" && f.From == nil && f.To == nil {
		f.From = unlessZero(monday(a.Now().In(a.Location)))
	}
	list, err := a.Store.Contacts(ctx, f)
	if err != nil {
		return nil, err
	}
	return body(list, a.judgeContacts(ctx, list.Items))
}

func (a *api) getContact(ctx context.Context, in *ByID) (*Tagged[ingest.Contact], error) {
	return a.showContact(ctx, in.ID)
}

// seen is what the contact's device last said of itself, as far as the asker may
// read it.
func (a *api) seen(ctx context.Context, contact ingest.ID) (*ingest.Seen, error) {
	m, err := a.Store.LastChat(ctx, contact, who(ctx).Role.AtLeast(ingest.RoleSupervisor))
	if err != nil || m == nil {
		return nil, err
	}
	read, err := a.reread(ctx, []ingest.Stored{*m})
	if err != nil {
		return nil, err
	}
	return ingest.SeenIn(read[0]), nil
}

// monday is the beginning of now's week, in its zone.
func monday(now time.Time) time.Time {
	day := (int(now.Weekday()) + 6) % 7 // since Monday
	return time.Date(now.Year(), now.Month(), now.Day()-day, 0, 0, 0, 0, now.Location())
}

func unlessZero(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

// judgeContacts gives contacts their standing: under the rules that hold
// everywhere.
func (a *api) judgeContacts(ctx context.Context, list []ingest.Contact) error {
	settings, err := a.renewed(ctx)
	if err != nil {
		return err
	}
	p := people{api: a, of: map[ingest.ID][]ingest.ContactIdentity{}}
	ids := make([]ingest.ID, len(list))
	for i, c := range list {
		ids[i], p.of[c.ID] = c.ID, c.Identities
	}
	if p.talked, err = a.Store.TalkedSince(ctx, ids); err != nil {
		return err
	}
	if p.outs, err = a.optOuts(ctx, p.of, nil); err != nil {
		return err
	}
	for i, c := range list {
		list[i].Standing = p.standing(c.ID, "", "")
		list[i].FieldOrder = settings.FieldOrder(c.Fields)
		if c.LegalHold.Ended(a.Now()) {
			list[i].LegalHold = nil
		}
	}
	return nil
}
