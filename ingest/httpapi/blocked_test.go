package httpapi_test

import (
	"net/url"
	"strings"
	"testing"

	"gatehouse/ingest"
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

// What was not read yet is told.
func TestSearchSaysWhatItDidNotRead(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	d.receive(d.chat("v1", "needle"))
	d.late = true
	d.receive(d.chat("v1", "straw"), d.chat("v1", "more straw"))
	d.ask(supervisor, "GET /blocked?text=needle", "").is(200).has("items", "1", "unsearched", "2", "items.0.preview", "needle")
	d.ask(supervisor, "GET /blocked?text=straw", "").is(200).has("items", "0", "unsearched", "2")
	d.ask(supervisor, "GET /blocked?text=straw&channel=mail", "").is(200).has("items", "0", "unsearched", "0")
	d.ask(supervisor, "GET /blocked", "").is(200).has("items", "1", "unsearched", "0")
	d.search()
	d.ask(supervisor, "GET /blocked?text=straw", "").is(200).has("items", "1", "unsearched", "0", "items.0.preview", "more straw")
}

// One or two letters are found as any others, and so is what no word has.
func TestSearchForALetter(t *testing.T) {
	d := open(t)
	hold(d)
	for text, n := range map[string]string{"p": "2", "pi": "1", "bu": "2", "y": "2", "zz": "0", "l": "2", ",": "0", "%": "0", "_": "0", `\`: "0", " ": "2", "@": "2"} {
		d.ask(supervisor, "GET /blocked?text="+url.QueryEscape(text), "").is(200).has("total", n)
	}
}

func TestFiltersOfTheBlockedList(t *testing.T) {
	d := open(t)
	hold(d)
	ticket := d.ask(supervisor, "GET /blocked?text=pills", "").get("items.0.id")
	opened := d.ask(supervisor, "GET /blocked/"+ticket, "").is(200).has("ticket.opened_by", "supervisor", "ticket.sender", "eve@example.net (Ann Example)")
	held := opened.get("ticket.held_at")
	for query, n := range map[string]string{
		"opened=true": "1", "opened=false": "1", "review=true": "0", "review=false": "2", "likely_wrong=true": "0", "likely_wrong=false": "2",
		"from=" + held: "2", "to=" + held: "0", "from=2020-01-01T00:00:00Z&to=2020-01-02T00:00:00Z": "0",
	} {
		d.ask(supervisor, "GET /blocked?"+query, "").is(200).has("items", n, "total", n)
	}
	d.ask(supervisor, "GET /blocked?sort=colour", "").problem(422, "invalid").has("errors.0.field", "sort")
	for _, sort := range []string{"newest", "oldest", "likely_wrong"} {
		part := d.ask(supervisor, "GET /blocked?limit=1&sort="+sort, "").is(200).has("items", "1")
		rest := d.ask(supervisor, "GET /blocked?limit=1&sort="+sort+"&cursor="+part.get("next"), "").is(200).has("items", "1", "next", "")
		if part.get("items.0.id") == rest.get("items.0.id") {
			t.Errorf("%s: a ticket twice", sort)
		}
	}
}

// What is likely held in error comes first: a review that was asked for, then
// whom the desk has answered, whenever that was.
func TestLikelyWrongFirst(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"), d.mail("bob@example.com", "order", "hello"))
	for _, who := range []string{"ann", "bob", "eve"} {
		d.rule(`{"kind":"block","target":"email:` + who + `@example.com"}`)
	}
	passed := func(a ingest.Arrival) ingest.Arrival { // its sender check
		a.Message.From.How, a.Message.Identities[0].How = ingest.Verified, ingest.Verified
		return a
	}
	d.receive(passed(d.mail("ann@example.com", "again", "of ann")), d.mail("bob@example.com", "again", "of bob"))
	d.receive(passed(d.mail("eve@example.com", "again", "of eve")))
	first := func(why, preview string) answer {
		t.Helper()
		return d.ask(supervisor, "GET /blocked", "").is(200).has("total", "3", "items.0.why_likely_wrong", why, "items.0.preview", preview)
	}
	first("0", "of eve").has("items.0.likely_wrong", "false")
	talk := d.ask(agent, "GET /conversations?contact_id="+d.contact("ann"), "").get("items.0.id")
	d.ask(agent, "PATCH /conversations/"+talk, `{"assignee":"sam"}`).is(200)
	first("2", "of ann").has("items.0.why_likely_wrong.0", "answered_before", "items.0.likely_wrong", "true", "items.0.review", "")
	d.ask(supervisor, "POST /contacts/"+d.contact("eve")+"/review", `{"reason":"knows_us"}`).is(204)
	first("2", "of eve").has("items.0.why_likely_wrong.0", "review_asked", "items.0.why_likely_wrong.1", "sender_check_passed",
		"items.0.review.by", "supervisor", "items.0.review.reason", "knows_us", "items.1.preview", "of ann")
	d.receive(passed(d.mail("ann@example.com", "third", "ann again")))
	d.ask(supervisor, "GET /blocked", "").has("total", "4", "items.1.preview", "ann again")
	d.ask(supervisor, "GET /blocked?likely_wrong=true", "").has("total", "3")
	d.ask(supervisor, "GET /blocked?review=true", "").has("total", "1")
}

func TestReviews(t *testing.T) {
	d := open(t)
	hold(d)
	contact := d.contact("eve")
	path := "/contacts/" + contact
	d.ask(agent, "GET "+path, "").is(200).has("review", "")
	d.ask(agent, "POST "+path+"/review", `{"reason":"`+strings.Repeat("ä", 51)+`"}`).problem(422, "invalid").has("errors.0.field", "reason")
	d.ask(agent, "POST "+path+"/review", `{"reason":"customer"}`).is(204)
	d.ask(supervisor, "POST "+path+"/review", `{"reason":"other"}`).is(204) // one is open
	d.ask(agent, "GET "+path, "").is(200).has("review.by", "agent", "review.reason", "customer")
	d.ask(agent, "GET /events?types=review.asked", "").has("items", "1", "items.0.contact_id", contact)
	d.ask(agent, "DELETE "+path+"/review", "").problem(403, "role")
	d.ask(supervisor, "DELETE "+path+"/review", "").is(204)
	d.ask(supervisor, "DELETE "+path+"/review", "").is(204) // none is open
	d.ask(agent, "GET "+path, "").is(200).has("review", "")
	d.ask(supervisor, "GET /blocked?review=true", "").has("total", "0")
	d.ask(admin, "GET /audit?subject=contact:"+contact, "").is(200).has("items", "2", "items.0.action", "review.closed", "items.1.actor", "agent")
	for name, answer := range map[string]func(ticket string){
		"release": func(ticket string) { d.ask(supervisor, "POST /blocked/"+ticket+"/release", "").is(202) },
		"message": func(ticket string) {
			message := d.ask(supervisor, "GET /blocked/"+ticket, "").get("items.0.id")
			d.ask(supervisor, "POST /messages/"+message+"/release", "").is(202)
		},
		"unblock": func(string) { d.ask(supervisor, "POST "+path+"/unblock", `{"held":"unblock_all"}`).is(202) },
	} {
		d.receive(d.mail("eve@example.net", name, "more"))
		d.ask(agent, "POST "+path+"/review", `{"reason":"customer"}`).is(204)
		answer(d.ask(supervisor, "GET /blocked?review=true&sort=newest", "").get("items.0.id"))
		d.ask(agent, "GET "+path, "").is(200).has("review", "")
		d.work()
		d.ask(admin, "POST /rules", `{"kind":"block","target":"email:eve@example.net","reason":"spam"}`) // again, if it was lifted
	}
	d.ask(agent, "POST /contacts/018f0000-0000-7000-8000-000000000000/review", "").problem(404, "not-found")
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
