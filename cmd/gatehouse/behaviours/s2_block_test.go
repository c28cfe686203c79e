package behaviours

import (
	"fmt"
	"net/http"
	"testing"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
)

// An agent blocks an abusive visitor from the chat, and the chat is closed.
func TestS2_12AgentsBlockFromTheChat(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	m := v.writes("You fools")
	rule := d.sets("agent", "/conversations/"+m.Conversation+"/block", terms{"reason": "abuse"})
	if talk := d.talk(m.Conversation, "closed"); talk.ClosedBy != "rule "+rule.ID || rule.Closed != 1 {
		t.Errorf("the chat: %+v, the block: %+v", talk, rule)
	}
	if m := v.writes("You all"); m.State != "held" {
		t.Errorf("it is %s", m.State)
	}
}

// A block from a chat needs a reason; an empty one is none.
func TestS2_13BlockFromAChatNeedsAReason(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	m := v.writes("You fools")
	for _, place := range []string{"/conversations/" + m.Conversation, "/messages/" + m.ID} {
		for _, body := range []terms{nil, {}, {"reason": ""}, {"reason": " \t"}} {
			d.denied("agent", http.StatusUnprocessableEntity, http.MethodPost, place+"/block", orNothing(body), `"field":"reason"`)
		}
	}
	if m := v.writes("You all"); m.State != "conversed" {
		t.Errorf("without a block it is %s", m.State)
	}
}

// orNothing is a body, or none at all.
func orNothing(body terms) any {
	if body == nil {
		return nil
	}
	return body
}

// A block from a chat lasts for a day, or as long as one says, and ends by the
// clock.
func TestS2_14BlockFromAChatEnds(t *testing.T) {
	d := open(t)
	v, w := d.visitor("v"), d.visitor("w")
	path := "/conversations/" + v.writes("You fools").Conversation + "/block"
	rule := d.sets("agent", path, terms{"reason": "abuse"})
	if rule.ExpiresAt == nil || rule.ExpiresAt.Sub(rule.CreatedAt).Round(time.Minute) != 24*time.Hour {
		t.Errorf("set at %v it ends at %v", rule.CreatedAt, rule.ExpiresAt)
	}
	path = "/conversations/" + w.writes("You fools").Conversation + "/block"
	rule = d.sets("agent", path, terms{"reason": "abuse", "expires_in": "5s"})
	states := map[string]int{}
	for n := 0; states["conversed"] == 0; n++ {
		m := w.writes(fmt.Sprintf("Try %d", n))
		states[m.State]++
		if m.State == "conversed" && m.SettledAt.Before(*rule.ExpiresAt) {
			t.Errorf("let through at %v, before its end at %v", m.SettledAt, rule.ExpiresAt)
		}
	}
	if states["held"] == 0 {
		t.Error("it held nothing")
	}
	if tickets := d.ticketsOf(contactOf(rule), "&expired=true"); len(tickets) != 1 || tickets[0].Messages != states["held"] {
		t.Errorf("what it held is not marked as expired: %+v", tickets)
	}
}

// A block may say that what it held goes free when it ends.
func TestS2_14EndedBlockLetsGo(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	path := "/conversations/" + v.writes("You fools").Conversation + "/block"
	rule := d.sets("agent", path, terms{"reason": "abuse", "expires_in": "5s", "on_expiry": "release"})
	m := v.writes("You all")
	if m.Rule == nil || m.Rule.ID != rule.ID {
		t.Fatalf("it is %s by %+v", m.State, m.Rule)
	}
	d.talk(d.is(m.ID, "conversed").Conversation, "unassigned")
	if r := get[housetest.Rule](d.As("supervisor"), "/rules/"+rule.ID); r.LiftedBy != "expiry" {
		t.Errorf("it was lifted by %q", r.LiftedBy)
	}
}

// With the visitor, the address that they write from can be blocked in the same
// act, for the same time.
func TestS2_15BlockTheIPToo(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	v.ip = "192.0.2.215"
	rule := d.sets("agent", "/conversations/"+v.writes("You fools").Conversation+"/block", terms{"reason": "abuse", "also_ip": true})
	if len(rule.Also) != 1 || rule.Also[0].Target != "ip:"+v.ip || rule.Also[0].Kind != "block" ||
		rule.Also[0].ExpiresAt == nil || !rule.Also[0].ExpiresAt.Equal(*rule.ExpiresAt) {
		t.Fatalf("set with it: %+v, it ends at %v", rule.Also, rule.ExpiresAt)
	}
	d.lifts("supervisor", "/contacts/"+contactOf(rule)+"/block")
	if r := get[housetest.Rule](d.As("supervisor"), "/rules/"+rule.Also[0].ID); r.LiftedAt == nil {
		t.Error("unblocking the visitor leaves the address blocked")
	}
}

// A block of the address stops whoever chats from the one the visitor last
// wrote from, no other; mail is not touched. Where none is known, it is refused.
func TestS2_16BlockedIPStopsAllChats(t *testing.T) {
	d := open(t)
	v, same, elsewhere := d.visitor("v"), d.visitor("same"), d.visitor("elsewhere")
	v.ip, elsewhere.ip = "192.0.2.216", "192.0.2.216"
	v.writes("From home")
	v.ip, same.ip = "198.51.100.216", "198.51.100.216"
	m := v.writes("From work")
	d.sets("agent", "/conversations/"+m.Conversation+"/block", terms{"reason": "abuse", "also_ip": true})
	same.channel = "shop-chat"
	mailer := d.mailer("m")
	for _, c := range []struct {
		who  *customer
		want string
	}{{same, "held"}, {elsewhere, "conversed"}, {mailer, "conversed"}} {
		if m := c.who.writes("Hello"); m.State != c.want {
			t.Errorf("%s from %s is %s, want %s", c.who.channel, c.who.ip, m.State, c.want)
		}
	}
	mail := mailer.writes("And another")
	d.denied("agent", http.StatusUnprocessableEntity, http.MethodPost, "/contacts/"+mail.Contact+"/block", terms{"also_ip": true}, `"field":"also_ip"`)
}

// Who blocks an address is told how many others are known to write from it,
// before and after; of an IPv6 address the network is suggested.
func TestS2_17WarnsOfSharedAddresses(t *testing.T) {
	d := open(t)
	one, two, three := d.visitor("one"), d.visitor("two"), d.visitor("three")
	var m housetest.Message
	for _, v := range []*customer{three, two, one} {
		v.ip = "2001:db8:217::1"
		m = v.writes("Hello")
	}
	block := "/conversations/" + m.Conversation + "/block"
	var would reach
	d.As("agent").Read(http.StatusOK, http.MethodPost, block, terms{"reason": "abuse", "also_ip": true, "dry_run": true}, &would)
	if would.Contacts != 3 || would.Suggests != "cidr:2001:db8:217::/64" {
		t.Errorf("it would hit %+v", would)
	}
	rule := d.sets("agent", block, terms{"reason": "abuse", "also_ip": true})
	if rule.SharedBy != 0 || len(rule.Also) != 1 || rule.Also[0].SharedBy != 2 {
		t.Errorf("shared by %d, and the address by others: %+v", rule.SharedBy, rule.Also)
	}
}

// A block from a chat is for chats, all of them: the same person's texts and
// mails come through.
func TestS2_18BlockFromAChatIsForChats(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	rule := d.sets("agent", "/conversations/"+v.writes("You fools").Conversation+"/block", terms{"reason": "abuse"})
	if len(rule.Scope) != 1 || rule.Scope[0] != "kind:chat" {
		t.Errorf("its scope: %v", rule.Scope)
	}
	v.channel = "shop-chat"
	if m := v.writes("You all"); m.State != "held" {
		t.Errorf("in another chat it is %s", m.State)
	}
	for _, c := range []*customer{d.texter(1), d.mailer("m")} {
		d.sets("agent", "/contacts/"+c.writes("Hello").Contact+"/block", terms{"scope": []string{"kind:chat"}})
		if m := c.writes("Hello again"); m.State != "conversed" {
			t.Errorf("%s is %s", c.channel, m.State)
		}
	}
}
