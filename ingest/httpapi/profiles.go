package httpapi

import (
	"context"
	"net/http"
	"strings"

	"gatehouse/ingest"
)

type profileStore interface {
	ChangeContact(ctx context.Context, c ingest.ContactChange) (ingest.Contact, error)
	MakeContact(ctx context.Context, n ingest.NewContact) (ingest.ID, error)
}

func (a *api) profiles() {
	route(a, op{does: "POST /contacts", least: ingest.RoleAgent, once: true, status: http.StatusCreated,
		says: "Makes a contact that never wrote. 409 identity-taken if an address is another's."}, a.makeContact)
	route(a, op{does: "POST /contacts/resolve", least: ingest.RoleAgent, once: true, status: http.StatusOK, or: http.StatusCreated,
		says: "Returns whoever has an address, with their standing, and makes them if nobody does: for telephone systems and the like."}, a.resolveContact)
	route(a, op{does: "PATCH /contacts/{id}", least: ingest.RoleAgent,
		says: "Changes what the desk says of a contact. A field of its own is taken away by null. With If-Match, 412 if somebody changed it meanwhile."}, a.patchContact)
}

func (a *api) showContact(ctx context.Context, id ingest.ID) (*Tagged[ingest.Contact], error) {
	c, err := a.Store.Contact(ctx, id)
	if err != nil {
		return nil, err
	}
	list := []ingest.Contact{c}
	if err := a.judgeContacts(ctx, list); err != nil {
		return nil, err
	}
	suggested, err := a.Store.Suggestions(ctx, c.ID, ingest.Part{Limit: mostSuggested})
	if err != nil {
		return nil, err
	}
	list[0].Suggested = suggested.Items
	if list[0].Technical, err = a.seen(ctx, c.ID); err != nil {
		return nil, err
	}
	return tagged(ctx, number(c.Version), list[0])
}

func (a *api) contactAnswer(ctx context.Context, out ingest.Outcome) (ingest.Contact, error) {
	c, err := a.showContact(ctx, out.Contact)
	if err != nil {
		return ingest.Contact{}, err
	}
	return c.Body, nil
}

// ContactPatch has what is to change; what is absent stays.
type ContactPatch struct {
	Name      *string            `json:"name,omitempty" maxLength:"200"`
	Nickname  *string            `json:"nickname,omitempty" maxLength:"200"`
	Username  *string            `json:"username,omitempty" maxLength:"200"`
	Company   *string            `json:"company,omitempty" maxLength:"200"`
	Location  *string            `json:"location,omitempty" maxLength:"200"`
	AvatarURL *string            `json:"avatar_url,omitempty" maxLength:"1000" doc:"https"`
	Tags      []string           `json:"tags,omitempty" doc:"all of them; [] clears"`
	Fields    map[string]*string `json:"fields,omitempty" doc:"those that are named; null takes one away"`
}

func (p ContactPatch) change() ingest.ContactChange {
	return ingest.ContactChange{Name: p.Name, Nickname: p.Nickname, Username: p.Username, Company: p.Company, Location: p.Location,
		AvatarURL: p.AvatarURL, Tags: p.Tags, Fields: p.Fields}
}

// ContactPatchInput changes a contact.
type ContactPatchInput struct {
	ByID
	IfMatch string `header:"If-Match"`
	Body    ContactPatch
}

func (a *api) patchContact(ctx context.Context, in *ContactPatchInput) (*Tagged[ingest.Contact], error) {
	c := in.Body.change()
	c.Contact, c.Actor = in.ID, who(ctx).Name
	var err error
	if c.Version, err = numberIn(in.IfMatch); err != nil {
		return nil, err
	}
	if _, err := a.Store.ChangeContact(ctx, c); err != nil {
		return nil, a.quicker(ctx, err, "contact:"+in.ID.String(), "contact.changed")
	}
	return a.showContact(ctx, in.ID)
}

// ContactInput makes a contact.
type ContactInput struct {
	Body struct {
		ContactPatch
		Identities []string `json:"identities,omitempty" maxItems:"100" doc:"addresses, as email:ann@example.com, phone:+15550100123, external:crm-42"`
	}
}

func (a *api) makeContact(ctx context.Context, in *ContactInput) (*Answer[ingest.Contact], error) {
	n, err := a.newContact(in.Body.ContactPatch, in.Body.Identities)
	if err != nil {
		return nil, err
	}
	n.Actor = who(ctx).Name
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		id, err := a.Store.MakeContact(ctx, n)
		return ingest.Outcome{Status: http.StatusCreated, Contact: id}, err
	}, a.contactAnswer)
}

func (a *api) newContact(p ContactPatch, addresses []string) (n ingest.NewContact, err error) {
	if n.Contact, err = p.change().Apply(ingest.Contact{}); err != nil {
		return n, err
	}
	for _, address := range addresses {
		id, err := a.addressOf(address)
		if err != nil {
			return n, badField("identities", address+": "+err.Error())
		}
		n.Identities = append(n.Identities, id)
	}
	if n.Name == "" && len(n.Identities) == 0 {
		return n, badField("identities", "say an address, a name or both")
	}
	return n, nil
}

// addressOf reads kind:value, a number as it is spoken. The desk vouches for it.
func (a *api) addressOf(s string) (ingest.Identity, error) {
	kind, value, found := strings.Cut(s, ":")
	if !found {
		return ingest.Identity{}, badField("identity", "want its kind and a colon before it, as phone:+15550100123")
	}
	id, _, err := Whom{Kind: kind, Value: value}.parse(a.Region)
	id.How = ingest.Verified
	return id, err
}

// ResolveInput names somebody.
type ResolveInput struct {
	Body struct {
		Identity string `json:"identity" maxLength:"1000" doc:"an address, as phone:+15550100123"`
		Name     string `json:"name,omitempty" maxLength:"200" doc:"theirs, if they are made"`
	}
}

func (a *api) resolveContact(ctx context.Context, in *ResolveInput) (*Answer[ingest.Contact], error) {
	n, err := a.newContact(ContactPatch{Name: &in.Body.Name}, []string{in.Body.Identity})
	if err != nil {
		return nil, err
	}
	n.Actor = who(ctx).Name
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		id, fresh, err := a.resolve(ctx, n)
		return ingest.Outcome{Status: statusOf(fresh), Contact: id}, err
	}, a.contactAnswer)
}
