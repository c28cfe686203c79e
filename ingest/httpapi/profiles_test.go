package httpapi_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"

	"gatehouse/ingest"
)

func TestContactProfile(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	contact := d.contactOf("ann@example.com")
	tag := d.ask(agent, "GET "+contact, "").is(200).has("nickname", "", "fields", "map[]", "field_order", "0").Header.Get("ETag")
	d.ask(agent, "PATCH "+contact, `{"name":" Ann Example ","nickname":"Annie","username":"ann1","company":"Example Ltd","location":"Berlin",
		"avatar_url":"https://img.example.com/a.png","tags":["vip","vip"," gold "],"fields":{"plan":"pro","seats":"12","a":"1"}}`, "If-Match", tag).is(200).has(
		"name", "Ann Example", "nickname", "Annie", "username", "ann1", "company", "Example Ltd", "location", "Berlin",
		"avatar_url", "https://img.example.com/a.png", "tags.0", "vip", "tags.1", "gold", "tags", "2", "fields.plan", "pro",
		"field_order.0", "a", "field_order.1", "plan", "field_order.2", "seats")
	d.ask(agent, "PATCH "+contact, `{"name":"Bob"}`, "If-Match", tag).problem(412, "stale").has("detail", "agent changed it meanwhile: read it again")
	d.ask(admin, "PATCH /settings", `{"contact_fields":"seats, plan"}`).is(200)
	d.ask(agent, "PATCH "+contact, `{"fields":{"a":null,"z":"9"},"tags":[]}`).is(200).has("name", "Ann Example", "tags", "0", "fields.a", "",
		"field_order.0", "seats", "field_order.1", "plan", "field_order.2", "z")
	for body, field := range map[string]string{
		`{"avatar_url":"javascript:alert(1)"}`: "avatar_url", `{"avatar_url":"http://img.example.com/a"}`: "avatar_url",
		`{"fields":{"":"x"}}`: "fields", `{"fields":{"` + strings.Repeat("k", 65) + `":"x"}}`: "fields",
		`{"tags":["` + strings.Repeat("t", 101) + `"]}`: "tags", `{"colour":"red"}`: "colour",
	} {
		d.ask(agent, "PATCH "+contact, body).problem(422, "invalid").has("errors.0.field", field)
	}
	d.ask(agent, "PATCH "+contact, `{"name":"Bob"}`, "If-Match", "x").problem(422, "invalid")
	d.ask(agent, "GET /events?types=contact.changed", "").is(200).has("items", "2")
	d.ask(admin, "GET /audit", "").is(200).has("items.0.action", "contact.changed")

	d.receive(d.mail("ann@example.com", "order", "again"))
	d.ask(agent, "GET "+contact, "").is(200).has("name", "Ann Example", "nickname", "Annie")
}

func TestContactNotes(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	contact := d.contactOf("ann@example.com")
	d.ask(agent, "GET "+contact+"/notes", "").is(200).has("items", "0")
	first := d.ask(agent, "POST "+contact+"/notes", `{"text":"wants a call"}`, "Idempotency-Key", "n").is(201).has("author", "agent", "text", "wants a call").get("id")
	d.ask(agent, "POST "+contact+"/notes", `{"text":"wants a call"}`, "Idempotency-Key", "n").is(201).has("id", first)
	d.ask(supervisor, "POST "+contact+"/notes", `{"text":"called"}`).is(201)
	second := d.ask(agent, "GET "+contact+"/notes", "").is(200).has("items", "2", "items.0.text", "called", "items.0.author", "supervisor").get("items.0.id")
	part := d.ask(agent, "GET "+contact+"/notes?limit=1", "").is(200).has("items", "1")
	d.ask(agent, "GET "+contact+"/notes?limit=1&cursor="+part.get("next"), "").is(200).has("items.0.text", "wants a call", "next", "")
	d.ask(agent, "POST "+contact+"/notes", `{"text":" "}`).problem(422, "invalid")
	d.ask(agent, "DELETE "+contact+"/notes/"+second, "").problem(404, "not-found")
	d.ask(agent, "DELETE "+contact+"/notes/"+first, "").is(204)
	d.ask(supervisor, "DELETE "+contact+"/notes/"+second, "").is(204)
	d.ask(agent, "GET "+contact+"/notes", "").is(200).has("items", "0")
	if audit := d.ask(admin, "GET /audit", "").is(200); strings.Contains(string(audit.Body), "call") {
		t.Error("the audit has what a note says")
	}
}

func TestContactWithoutMessages(t *testing.T) {
	d := open(t)
	made := d.ask(agent, "POST /contacts", `{"name":"Ann","identities":["phone:+1 (555) 010-0001","email:Ann@Example.com","external:crm-42"],"tags":["vip"]}`,
		"Idempotency-Key", "k1").is(201).has("name", "Ann", "identities.0.value", "ann@example.com", "identities.1.value", "crm-42",
		"identities.2.value", "+15550100001", "identities.0.how", "verified", "standing.may_send", "true", "last_seen_at", "")
	d.ask(agent, "POST /contacts", `{"name":"Ann","identities":["phone:+1 (555) 010-0001","email:Ann@Example.com","external:crm-42"],"tags":["vip"]}`,
		"Idempotency-Key", "k1").is(201).has("id", made.get("id"))
	d.ask(agent, "POST /contacts", `{"identities":["email:bob@example.com","email:ann@example.com"]}`).problem(409, "identity-taken").has("contact_id", made.get("id"))
	d.ask(agent, "GET /contacts?q=bob@example.com", "").is(200).has("items", "0")
	d.ask(agent, "GET /contacts?q=crm-42", "").is(200).has("items.0.id", made.get("id"))
	d.ask(agent, "POST /contacts", `{}`).problem(422, "invalid")
	d.ask(agent, "POST /contacts", `{"identities":["ann"]}`).problem(422, "invalid").has("errors.0.field", "identities")

	d.receive(d.mail("ann@example.com", "order", "hello"))
	d.ask(agent, "GET /contacts/"+made.get("id")+"/history", "").is(200).has("items", "1", "items.0.contact_id", made.get("id"))

	d.ask(agent, "POST /contacts/resolve", `{"identity":"phone:+1 555 010 0001"}`).is(200).has("id", made.get("id"))
	fresh := d.ask(agent, "POST /contacts/resolve", `{"identity":"phone:+1 555 010 0002","name":"Bob"}`).is(201).has("name", "Bob").get("id")
	d.ask(agent, "POST /contacts/resolve", `{"identity":"phone:+15550100002"}`).is(200).has("id", fresh, "name", "Bob")
	d.ask(agent, "POST /contacts/resolve", `{"identity":"nobody"}`).problem(422, "invalid")
	d.lawful()
}

// Whoever resolves the same number at once gets the same contact.
func TestResolveAtOnce(t *testing.T) {
	d := open(t)
	var group sync.WaitGroup
	ids := make([]string, 8)
	for i := range ids {
		group.Go(func() { ids[i] = d.ask(agent, "POST /contacts/resolve", `{"identity":"phone:+15550100003"}`).get("id") })
	}
	group.Wait()
	for _, id := range ids {
		if id == "" || id != ids[0] {
			t.Fatal(ids)
		}
	}
}

func TestContactAddresses(t *testing.T) {
	d := open(t)
	d.blocksOn()
	d.receive(d.mail("ann@example.com", "order", "hello"), d.mail("bob@example.com", "order", "hello"))
	contact, bob := d.contactOf("ann@example.com"), d.contactOf("bob@example.com")
	d.ask(agent, "POST "+contact+"/identities", `{"identity":"email:bob@example.com"}`).problem(409, "identity-taken").has("contact_id", strings.TrimPrefix(bob, "/contacts/"))
	d.ask(agent, "POST "+contact+"/identities", `{"identity":"email:nobody"}`).problem(422, "invalid")
	added := d.ask(agent, "POST "+contact+"/identities", `{"identity":"email:ann@example.org"}`).is(201).has("identities", "2", "identities.1.value", "ann@example.org")
	d.ask(agent, "POST "+contact+"/identities", `{"identity":"email:ann@example.org"}`).is(201).has("identities", "2")
	d.receive(d.mail("ann@example.org", "other", "hello"))
	d.ask(agent, "GET "+contact+"/history", "").is(200).has("items", "2")

	d.ask(supervisor, "POST "+contact+"/block", `{"reason":"spam","expires_in":"1h"}`).is(201)
	changed := d.ask(agent, "PATCH "+contact+"/identities/"+added.get("identities.1.id"), `{"identity":"email:ann@example.net"}`).is(200).has(
		"identities", "2", "identities.1.value", "ann@example.net")
	// the address that was taken away is still shut out, by a rule of its own
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "2", "items.0.target", "email:ann@example.org", "items.0.reason", "spam")
	if d.ask(supervisor, "GET /rules", "").get("items.0.expires_at") == "" {
		t.Error("the rule on the old address has no end")
	}
	d.receive(d.mail("ann@example.org", "third", "hello"), d.mail("ann@example.net", "fourth", "hello"))
	d.ask(supervisor, "GET "+contact+"/history", "").is(200).has("items", "3", "items.0.state", "held", "items.0.subject", "fourth")
	d.ask(agent, "GET "+contact+"/history", "").is(200).has("items", "2", "items.0.state", "conversed")
	d.ask(supervisor, "GET /blocked", "").is(200).has("items", "2")

	d.ask(agent, "DELETE "+contact+"/identities/"+changed.get("identities.1.id"), "").is(204)
	d.ask(agent, "DELETE "+contact+"/identities/"+changed.get("identities.1.id"), "").problem(404, "not-found")
	d.ask(agent, "DELETE "+bob+"/identities/"+changed.get("identities.0.id"), "").problem(404, "not-found")
	d.ask(agent, "GET "+contact, "").is(200).has("identities", "1", "held", "1")
	d.lawful()
}

// An allow goes with the contact, not with an address that it has no more.
func TestAllowLeavesNoRuleBehind(t *testing.T) {
	d := open(t)
	made := d.ask(agent, "POST /contacts", `{"identities":["email:ann@example.com"]}`).is(201)
	contact := "/contacts/" + made.get("id")
	d.ask(supervisor, "POST "+contact+"/allow", "").is(201)
	d.ask(agent, "DELETE "+contact+"/identities/"+made.get("identities.0.id"), "").is(204)
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "1")
}

func TestOpenConversation(t *testing.T) {
	d := open(t)
	d.receive(d.sms("+15550100001", "hello", ""))
	contact := strings.TrimPrefix(d.contactOf("+15550100001"), "/contacts/")
	standing := d.ask(agent, "GET /conversations?channel=sms", "").get("items.0.id")
	d.ask(agent, "POST /conversations", `{"contact_id":"`+contact+`","channel":"sms"}`).is(200).has("id", standing)
	d.ask(agent, "PATCH /conversations/"+standing, `{"status":"closed"}`).is(200)
	body := `{"contact_id":"` + contact + `","channel":"sms","subject":"your order","assignee":"kim","tags":["out"]}`
	opened := d.ask(agent, "POST /conversations", body, "Idempotency-Key", "k").is(201).has("status", "open", "continues", standing, "assignee", "kim",
		"subject", "your order", "messages", "0", "tags.0", "out")
	d.ask(agent, "POST /conversations", body, "Idempotency-Key", "k").is(201).has("id", opened.get("id"))
	d.receive(d.sms("+15550100001", "an answer", ""))
	d.ask(agent, "GET /conversations/"+opened.get("id"), "").is(200).has("messages", "1", "status", "open")

	d.ask(agent, "POST /conversations", `{"identity":"phone:+15550100002","name":"Bob","channel":"sms"}`).is(201)
	d.ask(agent, "GET /contacts?q=Bob", "").is(200).has("items", "1")
	d.rule(`{"kind":"ban","target":"phone:+15550100003"}`)
	d.ask(agent, "POST /conversations", `{"identity":"phone:+15550100003","channel":"sms"}`).problem(409, "may-not-receive").has("standing.rule.kind", "ban")
	d.ask(agent, "GET /contacts?q=%2B15550100003", "").is(200).has("items", "0")
	d.ask(supervisor, "POST /contacts/"+contact+"/ban", `{"reason":"abuse"}`).is(201)
	d.ask(agent, "POST /conversations", `{"contact_id":"`+contact+`","channel":"sms"}`).problem(409, "may-not-receive").has("standing.rule.reason", "abuse")
	for body, field := range map[string]string{`{"channel":"sms"}`: "contact_id", `{"identity":"phone:+15550100002","channel":"nowhere"}`: "channel",
		`{"identity":"x","channel":"sms"}`: "identities"} {
		d.ask(agent, "POST /conversations", body).problem(422, "invalid").has("errors.0.field", field)
	}
	d.lawful()
}

// The rules changed between the question and the opening: it is not opened.
func TestOpenConversationAsksAgain(t *testing.T) {
	d := open(t)
	d.receive(d.sms("+15550100001", "hello", ""))
	contact, err := ingest.ParseID(strings.TrimPrefix(d.contactOf("+15550100001"), "/contacts/"))
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = d.store.OpenConversation(context.Background(), ingest.NewConversation{Contact: contact, Channel: "sms", Epoch: 1 << 40})
	if !errors.Is(err, ingest.ErrStale) {
		t.Fatal(err)
	}
}
