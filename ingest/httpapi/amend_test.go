package httpapi_test

import (
	"testing"

	"gatehouse/ingest"
)

// A message shows what became of it since, and what it said at first.
func TestMessagesShowTheirChanges(t *testing.T) {
	d := open(t)
	first := d.chat("v1", "hello")
	first.Message.Thread = "n1"
	change := func(visitor, words string, c ingest.Change) ingest.Arrival {
		a := d.chat(visitor, words)
		c.Of = "n1"
		a.Message.Change, a.Message.Answers = &c, []string{c.Of}
		return a
	}
	ids := d.receive(first)
	later := d.receive(change("v1", "hello there", ingest.Change{Kind: ingest.Edit}),
		change("v2", "+1", ingest.Change{Kind: ingest.Reaction, Reaction: "+1"}), change("v1", "", ingest.Change{Kind: ingest.Unsend}))
	d.ask(agent, "GET /messages/"+ids[0].String(), "").is(200).has("text", "hello", "changes", "3",
		"changes.0.kind", "edit", "changes.0.text", "hello there", "changes.0.id", later[0].String(),
		"changes.1.kind", "reaction", "changes.1.reaction", "+1", "changes.1.by.value", "v2", "changes.2.kind", "unsend")
	d.ask(agent, "GET /messages/"+later[0].String(), "").is(200).has("change.kind", "edit", "change.of", "n1")

	text := d.sms("+15550100001", "hello", "")
	text.Message.Thread = "n2"
	sign := d.sms("+15550100001", "+1", "")
	sign.Message.Change, sign.Message.Answers = &ingest.Change{Kind: ingest.Reaction, Of: "n2", Reaction: "+1"}, []string{"n2"}
	of := d.receive(text)[0].String()
	d.receive(sign)
	d.ask(agent, "GET /messages/"+of, "").is(200).has("changes", "1", "changes.0.reaction", "+1")

	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	d.receive(change("v1", "buy this", ingest.Change{Kind: ingest.Edit}))
	d.ask(agent, "GET /messages/"+ids[0].String(), "").is(200).has("changes", "3")
	d.ask(supervisor, "GET /messages/"+ids[0].String(), "").is(200).has("changes", "4", "changes.3.text", "buy this", "changes.3.state", "held")
}
