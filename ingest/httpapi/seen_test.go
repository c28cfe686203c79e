package httpapi_test

import (
	"encoding/json"
	"testing"

	"gatehouse/ingest"
)

// surfing is a chat with what the visitor's browser says of itself.
func (d *desk) surfing(visitor, browser, page string) ingest.Arrival {
	a := d.chat(visitor, "hello from "+page)
	t := &ingest.Technical{Page: &ingest.Page{URL: page, Referrer: "https://search.example.net/"}, Widget: "sales", Locale: "de-DE",
		TimeZone: "Europe/Berlin", Device: &ingest.Device{OS: "macOS", Browser: browser}, Region: "DE", Agent: "Mozilla/5.0 " + browser}
	raw, err := json.Marshal(posted{Text: a.Message.Text, Technical: t})
	must(d.t, err)
	a.Raw, a.Message.Technical = raw, t
	return a
}

// A contact shows what its device said of itself in the last chat, and since
// when that is known: of the messages that the asker may read, and never what a
// mail says.
func TestContactTechnical(t *testing.T) {
	d := open(t)
	first := d.mail("ann@example.com", "order", "hello")
	first.Message.Technical = &ingest.Technical{Envelope: &ingest.Envelope{From: "ann@example.com", Client: "198.51.100.9", Helo: "mx.example.com"}}
	d.receive(first)
	d.ask(agent, "GET "+d.contactOf("ann@example.com"), "").is(200).has("technical", "")

	d.receive(d.surfing("v1", "Firefox 140", "https://www.example.com/old"))
	ids := d.receive(d.surfing("v1", "Firefox 141", "https://www.example.com/price"))
	contact := "/contacts/" + d.ask(agent, "GET /contacts?q=v1", "").is(200).get("items.0.id")
	d.ask(agent, "GET "+contact, "").is(200).has("technical.browser", "Firefox 141", "technical.os", "macOS", "technical.source", "chat",
		"technical.channel", "chat", "technical.client_ip", "192.0.2.7", "technical.page.url", "https://www.example.com/price",
		"technical.page.referrer", "https://search.example.net/", "technical.widget", "sales", "technical.locale", "de-DE",
		"technical.time_zone", "Europe/Berlin", "technical.region", "DE", "technical.user_agent", "Mozilla/5.0 Firefox 141",
		"technical.message_id", ids[0].String())

	d.blocksOn()
	d.ask(supervisor, "POST "+contact+"/block", `{"reason":"spam"}`).is(201)
	d.receive(d.surfing("v1", "Chrome 150", "https://www.example.com/held"))
	d.ask(supervisor, "GET "+contact, "").is(200).has("technical.browser", "Chrome 150")
	d.ask(agent, "GET "+contact, "").is(200).has("technical.browser", "Firefox 141")
}
