package console

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/ingest"
)

var searchPages = []page{
	{pattern: "GET /search", show: (*visit).search},
}

// searchView is whom a search means, and how an address stands that none of them
// has.
type searchView struct {
	Q        string
	Contacts ingest.List[ingest.Contact]
	Target   string // the address as a rule would name it, if it is nobody's here
	Standing *ingest.Standing
	Rules    []ingest.Rule  // that stand on just this, for who may read them
	Message  *ingest.Record // of an id, if it is in no ticket and no conversation
}

func (v *visit) search() error {
	view := searchView{Q: strings.TrimSpace(v.r.FormValue("q"))}
	if view.Q == "" {
		return v.render(http.StatusOK, "search", view)
	}
	if _, err := ingest.ParseID(view.Q); err == nil {
		if at := v.placeOf(view.Q, &view); at != "" {
			v.to(at)
			return nil
		}
	}
	if view.Message != nil {
		return v.render(http.StatusOK, "search", view)
	}
	if err := v.get("/contacts", url.Values{"q": {view.Q}, "limit": {"20"}}, &view.Contacts); err != nil {
		return err
	}
	for i := range view.Contacts.Items {
		if err := v.refresh(&view.Contacts.Items[i].Standing); err != nil {
			return err
		}
	}
	if err := v.lookUp(&view); err != nil {
		return err
	}
	return v.render(http.StatusOK, "search", view)
}

// placeOf is the page of what an id names: a ticket, a message, a conversation or
// a contact, as far as the reader may see it. A message that has no page is kept
// in the view.
func (v *visit) placeOf(id string, view *searchView) string {
	var m ingest.Record
	if v.get("/messages/"+id, nil, &m) == nil {
		switch {
		case m.State == ingest.Held && !m.Ticket.IsZero():
			return "/blocked/" + m.Ticket.String()
		case !m.Conversation.IsZero():
			return "/conversations/" + m.Conversation.String()
		}
		view.Message = &m
		return ""
	}
	for _, place := range []string{"/blocked/", "/conversations/", "/contacts/"} {
		if v.get(place+id, nil, nil) == nil {
			return place + id
		}
	}
	return ""
}

// refresh reads the rule that somebody stands under, with its counts: a standing
// is told from memory, which has none. Agents do not see them.
func (v *visit) refresh(s *ingest.Standing) error {
	if s.Rule == nil || !v.Me.Role.AtLeast(ingest.RoleSupervisor) {
		return nil
	}
	return v.get("/rules/"+number(s.Rule.ID), nil, s.Rule)
}

// lookUp says how an address, a number, a domain or a network stands that nobody
// who was found is known by.
func (v *visit) lookUp(view *searchView) error {
	target := targetMeant(view.Q)
	kind, value, ok := strings.Cut(target, ":")
	if !ok || slices.ContainsFunc(view.Contacts.Items, func(c ingest.Contact) bool { return known(c, kind, value) }) {
		return nil
	}
	if view.Standing = v.standingOf(kind, value); view.Standing != nil {
		view.Target = target
		return v.refresh(view.Standing)
	}
	if !v.Me.Role.AtLeast(ingest.RoleSupervisor) {
		return nil
	}
	var list ingest.List[ingest.Rule]
	if v.get("/rules", url.Values{"target": {target}, "state": {"standing"}}, &list) == nil { // else it is no target
		view.Target, view.Rules = target, list.Items
	}
	return nil
}

// known reports whether a contact has an address. Of a number as it is spoken it
// is enough that the contact's ends so.
func known(c ingest.Contact, kind, value string) bool {
	return slices.ContainsFunc(c.Identities, func(i ingest.ContactIdentity) bool {
		if i.Kind != kind || kind != "phone" {
			said, err := ingest.ParseIdentity(kind, value, ingest.Header)
			return err == nil && i.Key() == said.Key()
		}
		spoken := strings.TrimLeft(digitsIn(value), "0")
		return spoken != "" && strings.HasSuffix(i.Value, spoken)
	})
}

func digitsIn(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// standingOf asks how an address or a network address stands; nil if it is none.
func (v *visit) standingOf(kind, value string) *ingest.Standing {
	q := url.Values{"kind": {kind}, "value": {value}}
	switch kind {
	case "ip":
		q = url.Values{"ip": {value}}
	case "domain", "cidr", "range", "phone_prefix":
		return nil
	}
	var s ingest.Standing
	if v.get("/standing", q, &s) != nil {
		return nil
	}
	return &s
}
