package behaviours

import (
	"net/http"
	"net/url"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// Somebody who is banned is shut out: the door says so, and nothing that they
// write is kept.
func TestS0_1BanShutsOut(t *testing.T) {
	d := open(t)
	v := d.visitor("spammer")
	m := v.writes("Buy my watches")
	rule := d.sets("supervisor", "/contacts/"+m.Contact+"/ban", terms{"reason": "spam"})
	v.refusedBy(rule.ID, "Buy them now")
	if list := housetest.All[housetest.Message](d.As("admin"), "/messages?contact_id="+m.Contact); len(list) != 1 {
		t.Errorf("%d messages are kept, want the one of before", len(list))
	}
}

// A ban holds on every channel: chat, form, text and mail. Providers and mail
// servers are told nothing, and no contact and no conversation comes of it.
func TestS0_2BannedCannotSendOnAnyChannel(t *testing.T) {
	d := open(t)
	for _, c := range []*customer{d.visitor("v"), d.buyer("b"), d.texter(1), d.mailer("m")} {
		rule := d.sets("supervisor", "/rules", terms{"kind": "ban", "target": c.target(), "reason": "abuse"})
		c.refusedBy(rule.ID, "Let me in")
		if known := housetest.All[contact](d.As("agent"), "/contacts?q="+url.QueryEscape(c.address)); len(known) != 0 {
			t.Errorf("%s: a contact was made of %s: %+v", c.channel, c.address, known)
		}
	}
}

// Somebody who is banned may not be written to either, by people or machines:
// whoever sends asks for the standing first.
func TestS0_3BannedMayNotReceive(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	ask := "/standing?kind=email&value=" + c.address
	if s := get[standing](d.As("agent"), ask); !s.MayReceive || !s.MayAuto {
		t.Errorf("before the ban: %+v", s)
	}
	rule := d.sets("supervisor", "/rules", terms{"kind": "ban", "target": c.target()})
	s := get[standing](d.As("agent"), ask)
	if s.MayReceive || s.MayAuto || s.MaySend || s.Effect != "refuse" || s.Rule == nil || s.Rule.ID != rule.ID {
		t.Errorf("under the ban: %+v", s)
	}
}

// A ban is lifted, and then kept on record: the next message opens a
// conversation.
func TestS0_4UnbanLetsTheNextMessageThrough(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	rule := d.sets("supervisor", "/rules", terms{"kind": "ban", "target": v.target(), "reason": "abuse"})
	v.refusedBy(rule.ID, "Let me in")
	d.lifts("supervisor", "/rules/"+rule.ID)
	if m := v.writes("Thank you"); m.State != "conversed" {
		t.Errorf("after the ban was lifted it is %s", m.State)
	}
	was := get[housetest.Rule](d.As("supervisor"), "/rules/"+rule.ID)
	if was.LiftedAt == nil || was.LiftedBy != "supervisor" || was.Reason != "abuse" {
		t.Errorf("the lifted ban is not on record: %+v", was)
	}
}

// A ban can be set from a conversation with the person. From a chat it is for
// chats, for a day.
func TestS0_5BanFromAConversation(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	m := v.writes("You fools")
	rule := d.sets("supervisor", "/conversations/"+m.Conversation+"/ban", terms{"reason": "abuse"})
	if rule.Target != "contact:"+m.Contact || rule.ExpiresAt == nil || len(rule.Scope) != 1 || rule.Scope[0] != "kind:chat" {
		t.Errorf("the ban: %+v", rule)
	}
	v.refusedBy(rule.ID, "You all")
}

// Before a ban is confirmed one can see whom it would hit, and to look changes
// nothing.
func TestS0_6BanIsTriedBeforeItIsSet(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	m := c.writes("Question")
	c.writes("Another question")
	var would reach
	d.As("supervisor").Read(http.StatusOK, http.MethodPost, "/conversations/"+m.Conversation+"/ban", terms{"dry_run": true}, &would)
	if would.Messages != 2 || would.Contacts != 1 || would.Open != 2 || len(would.Examples) != 2 || would.Examples[0].Contact != m.Contact {
		t.Errorf("it would hit %+v", would)
	}
	if s := get[contact](d.As("agent"), "/contacts/"+m.Contact).Standing; s.Effect != "none" {
		t.Errorf("after a look: %+v", s)
	}
	if m := c.writes("A third"); m.State != "conversed" {
		t.Errorf("after a look the next message is %s", m.State)
	}
}

// A ban deletes nothing: conversations of before stay readable while it stands,
// and the ban is lifted from one of them.
func TestS0_7BanLeavesOldConversations(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	m := c.writes("Question")
	rule := d.sets("supervisor", "/conversations/"+m.Conversation+"/ban", terms{"reason": "abuse"})
	c.refusedBy(rule.ID, "Another")
	if talk := d.talk(m.Conversation, "closed"); talk.ClosedBy != "rule "+rule.ID {
		t.Errorf("it is closed by %q", talk.ClosedBy)
	}
	list := housetest.All[housetest.Message](d.As("agent"), "/conversations/"+m.Conversation+"/messages")
	if len(list) != 1 || list[0].Name() != m.Name() {
		t.Errorf("the old conversation has %+v", list)
	}
	d.lifts("supervisor", "/conversations/"+m.Conversation+"/ban")
	if again := c.writes("A third"); again.State != "conversed" || again.Contact != m.Contact {
		t.Errorf("after the ban: %s, contact %s, was %s", again.State, again.Contact, m.Contact)
	}
}

// Contact and conversation say whether a ban stands: which, since when, by whom
// and why.
func TestS0_8StandingIsShown(t *testing.T) {
	d := open(t)
	m := d.mailer("m").writes("Question")
	path := "/conversations/" + m.Conversation
	if s := d.talk(m.Conversation, "unassigned").Standing; s == nil || s.Effect != "none" || s.Rule != nil {
		t.Errorf("before: %+v", s)
	}
	rule := d.sets("supervisor", path+"/ban", terms{"reason": "abuse", "comment": "third time"})
	c := get[contact](d.As("agent"), "/contacts/"+m.Contact)
	for _, s := range []*standing{&c.Standing, d.talk(m.Conversation, "closed").Standing} {
		if s == nil || s.Effect != "refuse" || s.Rule == nil || s.Rule.ID != rule.ID || s.Rule.CreatedBy != "supervisor" ||
			s.Rule.Reason != "abuse" || s.Rule.CreatedAt.IsZero() {
			t.Errorf("it shows %+v", s)
		}
	}
	d.lifts("supervisor", path+"/ban")
	if c := get[contact](d.As("agent"), "/contacts/"+m.Contact); c.Standing.Effect != "none" {
		t.Errorf("afterwards: %+v", c.Standing)
	}
}

// A ban is set and lifted from the contact's own page too; there it is for all
// channels and has no end.
func TestS0_9BanFromTheContact(t *testing.T) {
	d := open(t)
	c := d.buyer("b")
	m := c.writes("Order one")
	rule := d.sets("supervisor", "/contacts/"+m.Contact+"/ban", nil)
	if len(rule.Scope) != 0 || rule.ExpiresAt != nil {
		t.Errorf("the ban: %+v", rule)
	}
	c.refusedBy(rule.ID, "Order two")
	d.lifts("supervisor", "/contacts/"+m.Contact+"/ban")
	if m := c.writes("Order three"); m.State != "conversed" {
		t.Errorf("after the ban was lifted it is %s", m.State)
	}
	d.denied("supervisor", http.StatusConflict, http.MethodDelete, "/contacts/"+m.Contact+"/ban", nil, "nothing-to-lift")
}

// One ban covers a person's channels and addresses: the number they text from,
// the account that was learned with it, a form that names them, and another
// number with the same account.
func TestS0_10OneBanCoversAllIdentities(t *testing.T) {
	d := open(t)
	phone, other := d.texter(1), d.texter(2)
	first := phone.writes("Hello by text")
	chatting := d.texter(1)
	chatting.address = "whatsapp:" + phone.address
	chatting.form = map[string]string{"WaId": phone.address[1:]}
	if m := chatting.writes("Hello by WhatsApp"); m.Contact != first.Contact {
		t.Fatalf("the same number is two contacts: %s, %s", m.Contact, first.Contact)
	}
	rule := d.sets("supervisor", "/contacts/"+first.Contact+"/ban", nil)
	phone.refusedBy(rule.ID, "By text")
	chatting.refusedBy(rule.ID, "By WhatsApp")
	form := d.buyer("b")
	form.address = phone.address
	form.refusedBy(rule.ID, "By form")
	hits := func() int { return d.hits("sms", rule.ID) }
	before := hits()
	other.form = chatting.form
	other.sends("By the same account from another number")
	housetest.Eventually(t, "the other number is refused too", func() bool { return hits() > before })
}
