package httpapi_test

import (
	"strings"
	"testing"
)

func TestLegalHold(t *testing.T) {
	d := open(t)
	d.blocksOn()
	d.receive(d.mail("ann@example.com", "order", "hello"))
	contact := d.contactOf("ann@example.com")
	d.ask(supervisor, "POST "+contact+"/block", `{"reason":"spam"}`).is(201)
	d.receive(d.mail("ann@example.com", "pills", "cheap"))
	ticket := "/blocked/" + d.ask(supervisor, "GET /blocked", "").is(200).get("items.0.id")
	d.ask(agent, "GET "+contact, "").is(200).has("legal_hold", "")
	d.ask(admin, "POST "+contact+"/legal-hold", `{}`).problem(422, "invalid")
	d.ask(admin, "POST "+contact+"/legal-hold", `{"reason":"case-7","until":"2020-01-01T00:00:00Z"}`).problem(422, "invalid").has("errors.0.field", "until")
	d.ask(admin, "POST "+contact+"/legal-hold", `{"reason":"case-7"}`, "Idempotency-Key", "h").is(200).has("legal_hold.reason", "case-7", "legal_hold.by", "admin")
	d.ask(admin, "POST "+contact+"/legal-hold", `{"reason":"case-7"}`, "Idempotency-Key", "h").is(200).has("legal_hold.reason", "case-7")
	d.ask(admin, "POST "+contact+"/legal-hold", `{"reason":"case-8","until":"2099-01-01T00:00:00Z"}`).is(200).has("legal_hold.until", "2099-01-01T00:00:00.000Z")
	if p := d.ask(supervisor, "POST "+ticket+"/delete", "").problem(423, "legal-hold"); !strings.Contains(p.get("detail"), "administrator lifts it") {
		t.Errorf("it says %q", p.get("detail"))
	}
	d.ask(supervisor, "POST "+contact+"/unblock", `{"held":"delete_all"}`).problem(423, "legal-hold")
	d.ask(admin, "DELETE "+contact+"/legal-hold", "").is(204)
	d.ask(admin, "DELETE "+contact+"/legal-hold", "").is(204)
	d.ask(agent, "GET "+contact, "").is(200).has("legal_hold", "")
	d.ask(supervisor, "POST "+ticket+"/delete", "").is(202)
	d.ask(agent, "GET /events?types=contact.legal_hold,contact.legal_hold_lifted", "").is(200).has("items", "3")
	d.ask(admin, "POST /contacts/01890000-0000-7000-8000-000000000000/legal-hold", `{"reason":"x"}`).problem(404, "not-found")
}
