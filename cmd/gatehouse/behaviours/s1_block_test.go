package behaviours

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

const off = "settings: {block_contact_enabled: false}"

// Blocking contacts has to be switched on by an administrator: until then
// everybody is told so, administrators too.
func TestS1_1BlockingContactsIsAFeature(t *testing.T) {
	d := openOwn(t, off, siteChat, form)
	m := d.buyer("b").writes("Order")
	for _, role := range []string{"agent", "supervisor", "admin"} {
		d.denied(role, http.StatusConflict, http.MethodPost, "/contacts/"+m.Contact+"/block", nil, "feature-off")
	}
	d.denied("supervisor", http.StatusForbidden, http.MethodPatch, "/settings", terms{"block_contact_enabled": true}, "role")
	d.As("admin").Read(http.StatusOK, http.MethodPatch, "/settings", terms{"block_contact_enabled": true}, nil)
	d.sets("agent", "/contacts/"+m.Contact+"/block", nil)
}

// The switch is off unless it is set. Switched off again, blocks that stand stay
// in force.
func TestS1_2SwitchedOffByDefault(t *testing.T) {
	d := openOwn(t, "", form)
	c := d.buyer("b")
	m := c.writes("Order one")
	block := "/contacts/" + m.Contact + "/block"
	d.denied("agent", http.StatusConflict, http.MethodPost, block, nil, "block_contact_enabled")
	turn := func(on bool) {
		d.As("admin").Read(http.StatusOK, http.MethodPatch, "/settings", terms{"block_contact_enabled": on}, nil)
	}
	turn(true)
	rule := d.sets("agent", block, nil)
	turn(false)
	if m := c.writes("Order two"); m.State != "held" || m.Rule == nil || m.Rule.ID != rule.ID {
		t.Errorf("it is %s by %+v", m.State, m.Rule)
	}
}

// A block says why: spam.
func TestS1_3BlockForSpam(t *testing.T) {
	d := open(t)
	c := d.buyer("b")
	rule := d.sets("agent", "/contacts/"+c.writes("Cheap pills").Contact+"/block", terms{"reason": "spam"})
	if m := c.writes("Cheaper pills"); m.Rule == nil || m.Rule.ID != rule.ID || m.Rule.Reason != "spam" {
		t.Errorf("held by %+v", m.Rule)
	}
	only := d.ticketsOf(contactOf(rule), "&reason=spam")
	if none := d.ticketsOf(contactOf(rule), "&reason=abuse"); len(only) != 1 || len(none) != 0 {
		t.Errorf("of reason spam %+v, of reason abuse %+v", only, none)
	}
}

// A blocked contact is in the list of the blocked, no longer in that of the
// active; unblocked it is back.
func TestS1_4BlockedContactsHaveTheirList(t *testing.T) {
	d := open(t)
	c := d.buyer("b")
	id := c.writes("Order").Contact
	listed := func(standing string) bool {
		list := housetest.All[contact](d.As("agent"), "/contacts?standing="+standing+"&q="+c.address)
		return len(list) == 1 && list[0].ID == id
	}
	if !listed("active") || listed("blocked") {
		t.Error("before the block it is not among the active alone")
	}
	d.sets("agent", "/contacts/"+id+"/block", nil)
	if listed("active") || !listed("blocked") {
		t.Error("blocked, it is not among the blocked alone")
	}
	d.lifts("supervisor", "/contacts/"+id+"/block")
	if !listed("active") || listed("blocked") {
		t.Error("unblocked, it is not among the active alone")
	}
}

// What a blocked contact writes is in the blocked list: no conversation, and no
// word of one to those who follow the events.
func TestS1_5BlockedMessagesAreInTheBlockedList(t *testing.T) {
	d := open(t)
	c := d.texter(1)
	id := c.writes("Hello").Contact
	d.sets("agent", "/contacts/"+id+"/block", nil)
	m := c.writes("Hello again")
	tickets := d.ticketsOf(id, "")
	if m.State != "held" || m.Conversation != "" || len(tickets) != 1 || tickets[0].ID != m.Ticket || tickets[0].Messages != 1 {
		t.Errorf("it is %s in %q; the blocked list: %+v", m.State, m.Conversation, tickets)
	}
	if n := len(d.talksOf(id)); n != 1 {
		t.Errorf("%d conversations, want the one of before", n)
	}
	if told := d.eventsOf(about(m.ID)); len(told) != 1 || told[0] != "message.held" {
		t.Errorf("the events say %v", told)
	}
}

// Until somebody is blocked their messages take the normal way, and the block
// leaves what came before where it is.
func TestS1_6BeforeTheBlockAllIsNormal(t *testing.T) {
	d := open(t)
	c := d.buyer("b")
	before := c.writes("Order")
	if before.State != "conversed" {
		t.Fatalf("it is %s", before.State)
	}
	d.sets("agent", "/contacts/"+before.Contact+"/block", nil)
	c.writes("Order again")
	if m := d.decided(before.ID); m.State != "conversed" || m.Conversation != before.Conversation {
		t.Errorf("afterwards the message of before is %s in %s", m.State, m.Conversation)
	}
	if tickets := d.ticketsOf(before.Contact, ""); len(tickets) != 1 || tickets[0].Messages != 1 {
		t.Errorf("the blocked list: %+v", tickets)
	}
}

// Supervisors see the blocked list; agents neither see it nor what is in it.
func TestS1_7BlockedListIsForSupervisors(t *testing.T) {
	d := open(t)
	c := d.visitor("v")
	d.sets("agent", "/conversations/"+c.writes("Hello").Conversation+"/block", terms{"reason": "spam"})
	m := c.writes("Hello again")
	for _, path := range []string{"/blocked", "/blocked/" + m.Ticket} {
		d.denied("agent", http.StatusForbidden, http.MethodGet, path, nil, "supervisor")
	}
	d.denied("agent", http.StatusForbidden, http.MethodPost, "/blocked/"+m.Ticket+"/release", nil, "supervisor")
	d.denied("agent", http.StatusNotFound, http.MethodGet, "/messages/"+m.ID, nil, "not-found")
	opened := get[struct{ Items []housetest.Message }](d.As("supervisor"), "/blocked/"+m.Ticket)
	if len(opened.Items) != 1 || opened.Items[0].ID != m.ID {
		t.Errorf("the supervisor sees %+v", opened.Items)
	}
}

// An agent blocks from the customer's page, without giving a reason.
func TestS1_8AgentsBlockFromTheContact(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	rule := d.sets("agent", "/contacts/"+c.writes("Question").Contact+"/block", nil)
	if rule.Kind != "block" || rule.CreatedBy != "agent" || rule.ExpiresAt != nil || len(rule.Scope) != 0 {
		t.Errorf("the block: %+v", rule)
	}
	if m := c.writes("Another question"); m.State != "held" {
		t.Errorf("it is %s", m.State)
	}
}

// A block answers with itself and what it closed, and the events tell of it and
// of its end; asked for again it says that it stands.
func TestS1_9BlockingAnswersWithSuccess(t *testing.T) {
	d := open(t)
	id := d.buyer("b").writes("Order").Contact
	rule := d.sets("agent", "/contacts/"+id+"/block", terms{"reason": "spam"})
	if rule.ID == "" || rule.Closed != 1 {
		t.Errorf("the answer: %+v", rule)
	}
	var again housetest.Rule
	d.As("agent").Read(http.StatusOK, http.MethodPost, "/contacts/"+id+"/block", terms{"reason": "spam"}, &again)
	if again.ID != rule.ID {
		t.Errorf("a second block: %+v", again)
	}
	d.lifts("supervisor", "/rules/"+rule.ID)
	ofRules := func(e event) bool { return e.Contact == id && strings.HasPrefix(e.Type, "rule.") }
	housetest.Eventually(t, "block and lift are told", func() bool {
		return slices.Equal(d.eventsOf(ofRules), []string{"rule.set", "rule.lifted"})
	})
}
