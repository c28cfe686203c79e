package console

import (
	"net/url"
	"strings"

	"gatehouse/ingest"
)

// aim is who was met where a rule is to be set, and what of them may be meant.
type aim struct {
	Name  string
	Chat  bool // they were met in a chat
	Whoms []way
}

// ruledFrom are the places that a rule may be set from.
var ruledFrom = []string{"contacts", "conversations", "messages", "blocked"}

// aimAt finds who was met at one of those: contacts/ID for one. Of the sender of a ticket no more is asked: opening it would
// mark it as seen.
func (v *visit) aimAt(on string) (aim, error) {
	place, id, _ := strings.Cut(on, "/")
	a := aim{Name: "this person"}
	contact := ""
	switch place {
	case "contacts":
		contact = id
	case "conversations":
		var c ingest.Conversation
		if err := v.get("/conversations/"+url.PathEscape(id), nil, &c); err != nil {
			return a, err
		}
		contact, a.Chat = c.ContactID.String(), c.Kind == "chat"
	case "messages":
		var m ingest.Record
		if err := v.get("/messages/"+url.PathEscape(id), nil, &m); err != nil {
			return a, err
		}
		a.Name, a.Chat = m.From.Value, m.Kind == "chat"
		if !m.Contact.IsZero() {
			contact = m.Contact.String()
		}
	}
	if contact == "" {
		a.Whoms = []way{{"", "the sender"}}
		return a, nil
	}
	var c ingest.Contact
	err := v.get("/contacts/"+url.PathEscape(contact), nil, &c)
	a.Name, a.Whoms = called(c), whomOf(c, v.Me.Role)
	return a, err
}

// whomOf are what of a person a rule may be on, for a reader of a role.
func whomOf(c ingest.Contact, role ingest.Role) []way {
	list := []way{{"", "this person, by all their addresses, also later ones"}}
	domain := ""
	for _, i := range c.Identities {
		if !i.Joins() {
			continue
		}
		if role.AtLeast(ingest.RoleSupervisor) {
			list = append(list, way{i.Key(), "only " + i.Value})
		}
		if d := i.Domain(); d != "" && domain == "" {
			domain = d
		}
	}
	if c.Technical != nil && c.Technical.ClientIP.IsValid() && role.AtLeast(ingest.RoleSupervisor) {
		list = append(list, way{"ip:" + c.Technical.ClientIP.String(), "whoever writes from the network address " + c.Technical.ClientIP.String()})
	}
	if domain != "" && role.AtLeast(ingest.RoleAdmin) {
		list = append(list, way{"domain:" + domain, "everybody at " + domain})
	}
	return list
}

// Wide reports whether the rule is on people who are not known by name.
func (v ruleView) Wide() bool {
	target := v.Target
	if v.On != "" {
		target = v.Whom
	}
	switch kind, _, _ := strings.Cut(target, ":"); kind {
	case "domain", "phone_prefix", "ip", "cidr", "range", ingest.Everyone:
		return true
	}
	return false
}
