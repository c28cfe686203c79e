package httpapi_test

import (
	"strings"
	"testing"

	"gatehouse/ingest"
)

// forged receives a mail whose sender is not proven, held by a rule on its
// domain; it returns the paths of its ticket and message, and its contact's id.
func (d *desk) forged(address string) (ticket, message, contact string) {
	d.t.Helper()
	_, domain, _ := strings.Cut(address, "@")
	d.rule(`{"kind":"block","target":"domain:` + domain + `"}`)
	a := d.mail(address, "forged", "hello")
	a.Message.Unproven = true
	id := d.receive(a)[0].String()
	m := d.ask(supervisor, "GET /messages/"+id, "").is(200).has("state", "held")
	return "/blocked/" + m.get("ticket_id"), "/messages/" + id, m.get("contact_id")
}

// The contact of a sender who is not proven has no address: a rule set where
// they were met is on the address they wrote from, and is lifted from there.
func TestRulesWhereTheSenderIsNotProven(t *testing.T) {
	d := open(t)
	ticket, message, contact := d.forged("eve@example.net")
	for _, place := range []string{ticket, message} {
		d.ask(supervisor, "POST "+place+"/ban", `{"target":"contact"}`).problem(422, "invalid").has("errors.0.field", "target")
		d.ask(supervisor, "POST "+place+"/ban", "").is(201).has("target", "email:eve@example.net")
		d.ask(supervisor, "POST "+place+"/ban", `{"target":"identity"}`).is(200)
		d.ask(supervisor, "DELETE "+place+"/ban", "").is(204)
		d.ask(supervisor, "DELETE "+place+"/ban", "").problem(409, "nothing-to-lift")
	}
	d.ask(supervisor, "POST "+ticket+"/ban", "").is(201)
	again := d.receive(d.mail("eve@example.net", "again", "hello"))[0].String()
	d.ask(supervisor, "GET /messages/"+again, "").is(200).has("state", "refused")
	d.ask(supervisor, "POST /contacts/"+contact+"/ban", "").is(201).has("target", "contact:"+contact) // addresses may be added
}

func TestRulesWithOrdersWhereTheSenderIsNotProven(t *testing.T) {
	d := open(t)
	ticket, _, _ := d.forged("eve@example.net")
	d.ask(supervisor, "POST "+ticket+"/delete", `{"also":{"kind":"ban"}}`).is(202)
	d.ask(supervisor, "GET /rules?kind=ban", "").is(200).has("items", "1", "items.0.target", "email:eve@example.net")
}

// A rule on an address of a kind that nobody writes from would match nothing.
func TestTargetsOfKindsThatThereAreNot(t *testing.T) {
	d := open(t)
	for _, target := range []string{"emial:ann@example.com", "moon:bob"} {
		d.ask(admin, "POST /rules", `{"kind":"ban","target":"`+target+`"}`).problem(422, "invalid").has("errors.0.field", "target")
		d.ask(admin, "POST /rules/import", `{"kind":"ban","target":"`+target+`"}`).problem(422, "invalid").has("errors.0.field", "line 1")
		d.ask(admin, "POST /rules/import", `{"kind":"ban","lifted":true,"target":"`+target+`"}`).is(200)
	}
	for _, kind := range []string{"visitor", "sms", "telegram", "whatsapp"} {
		d.ask(admin, "POST /rules", `{"kind":"ban","target":"`+kind+`:bob"}`).is(201)
	}
	neil := d.chat("neil", "hello")
	neil.Message.Identities = append(neil.Message.Identities, ingest.Identity{Kind: "moon", Value: "neil", How: ingest.Verified})
	d.receive(neil)
	d.ask(admin, "POST /rules", `{"kind":"ban","target":"moon:bob"}`).is(201)
}

// An error names its field once.
func TestTargetsSayOnceWhatIsWrong(t *testing.T) {
	d := open(t)
	const want = `target: "nonsense": want KIND:VALUE or everyone`
	d.ask(admin, "POST /rules", `{"kind":"ban","target":"nonsense"}`).is(422).has("detail", want)
	d.ask(admin, "GET /rules?target=nonsense", "").is(422).has("detail", want)
	d.ask(admin, "POST /rules/import", `{"kind":"ban","target":"nonsense"}`).is(422).has("errors.0.says", want)
}

// A list of a channel that there is not is a mistake, not an empty list.
func TestListsOfNoChannel(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	for _, path := range []string{"/messages", "/conversations", "/dead", "/blocked", "/blocked/groups", "/blocked/export"} {
		d.ask(admin, "GET "+path+"?channel=mial", "").problem(422, "invalid").has("errors.0.field", "channel")
		d.ask(admin, "GET "+path+"?channel=mail", "").is(200)
	}
	d.ask(admin, "POST /blocked/preview", `{"action":"release","filter":{"channel":"mial"}}`).problem(422, "invalid").has("errors.0.field", "filter.channel")
	asOf := d.ask(admin, "GET /blocked", "").get("as_of")
	d.ask(admin, "POST /blocked/release", `{"filter":{"channel":"mial"},"as_of":"`+asOf+`"}`).problem(422, "invalid").has("errors.0.field", "filter.channel")
}
