package httpapi_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// contactOf is the path of the contact with an address.
func (d *desk) contactOf(address string) string {
	d.t.Helper()
	return "/contacts/" + d.ask(admin, "GET /contacts?q="+address, "").is(200).has("items", "1").get("items.0.id")
}

// blocksOn switches blocks of contacts on.
func (d *desk) blocksOn() {
	d.t.Helper()
	d.ask(admin, "PATCH /settings", `{"block_contact_enabled":true}`).is(200)
}

func TestBlockingAContactHasToBeSwitchedOn(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	ann := d.contactOf("ann@example.com")
	d.ask(agent, "POST "+ann+"/block", "").problem(409, "feature-off")
	d.ask(admin, "POST "+ann+"/block", "").problem(409, "feature-off")
	d.ask(admin, "POST /rules", `{"kind":"block","target":"contact:`+ann[len("/contacts/"):]+`"}`).problem(409, "feature-off")
	d.ask(agent, "POST "+ann+"/block", `{"scope":["mail"]}`).is(201) // not on all channels
	d.blocksOn()
	d.ask(agent, "POST "+ann+"/block", "").is(201).has("kind", "block", "target", "contact:"+ann[len("/contacts/"):], "expires_at", "",
		"scope", "0", "created_by", "agent", "lifted_at", "", "also", "0", "closed_conversations", "0")
	d.ask(agent, "POST "+ann+"/block", "").is(200) // stands already
}

func TestDefaultsFollowThePlace(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "rude words"))
	talk := "/conversations/" + d.ask(agent, "GET /conversations", "").get("items.0.id")
	d.ask(agent, "POST "+talk+"/block", `{"reason":"  "}`).problem(422, "invalid").has("errors.0.field", "reason")
	a := d.ask(agent, "POST "+talk+"/block", `{"reason":"rude","also_ip":true}`).is(201).has(
		"scope.0", "kind:chat", "reason", "rude", "also", "1", "also.0.target", "ip:192.0.2.7", "closed_conversations", "1")
	if at, err := time.Parse(time.RFC3339, a.get("expires_at")); err != nil || time.Until(at) < 23*time.Hour || time.Until(at) > 24*time.Hour {
		t.Errorf("expires_at is %s, want in 24 hours", a.get("expires_at"))
	}
	d.ask(agent, "GET "+talk, "").is(200).has("status", "closed", "closed_by", "rule "+a.get("id"), "standing.effect", "hold")
	d.ask(admin, "PATCH /settings", `{"chat_block_enabled":false}`).is(200)
	d.ask(agent, "POST "+talk+"/block", `{"reason":"rude again"}`).problem(409, "feature-off")
	d.ask(supervisor, "POST "+talk+"/ban", `{"reason":"rude","expires_in":"never","scope":[]}`).is(201).has("expires_at", "", "scope", "0")
}

func TestTargetsOfAPlace(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "hello"), d.mail("ann@mail.example.com", "order", "hello"))
	chat, mail := d.contactOf("v1"), d.contactOf("ann@mail.example.com")
	ticketless := d.ask(agent, "GET /messages?channel=mail", "").get("items.0.id")
	for _, c := range []struct {
		role              ingest.Role
		path, body        string
		status            int
		wantTarget, field string
	}{
		{supervisor, chat + "/ban", `{"target":"visitor"}`, 201, "visitor:v1", ""},
		{supervisor, chat + "/ban", `{"target":"ip"}`, 201, "ip:192.0.2.7", ""},
		{supervisor, chat + "/ban", `{"target":"identity"}`, 200, "visitor:v1", ""},
		{supervisor, chat + "/ban", `{"target":"domain"}`, 422, "", "target"},
		{supervisor, mail + "/ban", `{"target":"visitor"}`, 422, "", "target"},
		{supervisor, mail + "/ban", `{"target":"ip"}`, 422, "", "target"},
		{supervisor, mail + "/ban", `{"target":"everyone"}`, 422, "", "target"},
		{supervisor, mail + "/ban", `{"target":"domain"}`, 403, "", ""},
		{admin, mail + "/ban", `{"target":"domain"}`, 201, "domain:mail.example.com", ""},
		{supervisor, "/messages/" + ticketless + "/ban", `{"target":"identity"}`, 201, "email:ann@mail.example.com", ""},
		{supervisor, mail + "/ban", `{"expires_in":"soon"}`, 422, "", "expires_in"},
		{supervisor, mail + "/ban", `{"expires_in":"-1h"}`, 422, "", "expires_in"},
		{supervisor, mail + "/ban", `{"scope":["nowhere"]}`, 422, "", "scope"},
		{supervisor, mail + "/ban", `{"scope":["kind:nowhere"]}`, 422, "", "scope"},
		{supervisor, mail + "/ban", `{"scope":["kind:"]}`, 422, "", "scope"},
		{supervisor, mail + "/ban", `{"scope":[""]}`, 422, "", "scope"},
		{supervisor, mail + "/ban", `{"scope":["` + strings.Repeat("x", 65) + `"]}`, 422, "", "scope"},
		{supervisor, mail + "/ban", `{"on_expiry":"lift","expires_in":"1h"}`, 422, "", "on_expiry"},
		{supervisor, mail + "/ban", `{"also_ip":true}`, 422, "", "also_ip"},
		{supervisor, "/contacts/" + ticketless + "/ban", ``, 404, "", ""},
		{supervisor, "/contacts/7/ban", ``, 422, "", "id"},
	} {
		a := d.ask(c.role, "POST "+c.path, c.body).is(c.status)
		if c.wantTarget != "" {
			a.has("target", c.wantTarget)
		}
		if c.field != "" {
			a.has("errors.0.field", c.field)
		}
	}
}

func TestRulesOnAnyTarget(t *testing.T) {
	d := open(t)
	for _, c := range []struct {
		role   ingest.Role
		target string
		status int
	}{
		{supervisor, "email:Eve@Example.NET", 201},
		{supervisor, "ip:192.0.2.9", 201},
		{supervisor, "cidr:192.0.2.0/24", 403},
		{supervisor, "range:192.0.2.1-192.0.2.9", 403},
		{supervisor, "domain:example.net", 403},
		{supervisor, "phone_prefix:+1555", 403},
		{supervisor, "everyone", 403},
		{admin, "cidr:192.0.2.0/24", 201},
		{admin, "domain:example.net", 201},
		{admin, "email:", 422},
		{admin, "nonsense", 422},
		{admin, "contact:018f0000-0000-7000-8000-000000000000", 404},
	} {
		if a := d.ask(c.role, "POST /rules", `{"kind":"ban","target":"`+c.target+`"}`); a.Code != c.status {
			t.Errorf("%s as %s: %d, want %d\n%s", c.target, c.role, a.Code, c.status, a.Body)
		}
	}
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "4")
	first := d.ask(supervisor, "GET /rules?target=email:EVE@example.net", "").is(200).has("items", "1", "items.0.kind", "ban")
	id := first.get("items.0.id")
	d.ask(supervisor, "GET /rules/"+id, "").is(200).has("target", "email:eve@example.net", "held", "0", "hits", "0", "created_by", "supervisor")
	d.ask(supervisor, "DELETE /rules/"+id, "").is(204)
	d.ask(supervisor, "GET /rules/"+id, "").is(200).has("lifted_by", "supervisor")
	d.ask(supervisor, "GET /rules?state=standing", "").is(200).has("items", "3")
	d.ask(supervisor, "GET /rules?state=lifted&kind=ban", "").is(200).has("items", "1")
	d.ask(supervisor, "GET /rules?kind=block", "").is(200).has("items", "0")
	d.ask(supervisor, "DELETE /rules/999", "").problem(404, "not-found")
	part := d.ask(supervisor, "GET /rules?limit=3", "").is(200).has("items", "3")
	d.ask(supervisor, "GET /rules?limit=3&cursor="+part.get("next"), "").is(200).has("items", "1", "next", "")
}

// Unblock All and Delete All, from the choice that is asked for to the end.
func TestLiftAsksWhatBecomesOfHeldMessages(t *testing.T) {
	for choice, want := range map[string]string{"unblock_all": "conversed", "delete_all": "purged", "keep": "held"} {
		t.Run(choice, func(t *testing.T) {
			d := open(t)
			d.blocksOn()
			d.receive(d.mail("ann@example.com", "order", "hello"))
			ann := d.contactOf("ann@example.com")
			rule := d.ask(agent, "POST "+ann+"/block", "").is(201).get("id")
			ids := d.receive(d.mail("ann@example.com", "one", "1"), d.mail("ann@example.com", "two", "2"))
			d.ask(supervisor, "POST "+ann+"/unblock", "").problem(409, "held-choice-required").has("held", "2", "tickets", "2", "unopened", "2")
			d.ask(agent, "DELETE "+ann+"/block", "").problem(409, "held-choice-required")
			d.ask(agent, "DELETE "+ann+"/block?held="+choice, "").problem(403, "role")
			a := d.ask(supervisor, "POST "+ann+"/unblock", `{"held":"`+choice+`"}`)
			if choice == "keep" {
				a.is(204)
			} else {
				a.is(202).has("kind", choice, "scope", "contact:"+ann[len("/contacts/"):], "created_by", "supervisor")
				if d.woken != 1 {
					t.Errorf("woken %d times, want once", d.woken)
				}
				d.work()
				d.ask(supervisor, "GET /jobs/"+a.get("id"), "").is(200).has("state", "done", "done", "2", "total", "2", "held_again", "0", "failed", "0")
				d.ask(supervisor, "GET /jobs?state=done", "").is(200).has("items", "1")
			}
			for _, id := range ids {
				m := d.ask(supervisor, "GET /messages/"+id.String(), "").is(200).has("state", want)
				if want == "conversed" {
					m.has("pass.job", a.get("id"), "pass.by", "supervisor", "pass.to", "auto")
				}
				if want == "purged" {
					m.has("text", "", "subject", "", "from.value", "")
				}
			}
			d.ask(supervisor, "GET /rules/"+rule, "").is(200).has("held_choice", choice)
			d.ask(supervisor, "POST "+ann+"/unblock", `{"held":"keep"}`)
		})
	}
}

func TestLiftOfOneRule(t *testing.T) {
	d := open(t)
	rule := d.rule(`{"kind":"block","target":"email:eve@example.net"}`)
	d.receive(d.mail("eve@example.net", "spam", "buy"))
	d.ask(supervisor, "DELETE /rules/"+rule, "").problem(409, "held-choice-required").has("held", "1")
	d.ask(supervisor, "POST /rules/"+rule+"/lift", `{"held":"burn"}`).problem(422, "invalid").has("errors.0.field", "held")
	d.ask(supervisor, "POST /rules/"+rule+"/lift", `{"held":"unblock_all","to":"unassigned"}`).is(202).has("scope", "rule:"+rule)
	d.work()
	d.ask(agent, "GET /conversations", "").is(200).has("items", "1", "items.0.status", "unassigned")
}

// What only administrators may set only they may lift, by every road.
func TestWhoMayLift(t *testing.T) {
	d := open(t)
	for _, target := range []string{"domain:example.net", "phone_prefix:+1555", "cidr:192.0.2.0/24", "range:192.0.2.1-192.0.2.9", "everyone"} {
		id := d.rule(`{"kind":"block","force":true,"target":"` + target + `"}`)
		d.ask(supervisor, "DELETE /rules/"+id, "").problem(403, "role")
		d.ask(supervisor, "POST /rules/"+id+"/lift", "").problem(403, "role")
		d.ask(supervisor, "GET /rules/"+id, "").is(200).has("lifted_at", "")
		d.ask(admin, "DELETE /rules/"+id, "").is(204)
	}
}

// A scope is what it comes to: however it is written, it is the same rule, and
// meets the same switches.
func TestScopesAreWhatTheyComeTo(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "hello"))
	path := "POST " + d.contactOf("v1")
	for _, everywhere := range []string{`["chat","mail"]`, `["kind:chat","mail"]`, `["kind:imap","kind:chat"]`, `[]`} {
		d.ask(agent, path+"/block", `{"scope":`+everywhere+`}`).problem(409, "feature-off")
	}
	first := d.ask(supervisor, path+"/ban", `{"scope":["mail","chat","mail"]}`).is(201).has("scope", "2", "scope.0", "chat", "scope.1", "mail")
	d.ask(supervisor, path+"/ban", `{"scope":["chat","mail"]}`).is(200).has("id", first.get("id"))
	d.ask(admin, "PATCH /settings", `{"chat_block_enabled":false,"block_contact_enabled":true}`).is(200)
	for _, chats := range []string{`{"scope":["chat"]}`, `{"scope":["kind:chat"]}`, `{"scope":["mail","chat"]}`, `{"target":"visitor"}`} {
		d.ask(agent, path+"/block", chats).problem(409, "feature-off")
	}
	d.ask(agent, path+"/block", `{"scope":["mail"]}`).is(201)
	d.ask(agent, path+"/block", "").is(201) // of a contact on all channels: the other switch
}

// A scope that no index entry would take is the caller's fault, not ours.
func TestScopesThatAreTooLong(t *testing.T) {
	d := open(t)
	var names []string
	for i := range 100 {
		name := fmt.Sprintf("%03d-%s", i, strings.Repeat("n", 50))
		must(t, d.store.Register(context.Background(), name, "imap", ingest.Email))
		names = append(names, `"`+name+`"`)
	}
	d.ask(supervisor, "POST /rules", `{"kind":"ban","target":"email:a@example.com","scope":[`+strings.Join(names, ",")+`]}`).
		problem(422, "invalid").has("errors.0.field", "scope")
	d.ask(supervisor, "POST /rules", `{"kind":"ban","target":"email:a@example.com","scope":[`+strings.Join(names[:20], ",")+`]}`).is(201)
}

// Unblocking whom no block names says what holds their messages instead.
func TestNothingToLift(t *testing.T) {
	d := open(t)
	d.blocksOn()
	rule := d.rule(`{"kind":"block","target":"domain:example.net","reason":"spam"}`)
	d.receive(d.mail("eve@example.net", "one", "1"), d.mail("eve@example.net", "two", "2"))
	eve := d.contactOf("eve@example.net")
	d.ask(supervisor, "POST "+eve+"/unblock", "").problem(409, "nothing-to-lift").has("held_by", "1", "held_by.0.rule", rule,
		"held_by.0.target", "domain:example.net", "held_by.0.kind", "block", "held_by.0.reason", "spam", "held_by.0.messages", "2")
	d.ask(supervisor, "DELETE "+eve+"/ban", "").problem(409, "nothing-to-lift").has("held_by", "1")
	d.ask(agent, "DELETE "+eve+"/block", "").problem(409, "nothing-to-lift").has("held_by", "")
	d.ask(supervisor, "POST /contacts/"+rule+"/unblock", "").is(422)
	d.ask(supervisor, "POST /contacts/018f0000-0000-7000-8000-000000000000/unblock", "").problem(404, "not-found")
}

// The address of a contact is known from held messages too.
func TestAddressOfWhoIsHeld(t *testing.T) {
	d := open(t)
	d.blocksOn()
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	d.receive(d.chat("v1", "hello"))
	path := "POST " + d.contactOf("v1")
	d.ask(supervisor, path+"/ban", `{"target":"ip"}`).is(201).has("target", "ip:192.0.2.7")
	d.ask(agent, path+"/block", `{"also_ip":true}`).is(201).has("also", "1", "also.0.target", "ip:192.0.2.7")
	d.ask(supervisor, "POST /rules", `{"kind":"ban","target":"email:a@example.com","also_ip":true}`).problem(422, "invalid").has("errors.0.field", "also_ip")
}

// Unblocking lifts the blocks on the contact, on its identities, and on the
// address blocked with it; not what was set on the address by itself.
func TestUnblockingLiftsAllThatBlocksAContact(t *testing.T) {
	d := open(t)
	d.blocksOn()
	d.receive(d.chat("v1", "hello"))
	v1 := d.contactOf("v1")
	d.ask(agent, "POST "+v1+"/block", `{"also_ip":true}`).is(201)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	alone := d.rule(`{"kind":"block","target":"cidr:192.0.2.0/24"}`)
	ban := d.rule(`{"kind":"ban","target":"visitor:v2"}`)
	d.receive(d.chat("v1", "held"), d.chat("v3", "held by the address"))
	d.ask(supervisor, "POST "+v1+"/unblock", "").problem(409, "held-choice-required").has("held", "2")
	d.ask(supervisor, "POST "+v1+"/unblock", `{"held":"keep"}`).is(204)
	d.ask(supervisor, "GET /rules?state=standing", "").is(200).has("items", "2", "items.0.id", ban, "items.1.id", alone)
	d.ask(supervisor, "GET /rules?state=lifted", "").is(200).has("items", "3", "items.0.held_choice", "keep", "items.1.held_choice", "keep")
}
