package httpapi_test

import (
	"testing"
)

// The hours of the channels say what came in them and what became of it.
func TestHoursOfTheChannels(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "hello"), d.chat("v2", "hello"))
	for _, at := range []string{"/stats/hours", "/stats/hours?hours=1&channel=chat", "/stats/hours?hours=168"} {
		d.ask(agent, "GET "+at, "").is(200).has("channels", "1", "channels.0.name", "chat", "channels.0.hours", "1",
			"channels.0.hours.0.accepted", "2", "channels.0.hours.0.conversed", "2", "channels.0.hours.0.in_flight", "0")
	}
	d.ask(agent, "GET /stats/hours?channel=mail", "").is(200).has("channels", "0")
	d.ask(agent, "GET /stats/hours?channel=post", "").problem(422, "invalid")
	for _, hours := range []string{"0", "169", "many"} {
		d.ask(agent, "GET /stats/hours?hours="+hours, "").problem(422, "invalid")
	}
}
