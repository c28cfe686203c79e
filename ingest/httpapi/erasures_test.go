package httpapi_test

import (
	"strings"
	"testing"

	"gatehouse/ingest"
)

func TestErasureOfAContact(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "plantedhello"), d.chat("v1", "plantedother"))
	contact := d.contactOf("ann@example.com")
	d.rule(`{"kind":"block","target":"email:ann@example.com","reason":"spam","comment":"plantedcomment"}`)
	d.receive(d.mail("ann@example.com", "more", "plantedmore"))
	for _, role := range []ingest.Role{agent, supervisor} {
		d.ask(role, "POST "+contact+"/erase", "{}").problem(403, "role")
	}
	d.ask(admin, "POST "+contact+"/erase", `{"dry_run":true}`).is(200).has("finds.messages_conversed", "1", "finds.messages_held", "1", "finds.rules", "1", "id", "")
	d.ask(admin, "GET /erasures", "").is(200).has("items", "0")
	job := d.ask(admin, "POST "+contact+"/erase", `{"reason":"request-9"}`, "Idempotency-Key", "e").is(202).has("kind", "erase").get("id")
	d.ask(admin, "POST "+contact+"/erase", `{"reason":"request-9"}`, "Idempotency-Key", "e").is(202).has("id", job)
	d.ask(admin, "POST "+contact+"/erase", `{}`).is(202).has("id", job)
	d.ask(admin, "GET /erasures/1/text", "").problem(409, "not-finished")
	d.work()
	d.ask(admin, "GET /jobs/"+job, "").is(200).has("state", "done", "purged", "2", "total", "2")
	d.ask(agent, "GET "+contact, "").is(200).has("erasure", "1", "name", "", "identities", "0", "held", "0")
	d.ask(agent, "GET /contacts?q=ann", "").is(200).has("items", "0")
	d.ask(admin, "POST "+contact+"/erase", `{}`).problem(409, "erased")
	d.ask(agent, "PATCH "+contact, `{"name":"Ann"}`).problem(409, "erased")
	talk := d.ask(agent, "GET /conversations", "").is(200).has("items", "2")
	mailed := 0
	if talk.get("items.1.subject") == "" && talk.get("items.1.channel") == "mail" {
		mailed = 1
	}
	path := "GET /conversations/" + talk.get("items."+string(rune('0'+mailed))+".id")
	d.ask(agent, path, "").is(200).has("status", "closed", "closed_by", "rule 1", "messages", "1", "subject", "")
	d.ask(agent, path+"/messages", "").is(200).has("items", "1", "items.0.state", "purged", "items.0.text", "")
	e := d.ask(admin, "GET /erasures/1", "").is(200).has("state", "done", "counts.messages_conversed", "1", "asked_by", "admin")
	text := string(d.ask(admin, "GET /erasures/1/text", "").is(200).Body)
	for _, want := range []string{"Certificate of erasure 1", "reason request-9", e.get("signature"), "messages held", "mail at its source"} {
		if !strings.Contains(text, want) {
			t.Errorf("the certificate does not say %q:\n%s", want, text)
		}
	}
	rule := d.ask(supervisor, "GET /rules", "").is(200).has("items", "1", "items.0.comment", "", "items.0.reason", "spam", "items.0.lifted_at", "")
	target := rule.get("items.0.target")
	if !strings.HasPrefix(target, "email:#") || strings.Contains(target, "ann") {
		t.Errorf("the rule is on %s", target)
	}
	d.ask(supervisor, "GET /rules?target="+strings.Replace(target, "#", "%23", 1), "").is(200).has("items", "1")
	for table, rows := range d.dump() {
		for _, word := range []string{"ann@example.com", "plantedhello", "plantedcomment", "plantedmore", "Ann Example"} {
			if strings.Contains(rows, word) {
				t.Errorf("%s has %q", table, word)
			}
		}
	}
	d.receive(d.mail("ann@example.com", "back", "again"))
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "1", "items.0.rule.id", rule.get("items.0.id"))
	if again := d.contactOf("ann@example.com"); again == contact {
		t.Error("who writes again is the contact that was erased")
	}
	d.ask(supervisor, "DELETE /rules/"+rule.get("items.0.id")+"?held=unblock_all", "").is(202)
	d.work()
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "0")
	d.lawful()
}

// What is told from memory still knows whom a rule and an opt-out are of, though
// only hashes are left.
func TestStandingAfterErasure(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "hello"))
	contact := d.contactOf("v1")
	d.ask(supervisor, "POST "+contact+"/opt-out", `{"channel":"chat","reason":"asked"}`).is(204)
	d.rule(`{"kind":"ban","target":"visitor:v1","reason":"abuse"}`)
	path := "GET /standing?kind=visitor&value=v1&channel=chat"
	before := d.ask(agent, path, "").is(200).has("may_send", "false", "may_receive", "false")
	d.ask(admin, "POST "+contact+"/erase", `{}`).is(202)
	d.work()
	d.ask(agent, path, "").is(200).has("may_send", "false", "effect", "refuse", "rule.id", before.get("rule.id"))
	d.ask(supervisor, "POST /rules/"+before.get("rule.id")+"/lift", "").is(204)
	d.ask(agent, path, "").is(200).has("may_send", "true", "may_receive", "false")
	d.ask(agent, "GET /standing?kind=visitor&value=v2&channel=chat", "").is(200).has("may_receive", "true")
}
