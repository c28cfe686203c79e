package behaviours

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"testing"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
)

// The list of contacts begins with this week's, and finds others by parts of
// their names, addresses and ids.
func TestS4_1ContactsOfThisWeekAndBySearch(t *testing.T) {
	d := open(t)
	c := d.mailer("franziska")
	c.name = "Franziska Fuchs"
	id := c.writes("Question").Contact
	found := func(query string) bool {
		return slices.ContainsFunc(housetest.All[contact](d.As("agent"), "/contacts?"+query), func(c contact) bool { return c.ID == id })
	}
	for _, query := range []string{"", "q=ranzisk", "q=FUCHS", "q=" + c.address, "q=" + id, "q=" + id[:18]} {
		if !found(query) {
			t.Errorf("not found by %q", query)
		}
	}
	before := url.QueryEscape(time.Now().AddDate(-1, 0, 0).Format(time.RFC3339))
	for _, query := range []string{"q=Frieda-nobody", "to=" + before} {
		if found(query) {
			t.Errorf("found by %q", query)
		}
	}
}

// A contact shows its id, name and addresses, and what a desk adds of its own,
// a company say.
func TestS4_2ContactShowsNameAndAddresses(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	c.name = "Max Muster"
	m := c.writes("Question")
	d.As("agent").Read(http.StatusOK, http.MethodPatch, "/contacts/"+m.Contact, terms{"company": "Muster GmbH"}, nil)
	known := get[contact](d.As("agent"), "/contacts/"+m.Contact)
	if known.Company != "Muster GmbH" || known.ID != m.Contact || known.Name != "Max Muster" || len(known.Identities) != 1 || known.Identities[0].Kind != "email" ||
		known.Identities[0].Value != c.address {
		t.Errorf("it shows %+v", known)
	}
}

// A contact's id is its own for ever and cannot be changed; once the contact was
// merged into another, it is answered by that one.
func TestS4_3ContactIDNeverChanges(t *testing.T) {
	d := open(t)
	c := d.texter(1)
	first := c.writes("Hello")
	a, err := d.As("admin").API(http.MethodPatch, "/contacts/"+first.Contact, terms{"id": "01890000-0000-7000-8000-000000000000"})
	housetest.Must(t, err)
	if a.Status/100 != 4 {
		t.Errorf("to change it is answered %d: %s", a.Status, a.Body)
	}
	if m := c.writes("Hello again"); m.Contact != first.Contact {
		t.Errorf("%s is %s now", first.Contact, m.Contact)
	}
	other := d.visitor("twin").writes("It is me")
	d.As("supervisor").Read(http.StatusCreated, http.MethodPost, "/contacts/"+first.Contact+"/merge", terms{"into": other.Contact}, nil)
	if known := get[contact](d.As("agent"), "/contacts/"+first.Contact); known.ID != other.Contact || len(known.Identities) != 2 {
		t.Errorf("after a merge %s answers as %+v", first.Contact, known)
	}
	if m := c.writes("And again"); m.Contact != other.Contact {
		t.Errorf("what comes after the merge is %s's", m.Contact)
	}
}

// The history of a contact has its conversations, and of those on the web the
// address and the browser.
func TestS4_5HistoryOfAContact(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	v.ip = "192.0.2.45"
	m := v.writes("Hello")
	list := housetest.All[housetest.Message](d.As("agent"), "/messages?contact_id="+m.Contact)
	if len(list) != 1 || list[0].ClientIP != v.ip || list[0].Technical == nil || list[0].Technical.Agent == "" {
		t.Errorf("messages: %+v", list)
	}
	if talks := d.talksOf(m.Contact); len(talks) != 1 || talks[0].ID != m.Conversation || talks[0].Channel != "site-chat" {
		t.Errorf("conversations: %+v", talks)
	}
}

// A long conversation is read part by part, with its beginning and end.
func TestS4_6ConversationsArePaged(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	var last housetest.Message
	for n := range 5 {
		last = v.writes(fmt.Sprintf("Line %d", n))
	}
	path := "/conversations/" + last.Conversation + "/messages?limit=2&cursor="
	var parts []int
	for cursor := ""; ; {
		part := get[struct {
			Items []housetest.Message
			Next  string
		}](d.As("agent"), path+cursor)
		if parts = append(parts, len(part.Items)); part.Next == "" {
			break
		}
		cursor = part.Next
	}
	if !slices.Equal(parts, []int{2, 2, 1}) {
		t.Errorf("read in parts of %v", parts)
	}
	if talk := d.talk(last.Conversation, "unassigned"); talk.Messages != 5 || talk.LastAt.Before(talk.OpenedAt) {
		t.Errorf("it says %+v", talk)
	}
}

// Administrators put somebody on the blacklist, see it and take them off again;
// others may not.
func TestS4_10AdministratorsKeepTheBlacklist(t *testing.T) {
	d := open(t)
	id := d.mailer("m").writes("Question").Contact
	for _, role := range []string{"agent", "supervisor"} {
		d.denied(role, http.StatusForbidden, http.MethodPost, "/contacts/"+id+"/blacklist", nil, "admin")
	}
	d.sets("admin", "/contacts/"+id+"/blacklist", nil)
	if !slices.Contains(d.blacklist(), "contact:"+id) {
		t.Error("it is not on the blacklist")
	}
	d.denied("supervisor", http.StatusForbidden, http.MethodDelete, "/contacts/"+id+"/blacklist", nil, "admin")
	d.lifts("admin", "/contacts/"+id+"/blacklist")
	if slices.Contains(d.blacklist(), "contact:"+id) {
		t.Error("taken off, it is still on the blacklist")
	}
}

// blacklist is whom the blacklist names.
func (d desk) blacklist() (targets []string) {
	d.T.Helper()
	for _, r := range housetest.All[housetest.Rule](d.As("admin"), "/rules?kind=blacklist&state=standing") {
		targets = append(targets, r.Target)
	}
	return targets
}

// blacklisted is a customer whom the blacklist has named since their first
// message, with the rule.
func (d desk) blacklisted(c *customer) housetest.Rule {
	d.T.Helper()
	return d.sets("admin", "/contacts/"+c.writes("Before").Contact+"/blacklist", terms{"reason": "competitor"})
}

// Who is on the blacklist may go on writing, on every channel, and notices
// nothing.
func TestS4_11BlacklistedMayWrite(t *testing.T) {
	d := open(t)
	for _, c := range []*customer{d.visitor("v"), d.mailer("m"), d.texter(1), d.buyer("b")} {
		d.blacklisted(c)
		if m := c.writes("Hello"); m.State != "held" {
			t.Errorf("%s: it is %s", c.channel, m.State)
		}
		if c.channel == "site-chat" && !c.widget().MaySend {
			t.Error("the widget says that they may not")
		}
	}
}

// Of what the blacklisted write no conversation comes, and it does not stand in
// the blocked list's default view either, only in its own.
func TestS4_12BlacklistedOpenNoConversation(t *testing.T) {
	d := open(t)
	c := d.buyer("b")
	id := contactOf(d.blacklisted(c))
	before := len(d.talksOf(id))
	m := c.writes("Hello")
	if n := len(d.talksOf(id)); n != before || m.Conversation != "" {
		t.Errorf("%d conversations, before there were %d", n, before)
	}
	if told := d.eventsOf(about(m.ID)); !slices.Equal(told, []string{"message.held"}) {
		t.Errorf("the events say %v", told)
	}
	if seen, own := d.ticketsOf(id, ""), d.ticketsOf(id, "&kind=blacklist"); len(seen) != 0 || len(own) != 1 || own[0].ID != m.Ticket {
		t.Errorf("in the default view %+v, in its own %+v", seen, own)
	}
}

// Until they are taken off the blacklist no agent gets a conversation with them;
// after it the next message opens one.
func TestS4_13TakenOffTheyConverseAgain(t *testing.T) {
	d := open(t)
	c := d.texter(1)
	rule := d.blacklisted(c)
	if s := get[contact](d.As("agent"), "/contacts/"+contactOf(rule)).Standing; s.MayConverse || !s.MaySend || !s.MayReceive || s.MayAuto {
		t.Errorf("its standing: %+v", s)
	}
	d.lifts("admin", "/rules/"+rule.ID)
	m := c.writes("Hello")
	if m.State != "conversed" {
		t.Fatalf("it is %s", m.State)
	}
	d.talk(m.Conversation, "unassigned")
}

// Somebody is put on the blacklist from their contact.
func TestS4_14BlacklistFromTheContact(t *testing.T) {
	d := open(t)
	c := d.visitor("v")
	rule := d.blacklisted(c)
	if rule.Kind != "blacklist" || len(rule.Scope) != 0 || rule.ExpiresAt != nil || rule.Closed != 0 {
		t.Errorf("the rule: %+v", rule)
	}
	if m := c.writes("Hello"); m.State != "held" || m.Rule == nil || m.Rule.ID != rule.ID {
		t.Errorf("it is %s by %+v", m.State, m.Rule)
	}
}

// The blacklist shows whom it names and why.
func TestS4_15BlacklistShowsReasons(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	rule := d.blacklisted(c)
	c.writes("Hello")
	list := housetest.All[housetest.Rule](d.As("admin"), "/rules?kind=blacklist&target="+rule.Target)
	if len(list) != 1 || list[0].Reason != "competitor" || list[0].CreatedBy != "admin" || list[0].Held != 1 {
		t.Errorf("listed: %+v", list)
	}
}

// One is taken off the blacklist in its list or from the contact, found by id:
// it comes to the same.
func TestS4_16TakenOffByRuleOrByContact(t *testing.T) {
	d := open(t)
	byRule, byContact := d.mailer("m"), d.mailer("n")
	d.lifts("admin", "/rules/"+d.blacklisted(byRule).ID)
	id := contactOf(d.blacklisted(byContact))
	if list := housetest.All[contact](d.As("admin"), "/contacts?q="+id); len(list) != 1 {
		t.Errorf("by its id %d contacts are found", len(list))
	}
	d.lifts("admin", "/contacts/"+id+"/blacklist")
	for _, c := range []*customer{byRule, byContact} {
		if m := c.writes("Hello"); m.State != "conversed" {
			t.Errorf("%s is %s", c.address, m.State)
		}
	}
}

// What the blacklisted wrote meanwhile is kept, shown where one looks for it,
// and can be let go; taking them off the list asks what becomes of it.
func TestS4_17WhatCameMeanwhileIsKept(t *testing.T) {
	d := open(t)
	c := d.buyer("b")
	rule := d.blacklisted(c)
	first, second := c.writes("First"), c.writes("Second")
	path := "/contacts/" + contactOf(rule) + "/blacklist"
	d.denied("admin", http.StatusConflict, http.MethodDelete, path, nil, "held-choice-required")
	d.lifts("admin", path+"?held=keep")
	for _, m := range []housetest.Message{first, second} {
		if m := d.decided(m.ID); m.State != "held" {
			t.Errorf("it is %s", m.State)
		}
	}
	tickets := d.ticketsOf(contactOf(rule), "&kind=blacklist")
	for _, ticket := range tickets {
		d.orders("/blocked/"+ticket.ID+"/release", nil)
	}
	for _, m := range []housetest.Message{first, second} {
		d.talk(d.is(m.ID, "conversed").Conversation, "unassigned")
	}
}
