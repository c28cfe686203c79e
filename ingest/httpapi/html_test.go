package httpapi_test

import (
	"strings"
	"testing"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// Whatever gives out a message gives out its html made safe, and none where
// nothing can make it safe.
func TestHTMLIsGivenOutSafe(t *testing.T) {
	show := func(html string) string { return strings.ToUpper(html) }
	for name, want := range map[string]string{"shown": "<P>HALLO</P>", "withheld": ""} {
		t.Run(name, func(t *testing.T) {
			d := open(t, func(o *httpapi.Options) {
				if want != "" {
					o.Show = show
				}
			})
			d.rule(`{"kind":"block","target":"email:bob@example.com","reason":"spam"}`)
			d.checkHTML(d.html("ann@example.com"), d.html("bob@example.com"), want)
		})
	}
}

// html is a mail that is a page.
func (d *desk) html(from string) ingest.Arrival {
	a := d.mail(from, "page", "hallo")
	a.Message.HTML = "<p>hallo</p>"
	return a
}

func (d *desk) checkHTML(talked, held ingest.Arrival, want string) {
	d.t.Helper()
	ids := d.receive(talked, held)
	d.ask(agent, "GET /messages/"+ids[0].String(), "").is(200).has("html", want)
	conversation := d.ask(agent, "GET /messages/"+ids[0].String(), "").get("conversation_id")
	ticket := d.ask(supervisor, "GET /messages/"+ids[1].String(), "").is(200).has("state", "held", "html", want).get("ticket_id")
	d.ask(agent, "GET /conversations/"+conversation+"/messages", "").is(200).has("items.0.html", want)
	d.ask(supervisor, "GET /blocked/"+ticket, "").is(200).has("items", "1", "items.0.html", want)
	for _, path := range []string{"/messages", "/messages?state=held", "/conversations/" + conversation + "/messages", "/blocked/" + ticket} {
		if raw := d.ask(supervisor, "GET "+path, "").is(200); strings.Contains(string(raw.Body), "<p>") {
			d.t.Errorf("%s gives out html as it was sent: %s", path, raw.Body)
		}
	}
}
