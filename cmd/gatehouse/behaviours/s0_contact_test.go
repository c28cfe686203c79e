package behaviours

import (
	"net/http"
	"slices"
	"testing"
)

// A chat message keeps the page that it was written on.
func TestS0_12ChatKeepsThePage(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	v.more = terms{"page": terms{"url": "https://www.example.com/cart", "title": "Cart", "referrer": "https://www.example.org/"}}
	if m := v.writes("Help"); m.Technical == nil || m.Technical.Page.URL != "https://www.example.com/cart" || m.Technical.Page.Title != "Cart" {
		t.Errorf("it says %+v", m.Technical)
	}
}

// A person's conversations are listed with status, subject and times, newest
// first.
func TestS0_13RecentConversations(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	first := c.writes("First question")
	d.As("agent").Read(http.StatusOK, http.MethodPatch, "/conversations/"+first.Conversation, terms{"status": "closed"}, nil)
	second := c.writes("Second question")
	list := d.talksOf(first.Contact)
	if len(list) != 2 || list[0].ID != second.Conversation || list[1].ID != first.Conversation {
		t.Fatalf("listed: %+v", list)
	}
	if list[0].Status != "unassigned" || list[1].Status != "closed" || list[0].Subject != second.Subject || list[0].LastAt.IsZero() {
		t.Errorf("listed: %+v", list)
	}
}

// A chat says what the visitor's browser and connection told; of a mail nothing
// of the kind is known, least of all an IP from its headers.
func TestS0_14TechnicalDataOfChatsOnly(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	v.ip = "192.0.2.14"
	v.more = terms{"time_zone": "Europe/Berlin", "device": terms{"os": "Linux", "browser": "Firefox"}}
	m := v.writes("Help")
	if m.ClientIP != "192.0.2.14" || m.Technical == nil || m.Technical.Zone != "Europe/Berlin" ||
		m.Technical.Device.OS != "Linux" || m.Technical.Device.Browser != "Firefox" {
		t.Errorf("of the chat: %q, %+v", m.ClientIP, m.Technical)
	}
	if m := d.mailer("m").writes("Help"); m.ClientIP != "" || m.Technical != nil {
		t.Errorf("of the mail: %q, %+v", m.ClientIP, m.Technical)
	}
}

// The number of whoever texts is on their contact by itself, in E.164.
func TestS0_15NumberIsSavedByItself(t *testing.T) {
	d := open(t)
	c := d.texter(1)
	m := c.writes("Hello")
	known := get[contact](d.As("agent"), "/contacts/"+m.Contact)
	if !slices.ContainsFunc(known.Identities, func(i identity) bool {
		return i.Kind == "phone" && i.Value == c.address
	}) {
		t.Errorf("the contact has %+v", known.Identities)
	}
}
