package httpapi_test

import (
	"net/url"
	"strings"
	"testing"
)

// hold gives a blocked list: two of Eve's held by a block, one of Mal's by the
// blacklist.
func hold(d *desk) {
	d.t.Helper()
	d.rule(`{"kind":"block","target":"email:eve@example.net","reason":"spam"}`)
	d.rule(`{"kind":"blacklist","target":"email:mal@example.net"}`)
	d.receive(d.mail("eve@example.net", "cheap pills", "buy now"), d.mail("eve@example.net", "cheap watches", "buy later"),
		d.mail("mal@example.net", "complaint", "again"))
}

func TestTheBlockedList(t *testing.T) {
	d := open(t)
	hold(d)
	list := d.ask(supervisor, "GET /blocked", "").is(200).has("items", "2", "total", "2", "unopened", "2",
		"items.0.messages", "1", "items.0.rule.reason", "spam", "items.0.expired", "false", "items.0.likely_wrong", "false")
	for query, n := range map[string]string{
		"kind=blacklist": "1", "kind=block": "2", "kind=system": "0", "text=watches": "1", "text=buy": "2", "text=100%25": "0",
		"channel=mail": "2", "channel=chat": "0", "reason=spam": "2", "reason=other": "0", "rule=2": "1", "rule=1": "2", "expired=true": "0",
		"expired=false": "2", "contact_id=" + list.get("items.0.contact_id"): "2",
	} {
		d.ask(supervisor, "GET /blocked?"+query, "").is(200).has("items", n, "total", n)
	}
	part := d.ask(supervisor, "GET /blocked?limit=1", "").is(200).has("items", "1", "total", "2")
	d.ask(supervisor, "GET /blocked?limit=1&cursor="+part.get("next"), "").is(200).has("items", "1", "total", "2", "next", "")
}

// A text is found in what only the raw bytes have, however they write it.
func TestTextOfHeldChatsIsFound(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	d.rule(`{"kind":"blacklist","target":"visitor:v2"}`)
	written := d.chat("v1", "Grüße, \"quoted\"\nnext line")
	written.Raw = []byte(`{"text":"Gr\u00fc\u00dfe, \"quoted\"\nnext line"}`)
	torn := d.chat("v1", "torn")
	torn.Raw = []byte("{\xff\xfe torn")
	d.receive(written, torn, d.chat("v2", "grüße von v2"))
	for text, n := range map[string]string{"GRÜSSE": "0", "GRÜßE": "1", `"quoted"`: "1", "quoted\"\nnext": "1", "u00fc": "0", "nothing": "0"} {
		d.ask(supervisor, "GET /blocked?text="+url.QueryEscape(text), "").is(200).has("items", n, "total", n, "unsearched", "0")
	}
	d.ask(supervisor, "GET /blocked?kind=blacklist&text="+url.QueryEscape("grüße"), "").is(200).has("items", "1")
	d.ask(supervisor, "GET /blocked?channel=mail&text=quoted", "").is(200).has("items", "0")
}

// What is too much to search is told.
func TestSearchSaysWhatItDidNotRead(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	d.receive(d.chat("v1", "needle"))
	d.receive(d.chat("v1", "straw", strings.Repeat("file", 9<<20)))
	d.ask(supervisor, "GET /blocked?text=needle", "").is(200).has("items", "0", "unsearched", "1")
	d.ask(supervisor, "GET /blocked?text=straw", "").is(200).has("items", "1", "unsearched", "1")
	d.ask(supervisor, "GET /blocked", "").is(200).has("items", "1", "unsearched", "0")
}

func TestOpeningATicket(t *testing.T) {
	d := open(t)
	hold(d)
	ticket := d.ask(supervisor, "GET /blocked?text=pills", "").is(200).has("items.0.opened_at", "", "items.0.subject", "cheap pills").get("items.0.id")
	opened := d.ask(supervisor, "GET /blocked/"+ticket, "").is(200).has("ticket.id", ticket, "items", "1", "items.0.text", "buy now", "items.0.state", "held")
	if opened.get("ticket.opened_at") == "" {
		t.Error("not marked opened")
	}
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "2", "unopened", "1")
	d.ask(admin, "GET /audit?subject=ticket:"+ticket, "").is(200).has("items", "1", "items.0.action", "ticket.open", "items.0.actor", "supervisor")
	d.ask(supervisor, "GET /blocked/018f0000-0000-7000-8000-000000000000", "").problem(404, "not-found")
}

func TestReleasingATicketLeavesTheRule(t *testing.T) {
	d := open(t)
	hold(d)
	ticket := d.ask(supervisor, "GET /blocked?text=pills", "").get("items.0.id")
	job := d.ask(supervisor, "POST /blocked/"+ticket+"/release", `{"to":"unassigned"}`).is(202).has("kind", "release").get("id")
	d.work()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "released", "1")
	d.ask(agent, "GET /conversations", "").is(200).has("items", "1", "items.0.status", "unassigned", "items.0.released_by", job)
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "1")
	d.receive(d.mail("eve@example.net", "more pills", "buy"))
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "2")
	d.ask(supervisor, "POST /blocked/"+ticket+"/release", "").problem(404, "not-found")
}

func TestWorkOnASelection(t *testing.T) {
	d := open(t)
	hold(d)
	list := d.ask(supervisor, "GET /blocked", "").is(200)
	first, second := list.get("items.0.id"), list.get("items.1.id")
	d.ask(supervisor, "POST /blocked/release", `{"tickets":[]}`).problem(422, "invalid").has("errors.0.field", "tickets")
	d.ask(supervisor, "POST /blocked/release", `{"tickets":["x"]}`).problem(422, "invalid")
	job := d.ask(supervisor, "POST /blocked/delete", `{"tickets":["`+first+`","`+second+`"]}`).is(202).get("id")
	d.work()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "purged", "2", "total", "2")
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "0", "items", "0")
	d.ask(agent, "GET /stats", "").is(200).has("channels.1.purged", "2", "channels.1.held", "1")
}

func TestRuleFromATicket(t *testing.T) {
	d := open(t)
	hold(d)
	ticket := d.ask(supervisor, "GET /blocked?text=pills", "").get("items.0.id")
	d.ask(supervisor, "POST /blocked/"+ticket+"/ban", `{"target":"identity","reason":"spam"}`).is(201).has("target", "email:eve@example.net", "kind", "ban")
	d.ask(supervisor, "DELETE /blocked/"+ticket+"/block?held=delete_all", "").is(202).has("kind", "delete_all")
}
