package httpapi_test

import (
	"encoding/csv"
	"strings"
	"testing"
)

func TestGroupsOfTheBlockedList(t *testing.T) {
	d := open(t)
	hold(d)
	d.rule(`{"kind":"block","target":"visitor:v1","reason":"abuse"}`)
	d.receive(d.chat("v1", "one"), d.chat("v1", "two"), d.chat("v1", "three"))
	groups := func(query string) answer { return d.ask(supervisor, "GET /blocked/groups?"+query, "").is(200) }
	groups("by=rule").has("total", "2", "items", "2", "items.0.messages", "3", "items.0.tickets", "1", "items.0.rule.target", "visitor:v1",
		"items.1.messages", "2", "items.1.tickets", "2", "items.1.unopened", "2", "items.1.likely_wrong", "0", "items.1.rule.reason", "spam")
	groups("by=contact").has("total", "2", "items.0.contact.address", "v1", "items.1.contact.name", "Ann Example", "items.1.contact.address", "eve@example.net")
	groups("by=domain").has("items.0.domain", "", "items.1.domain", "example.net", "items.1.tickets", "2")
	groups("by=channel").has("items.0.channel", "chat", "items.1.channel", "mail")
	groups("by=reason&kind=block").has("items.0.reason", "abuse", "items.1.reason", "spam")
	groups("by=rule&kind=blacklist").has("items", "1", "items.0.rule.kind", "blacklist")
	groups("by=rule&text=watches").has("items", "1", "items.0.tickets", "1")
	part := groups("by=rule&limit=1").has("items", "1", "total", "2", "items.0.messages", "3")
	groups("by=rule&limit=1&cursor="+part.get("next")).has("items", "1", "items.0.messages", "2", "next", "")
	groups("by=channel&domain=example.net").has("items", "1", "items.0.channel", "mail")
	groups("by=channel&domain=none").has("items", "1", "items.0.channel", "chat")
	d.ask(supervisor, "POST /blocked/preview", `{"action":"delete","filter":{"domain":"example.net"}}`).is(200).has("messages", "2")
	d.ask(supervisor, "POST /blocked/preview", `{"action":"delete","filter":{"domain":"example"}}`).is(200).has("messages", "0")
	d.ask(agent, "POST /contacts/"+d.contact("eve")+"/review", `{"reason":"known"}`)
	likely := groups("by=rule&sort=likely_wrong&limit=1").has("items.0.rule.reason", "spam", "items.0.likely_wrong", "2")
	groups("by=rule&sort=likely_wrong&limit=1&cursor="+likely.get("next")).has("items.0.rule.target", "visitor:v1", "next", "")
	d.ask(supervisor, "GET /blocked?cursor=x", "").problem(422, "invalid").has("errors.0.field", "cursor")
	d.ask(supervisor, "GET /blocked/groups?cursor=x", "").problem(422, "invalid").has("errors.0.field", "cursor")
	d.ask(supervisor, "GET /blocked/groups?by=colour", "").problem(422, "invalid").has("errors.0.field", "by")
}

func TestGroupsOfSystemHolds(t *testing.T) {
	d := open(t)
	d.ask(admin, "PATCH /settings", `{"closed":true}`).is(200)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	d.ask(supervisor, "GET /blocked/groups?by=rule", "").is(200).has("items", "1", "items.0.rule", "", "items.0.reason", "closed_mode")
}

func TestPreviewOfOrders(t *testing.T) {
	d := open(t)
	hold(d)
	preview := func(body string) answer { return d.ask(supervisor, "POST /blocked/preview", body).is(200) }
	list := d.ask(supervisor, "GET /blocked", "")
	ticket := list.get("items.0.id")
	preview(`{"action":"delete","filter":{}}`).has("messages", "2", "tickets", "2", "deleted", "2", "released", "0", "says", "2 will be deleted for good")
	preview(`{"action":"release","filter":{"text":"watches"}}`).has("messages", "1", "released", "1", "stays", "0", "estimated", "false")
	preview(`{"action":"release","tickets":["`+ticket+`"]}`).has("messages", "1", "released", "1", "says", "1 will be released")
	preview(`{"action":"unblock_all","scope":"rule:1"}`).has("messages", "2", "released", "2")
	d.rule(`{"kind":"block","target":"domain:example.net","reason":"other"}`)
	preview(`{"action":"unblock_all","scope":"rule:1"}`).has("messages", "2", "released", "0", "stays", "2", "held_by", "1",
		"held_by.0.rule", "3", "held_by.0.messages", "2", "says", "0 will be released, 2 stay held by the rule on everybody at example.net")
	preview(`{"action":"unblock_all","scope":"contact:`+d.contact("eve")+`"}`).has("stays", "2", "held_by.0.target", "domain:example.net")
	preview(`{"action":"release","filter":{}}`).has("released", "2", "stays", "0")
	d.rule(`{"kind":"ban","target":"email:eve@example.net"}`)
	preview(`{"action":"release","filter":{}}`).has("released", "0", "stays", "2", "held_by.0.kind", "ban")
	d.ask(supervisor, "GET /blocked", "").has("total", "2") // nothing was changed
	for _, wrong := range []string{`{"action":"release"}`, `{"action":"release","scope":"rule:1"}`, `{"action":"unblock_all","filter":{}}`,
		`{"action":"release","filter":{},"tickets":["` + ticket + `"]}`, `{"action":"burn","filter":{}}`} {
		d.ask(supervisor, "POST /blocked/preview", wrong).problem(422, "invalid")
	}
	d.ask(supervisor, "POST /blocked/preview", `{"action":"unblock_all","scope":"rule:99"}`).problem(404, "not-found")
}

func TestExportOfTheBlockedList(t *testing.T) {
	d := open(t)
	hold(d)
	trap := d.mail("eve@example.net", "=HYPERLINK(1)", "+1, \"quoted\"\r\nnext")
	trap.Message.From.Name = "@eve"
	d.receive(trap)
	a := d.ask(supervisor, "GET /blocked/export?sort=newest", "").is(200)
	lines, err := csv.NewReader(strings.NewReader(string(a.Body))).ReadAll()
	must(t, err)
	if len(lines) != 4 || lines[0][0] != "ticket_id" || !strings.Contains(string(a.Body), "\r\n") {
		t.Fatalf("%d lines: %s", len(lines), a.Body)
	}
	if got := lines[1]; got[3] != "eve@example.net (@eve)" || got[4] != "'=HYPERLINK(1)" || got[5] != `'+1, "quoted" next` || got[7] != "block email:eve@example.net" {
		t.Errorf("%q", got)
	}
	if a := d.ask(supervisor, "GET /blocked/export?text=watches", "").is(200); strings.Count(string(a.Body), "\r\n") != 2 {
		t.Errorf("want one ticket: %s", a.Body)
	}
	d.ask(admin, "GET /audit?subject=blocked", "").is(200).has("items", "2", "items.0.action", "blocked.export", "items.0.actor", "supervisor")
}
