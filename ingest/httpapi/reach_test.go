package httpapi_test

import (
	"fmt"
	"net/netip"
	"testing"

	"gatehouse/ingest"
)

// crowd is a desk that people have written to.
func crowd(t *testing.T) *desk {
	d := open(t)
	unproven := d.mail("ann@example.com", "forged", "hello")
	unproven.Message.Unproven = true
	claims := d.chat("v1", "hello")
	claims.Message.Identities = append(claims.Message.Identities, ingest.Identity{Kind: "email", Value: "ann@example.com", How: ingest.Claimed})
	other := d.chat("v2", "hello")
	other.Message.ClientIP = netip.MustParseAddr("2002:c000:207::1") // 192.0.2.7 by 6to4
	old := d.mail("ann@example.com", "old", "hello")
	odd := d.mail("ann@example.com", "quoted", "hello")
	odd.Message.From.Identity.Value = `"a\"b"@example.org`
	odd.Message.Identities[0] = odd.Message.From.Identity
	ids := d.receive(old, d.mail("ann@example.com", "one", "hello"), d.mail("ann@example.com", "two", "hello"), unproven,
		d.mail("bob@mail.example.com", "three", "hello"), d.mail("eve@notexample.com", "four", "hello"), claims, other, odd)
	d.exec("update messages set received_at = now() - interval '31 days' where id = '" + ids[0].String() + "'")
	return d
}

func TestReach(t *testing.T) {
	d := crowd(t)
	ann := d.ask(admin, "GET /contacts?q=ann@example.com", "").is(200).get("items.0.id") // whoever claims it stands behind them
	for _, c := range []struct{ target, more, messages, contacts string }{
		{"email:ann@example.com", "", "3", "2"}, // two, and one that may be forged; a claim is none
		{"email:ANN+x@Example.com", "", "3", "2"},
		{"contact:" + ann, "", "3", "2"},
		{`email:\"a\\\"b\"@example.org`, "", "1", "1"},
		{"domain:example.com", "", "4", "3"},
		{"domain:notexample.com", "", "1", "1"},
		{"visitor:v1", "", "1", "1"},
		{"ip:192.0.2.7", "", "2", "2"},
		{"cidr:192.0.2.0/24", "", "2", "2"},
		{"range:192.0.2.8-192.0.2.9", "", "0", "0"},
		{"phone_prefix:+15550", "", "0", "0"},
		{"everyone", "", "8", "7"},
		{"everyone", `,"scope":["mail"]`, "6", "5"},
		{"everyone", `,"scope":["kind:chat"]`, "2", "2"},
		{"everyone", `,"spare_known":true`, "1", "1"}, // who has talked is spared, a forger not
	} {
		body := `{"kind":"block","dry_run":true,"target":"` + c.target + `"` + c.more + `}`
		d.ask(admin, "PATCH /settings", `{"block_contact_enabled":true}`).is(200)
		d.ask(admin, "POST /rules", body).is(200).has("messages", c.messages, "contacts", c.contacts, "complete", "true")
	}
	a := d.ask(admin, "POST /rules", `{"kind":"ban","dry_run":true,"target":"everyone"}`).is(200).has("examples", "5",
		"open_conversations", "8", "answered_contacts", "0", "examples.0.state", "conversed")
	for _, field := range []string{"message_id", "contact_id", "channel", "received_at"} {
		if a.get("examples.0."+field) == "" {
			t.Errorf("an example without %s: %s", field, a.Body)
		}
	}
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "0")
	d.ask(admin, "GET /audit", "").is(200)
}

// The figures say whom a colleague is talking with, and what is held already.
func TestReachSaysWhoIsTalking(t *testing.T) {
	d := crowd(t)
	talk := "/conversations/" + d.ask(agent, "GET /conversations?channel=chat", "").get("items.0.id")
	d.ask(agent, "PATCH "+talk, `{"assignee":"kim","status":"open"}`).is(200)
	second := "/conversations/" + d.ask(agent, "GET /conversations?channel=chat", "").get("items.1.id")
	d.ask(agent, "PATCH "+second, `{"status":"closed"}`).is(200)
	d.rule(`{"kind":"block","target":"visitor:v9"}`)
	d.receive(d.chat("v9", "held"))
	d.ask(supervisor, "POST /rules", `{"kind":"ban","dry_run":true,"target":"ip:192.0.2.7"}`).is(200).
		has("messages", "3", "contacts", "3", "open_conversations", "1", "answered_contacts", "1", "examples.0.state", "held")
	// to an agent the one that is held does not exist
	d.ask(agent, "POST "+talk+"/block", `{"target":"ip","reason":"rude","dry_run":true}`).is(200).
		has("messages", "3", "examples", "2", "examples.0.state", "conversed", "examples.1.state", "conversed")
}

// Every road that sets can be tried; none then changes anything.
func TestDryRunsOfEveryRoad(t *testing.T) {
	d := open(t)
	d.blocksOn()
	d.receive(d.chat("v1", "hello"))
	talk := d.ask(agent, "GET /conversations", "")
	held := d.rule(`{"kind":"block","target":"visitor:v2"}`)
	d.receive(d.chat("v2", "hello"))
	ticket := d.ask(supervisor, "GET /blocked", "").get("items.0.id")
	message := d.ask(agent, "GET /messages", "").get("items.0.id")
	for _, place := range []string{"/contacts/" + talk.get("items.0.contact_id"), "/conversations/" + talk.get("items.0.id"),
		"/messages/" + message, "/blocked/" + ticket} {
		for _, kind := range []string{"ban", "block", "blacklist", "allow"} {
			for i := range 2 { // with a key, too
				d.ask(admin, "POST "+place+"/"+kind, `{"reason":"rude","also_ip":true,"dry_run":true}`, "Idempotency-Key", fmt.Sprint(place, kind, i)).
					is(200).has("messages", "2", "contacts", "2", "alarms", "0")
			}
		}
	}
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "1", "items.0.id", held, "items.0.shared_by", "")
	d.ask(agent, "GET /conversations?status=unclosed", "").is(200).has("items", "1")
	d.ask(agent, "POST /contacts/"+talk.get("items.0.contact_id")+"/blacklist", `{"dry_run":true}`).problem(403, "role")
}

// Others on the same address are counted, and not the one it was set from.
func TestSharedBy(t *testing.T) {
	d := open(t)
	d.blocksOn()
	d.receive(d.chat("v1", "a"), d.chat("v2", "b"), d.chat("v3", "c"),
		d.mail("ann@example.com", "a", "b"), d.mail("bob@mail.example.com", "a", "b"), d.mail("eve@notexample.com", "a", "b"))
	v1 := d.contactOf("v1")
	a := d.ask(agent, "POST "+v1+"/block", `{"also_ip":true}`).is(201).has("shared_by", "0", "also.0.target", "ip:192.0.2.7", "also.0.shared_by", "2")
	d.ask(supervisor, "GET /rules/"+a.get("also.0.id"), "").is(200).has("shared_by", "2")
	d.ask(supervisor, "POST /rules", `{"kind":"ban","target":"ip:192.0.2.7"}`).is(201).has("shared_by", "3") // set from nobody
	for target, want := range map[string]string{"domain:example.com": "2", "domain:notexample.com": "1", "cidr:192.0.2.0/24": "3",
		"email:ann@example.com": "0", "visitor:v1": "0", "phone_prefix:+15550": "0", "range:192.0.2.8-192.0.2.9": "0"} {
		d.ask(admin, "POST /rules", `{"kind":"blacklist","target":"`+target+`"}`).is(201).has("shared_by", want)
	}
	d.ask(admin, "POST /rules", `{"kind":"allow","target":"everyone"}`).is(201).has("shared_by", "6")
	d.ask(admin, "POST "+d.contactOf("ann@example.com")+"/ban", `{"target":"domain"}`).is(201).has("shared_by", "1")
}
