package behaviours

import (
	"net/http"
	"slices"
	"testing"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
)

// blocked is a customer who wrote, was blocked, and wrote again, with the
// message that is held.
func (d desk) blocked(c *customer) housetest.Message {
	d.T.Helper()
	d.sets("agent", "/contacts/"+c.writes("Before").Contact+"/block", terms{"reason": "spam"})
	m := c.writes("Held")
	if m.State != "held" {
		d.T.Fatalf("it is %s", m.State)
	}
	return m
}

// Unblocking a ticket lets its messages go and nothing else: the contact stays
// blocked, and the next message is held again.
func TestS1_10ReleaseOfATicketLeavesTheContactBlocked(t *testing.T) {
	d := open(t)
	for _, c := range []*customer{d.visitor("v"), d.mailer("m"), d.texter(1), d.buyer("b")} {
		held := d.blocked(c)
		j := d.orders("/blocked/"+held.Ticket+"/release", nil)
		if m := d.is(held.ID, "conversed"); m.Conversation == "" || j.Released != 1 {
			t.Errorf("%s: %+v, the job says %+v", c.channel, m, j)
		}
		if left := d.ticketsOf(held.Contact, ""); len(left) != 0 {
			t.Errorf("%s: the blocked list still has %+v", c.channel, left)
		}
		if m := c.writes("After"); m.State != "held" || m.Contact != held.Contact {
			t.Errorf("%s: the next message is %s", c.channel, m.State)
		}
	}
}

// One message of a ticket can be let go; the others stay in it.
func TestS1_10OneMessageOfATicket(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	first, second := d.blocked(v), v.writes("Held too")
	d.orders("/messages/"+second.ID+"/release", nil)
	d.is(second.ID, "conversed")
	if tickets := d.ticketsOf(first.Contact, ""); len(tickets) != 1 || tickets[0].ID != first.Ticket || tickets[0].Messages != 1 {
		t.Errorf("the blocked list: %+v", tickets)
	}
	d.denied("supervisor", http.StatusConflict, http.MethodPost, "/messages/"+second.ID+"/release", nil, "not-held")
}

// A ticket can be unblocked together with allowing its address: the block
// stands, and yet the next message comes through.
func TestS1_10ReleaseAndAllow(t *testing.T) {
	d := open(t)
	c := d.buyer("b")
	held := d.blocked(c)
	d.orders("/blocked/"+held.Ticket+"/release", terms{"also": terms{"kind": "allow"}})
	d.is(held.ID, "conversed")
	if m := c.writes("After"); m.State != "conversed" {
		t.Errorf("the next message is %s by %+v", m.State, m.Rule)
	}
	if list := housetest.All[housetest.Rule](d.As("supervisor"), "/rules?kind=block&state=standing&target=contact:"+held.Contact); len(list) != 1 {
		t.Errorf("the block: %+v", list)
	}
}

// A ticket that is unblocked while the bot is on goes to the bot. What counts is
// the moment of its release.
func TestS1_11ReleasedTicketGoesToTheBot(t *testing.T) {
	d := openOwn(t, "settings: {block_contact_enabled: true, bot_enabled: false}", siteChat)
	v := d.visitor("v")
	held := d.blocked(v)
	d.As("admin").Read(http.StatusOK, http.MethodPatch, "/settings", terms{"bot_enabled": true}, nil)
	d.orders("/blocked/"+held.Ticket+"/release", nil)
	d.talk(d.is(held.ID, "conversed").Conversation, "bot")
}

// Without a bot a ticket that is unblocked goes to the unassigned, and with one
// too if whoever unblocks it says so.
func TestS1_12ReleasedTicketGoesToTheUnassigned(t *testing.T) {
	d := openOwn(t, "settings: {block_contact_enabled: true, bot_enabled: false}", siteChat)
	first, second := d.blocked(d.visitor("v")), d.blocked(d.visitor("w"))
	d.orders("/blocked/"+first.Ticket+"/release", nil)
	d.talk(d.is(first.ID, "conversed").Conversation, "unassigned")
	d.As("admin").Read(http.StatusOK, http.MethodPatch, "/settings", terms{"bot_enabled": true}, nil)
	d.orders("/blocked/"+second.Ticket+"/release", terms{"to": "unassigned"})
	d.talk(d.is(second.ID, "conversed").Conversation, "unassigned")
}

// To look at a ticket changes nothing of it, and a confirmed order that is sent
// twice takes effect once.
func TestS1_13OrdersTakeEffectOnce(t *testing.T) {
	d := open(t)
	held := d.blocked(d.visitor("v"))
	get[struct{}](d.As("supervisor"), "/blocked/"+held.Ticket)
	if m := d.decided(held.ID); m.State != "held" {
		t.Errorf("by looking it became %s", m.State)
	}
	var jobs [2]housetest.Job
	for i := range jobs {
		a, err := d.As("supervisor").API(http.MethodPost, "/blocked/"+held.Ticket+"/release", nil, "Idempotency-Key", t.Name())
		housetest.Must(t, err)
		jobs[i] = read[housetest.Job](t, a, http.StatusAccepted)
	}
	if jobs[0].ID != jobs[1].ID {
		t.Errorf("two jobs: %+v", jobs)
	}
	if j := d.Finished(jobs[0].ID); j.Released != 1 {
		t.Errorf("it ends as %+v", j)
	}
}

// From a ticket of the blocked list one comes to its contact, and lifts the
// block there.
func TestS1_14UnblockFromTheTicket(t *testing.T) {
	d := open(t)
	c := d.buyer("b")
	held := d.blocked(c)
	if tickets := d.ticketsOf(held.Contact, ""); len(tickets) != 1 || tickets[0].Contact != held.Contact {
		t.Fatalf("the blocked list: %+v", tickets)
	}
	d.lifts("supervisor", "/blocked/"+held.Ticket+"/block?held=keep")
	if m := c.writes("After"); m.State != "conversed" {
		t.Errorf("unblocked, it is %s", m.State)
	}
}

// Whoever unblocks a contact that has held messages is asked what becomes of
// them, told how many there are, and nothing happens before that.
func TestS1_15UnblockAsksForAChoice(t *testing.T) {
	d := open(t)
	c := d.texter(1)
	held := d.blocked(c)
	c.writes("Held too")
	a, err := d.As("supervisor").API(http.MethodPost, "/contacts/"+held.Contact+"/unblock", nil)
	housetest.Must(t, err)
	p := read[struct {
		Type                    string
		Held, Tickets, Unopened int
	}](t, a, http.StatusConflict)
	if p.Type != "held-choice-required" || p.Held != 2 || p.Tickets != 1 || p.Unopened != 1 {
		t.Errorf("the answer: %+v", p)
	}
	if m := c.writes("Still held"); m.State != "held" {
		t.Errorf("without a choice the next message is %s", m.State)
	}
	d.denied("agent", http.StatusForbidden, http.MethodPost, "/contacts/"+held.Contact+"/unblock", terms{"held": "unblock_all"}, "supervisor")
}

// Unblock All lets go what is held of this contact, on every channel, in its
// order and once; other contacts' tickets stay.
func TestS1_16UnblockAllReleasesThisContact(t *testing.T) {
	d := open(t)
	other := d.blocked(d.texter(2))
	phone, form := d.texter(1), d.buyer("b")
	form.address = phone.address
	held := d.blocked(phone)
	for _, says := range []string{"Second", "Third", "Fourth"} {
		phone.writes(says)
	}
	byForm := form.writes("By form")
	j := d.orders("/contacts/"+held.Contact+"/unblock", terms{"held": "unblock_all"})
	if j.Released != 5 || j.Total != 5 {
		t.Errorf("the job: %+v", j)
	}
	talk := d.talk(d.is(held.ID, "conversed").Conversation, "unassigned")
	var order []string
	for _, m := range housetest.All[housetest.Message](d.As("agent"), "/conversations/"+talk.ID+"/messages") {
		order = append(order, m.Name())
	}
	want := []string{d.place + " Held", d.place + " Second", d.place + " Third", d.place + " Fourth"}
	if !slices.Equal(order, want) {
		t.Errorf("the conversation has %q, want %q", order, want)
	}
	d.talk(d.is(byForm.ID, "conversed").Conversation, "unassigned")
	if m := d.decided(other.ID); m.State != "held" {
		t.Errorf("another contact's message is %s", m.State)
	}
	if m := phone.writes("After"); m.State != "conversed" || m.Conversation != talk.ID {
		t.Errorf("the next message is %s in %s", m.State, m.Conversation)
	}
	d.denied("supervisor", http.StatusConflict, http.MethodPost, "/contacts/"+held.Contact+"/unblock", terms{"held": "unblock_all"}, "nothing-to-lift")
}

// Delete All removes what is held from system and database: no text, no bytes,
// no sender. The provider's next try of the same message does not bring it
// back.
func TestS1_17DeleteAllIsForGood(t *testing.T) {
	d := open(t)
	for _, c := range []*customer{d.visitor("v"), d.mailer("m"), d.texter(1)} {
		held := d.blocked(c)
		j := d.orders("/contacts/"+held.Contact+"/unblock", terms{"held": "delete_all"})
		m := d.is(held.ID, "purged")
		if m.Subject+m.Text+m.From.Value != "" || j.Purged != 1 {
			t.Errorf("%s: deleted, it says %+v; the job %+v", c.channel, m, j)
		}
		d.denied("admin", http.StatusNotFound, http.MethodGet, "/messages/"+held.ID+"/raw", nil, "not-found")
		if left := d.ticketsOf(held.Contact, ""); len(left) != 0 {
			t.Errorf("%s: the blocked list still has %+v", c.channel, left)
		}
		if c.channel == "support-mail" {
			continue // its mail still lies there, and nobody takes it again
		}
		if a := c.sends(d.place + " Held"); a.Status/100 != 2 {
			t.Errorf("%s: the next try is answered %d: %s", c.channel, a.Status, a.Body)
		}
		c.writes("After")
		if m := d.decided(held.ID); m.State != "purged" || m.Text != "" {
			t.Errorf("%s: after the next try it is %s", c.channel, m.State)
		}
	}
}

// Deleting by a filter deletes what the list showed: what came after it was
// read stays, and without saying when it was read nothing is done.
func TestS1_17DeleteTakesWhatWasShown(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	shown := d.blocked(c)
	list := get[struct {
		AsOf string `json:"as_of"`
	}](d.As("supervisor"), "/blocked?contact_id="+shown.Contact)
	later := c.writes("Came later")
	filter := terms{"contact_id": shown.Contact}
	d.denied("supervisor", http.StatusUnprocessableEntity, http.MethodPost, "/blocked/delete", terms{"filter": filter}, "as_of")
	d.orders("/blocked/delete", terms{"filter": filter, "as_of": list.AsOf})
	d.is(shown.ID, "purged")
	if m := d.decided(later.ID); m.State != "held" {
		t.Errorf("what came later is %s", m.State)
	}
}

// A ticket can be deleted and its contact banned in one act.
func TestS1_17DeleteAndBan(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	held := d.blocked(v)
	d.orders("/blocked/"+held.Ticket+"/delete", terms{"also": terms{"kind": "ban", "reason": "spam"}})
	d.is(held.ID, "purged")
	bans := housetest.All[housetest.Rule](d.As("supervisor"), "/rules?kind=ban&state=standing&target=contact:"+held.Contact)
	if len(bans) != 1 {
		t.Fatalf("the bans on the contact: %+v", bans)
	}
	v.refusedBy(bans[0].ID, "After")
}

// Whoever is about to unblock is told how many of the contact's tickets nobody
// has opened yet; opening one counts it off.
func TestS1_18UnopenedTicketsAreCounted(t *testing.T) {
	d := open(t)
	c := d.mailer("m")
	held := d.blocked(c)
	c.writes("A thread of its own")
	unopened := func(want int) {
		t.Helper()
		a, err := d.As("supervisor").API(http.MethodPost, "/contacts/"+held.Contact+"/unblock", nil)
		housetest.Must(t, err)
		p := read[struct{ Tickets, Unopened int }](t, a, http.StatusConflict)
		list := get[struct{ Total, Unopened int }](d.As("supervisor"), "/blocked?contact_id="+held.Contact)
		shown := get[contact](d.As("supervisor"), "/contacts/"+held.Contact)
		if p.Tickets != 2 || p.Unopened != want || list.Unopened != want || shown.Unopened != want || shown.Held != 2 {
			t.Errorf("the question says %+v, the list %+v, the contact %d of %d; want %d unopened", p, list, shown.Unopened, shown.Held, want)
		}
	}
	unopened(2)
	began := time.Now().Add(-time.Minute)
	opened := get[struct{ Ticket housetest.Ticket }](d.As("supervisor"), "/blocked/"+held.Ticket)
	if opened.Ticket.OpenedAt == nil || opened.Ticket.OpenedAt.Before(began) {
		t.Errorf("opened at %v", opened.Ticket.OpenedAt)
	}
	unopened(1)
}
