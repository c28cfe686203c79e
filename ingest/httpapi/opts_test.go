package httpapi_test

import (
	"context"
	"testing"
	"time"

	"gatehouse/ingest"
)

// sms is a text message, after registering its channel.
func (d *desk) sms(number, key string, opt ingest.Opt) ingest.Arrival {
	d.t.Helper()
	if err := d.store.Register(context.Background(), "sms", "twilio", ingest.SMS); err != nil {
		d.t.Fatal(err)
	}
	a := d.chat(number, key)
	id := ingest.Identity{Kind: "phone", Value: number, How: ingest.Verified}
	a.Message.Channel, a.Message.From.Identity, a.Message.Identities, a.Message.Opt = "sms", id, []ingest.Identity{id}, opt
	return a
}

func TestOptedOutMayNotReceive(t *testing.T) {
	d := open(t)
	d.receive(d.sms("+15550100001", "hello", ""), d.sms("+15550100001", "enough", ingest.OptOut))
	for _, asked := range []string{"&channel=sms", ""} {
		d.ask(agent, "GET /standing?kind=phone&value=%2B1+555+010+0001"+asked, "").is(200).has("may_receive", "false", "may_auto", "false",
			"may_send", "true", "effect", "none", "opted_out.0.channel", "sms", "opted_out.0.identity", "phone:+15550100001", "opted_out.0.source", "provider")
	}
	d.ask(agent, "GET /standing?kind=phone&value=%2B15550100001&channel=chat", "").is(200).has("may_receive", "true")
	d.ask(agent, "GET /standing?kind=phone&value=%2B15550100002&channel=sms", "").is(200).has("may_receive", "true", "opted_out", "")
	contact := d.contactOf("+15550100001")
	d.ask(agent, "GET "+contact, "").is(200).has("standing.may_receive", "false", "standing.opted_out.0.channel", "sms")
	talk := d.ask(agent, "GET /conversations?channel=sms", "").is(200).has("items.0.standing.may_receive", "false").get("items.0.id")
	sent := `{"message_id":"SM1","from":"+15550100009"}`
	d.ask(agent, "POST /conversations/"+talk+"/outgoing", sent).is(201).has("standing.may_receive", "false")
	d.ask(agent, "POST /conversations/"+talk+"/outgoing", sent).is(200)
	d.ask(agent, "POST /conversations/"+talk+"/outgoing", `{"message_id":"a@example.com","from":"support@example.com"}`).problem(409, "conflict")

	d.receive(d.sms("+15550100001", "again", ingest.OptIn))
	d.ask(agent, "GET "+contact, "").is(200).has("standing.may_receive", "true", "standing.opted_out", "")
}

func TestTheDeskSetsOptOuts(t *testing.T) {
	d := open(t)
	d.receive(d.sms("+15550100001", "hello", ""), d.mail("ann@example.com", "order", "hello"))
	contact := d.contactOf("+15550100001")
	d.ask(agent, "POST "+contact+"/opt-out", `{"channel":"sms","reason":"said so"}`).problem(403, "role")
	d.ask(supervisor, "POST "+contact+"/opt-out", `{"channel":"sms"}`).problem(422, "invalid")
	d.ask(supervisor, "POST "+contact+"/opt-out", `{"channel":"nowhere","reason":"said so"}`).problem(422, "invalid").has("errors.0.field", "channel")
	d.ask(supervisor, "POST "+contact+"/opt-out", `{"channel":"sms","identity":"ann","reason":"said so"}`).problem(422, "invalid").has("errors.0.field", "identity")
	d.ask(supervisor, "POST "+contact+"/opt-out", `{"channel":"mail","reason":"said so"}`).problem(409, "conflict")
	d.ask(supervisor, "POST "+contact+"/opt-out", `{"channel":"sms","identity":"phone:+15550100002","reason":"said so"}`).problem(409, "conflict")
	d.ask(supervisor, "POST "+d.contactOf("ann@example.com")+"/opt-out", `{"channel":"sms","reason":"said so"}`).problem(409, "conflict")
	d.ask(supervisor, "POST /contacts/"+ingest.NewID(time.Now()).String()+"/opt-out", `{"channel":"sms","reason":"said so"}`).problem(404, "not-found")

	d.ask(supervisor, "POST "+contact+"/opt-out", `{"channel":"sms","identity":"phone:+1 555 010 0001","reason":"said so"}`).is(204)
	d.ask(agent, "GET "+contact, "").is(200).has("standing.may_receive", "false", "standing.opted_out.0.source", "desk", "standing.opted_out.0.reason", "said so")
	d.ask(supervisor, "POST "+contact+"/opt-in", `{"channel":"sms","reason":"wants news"}`).is(204)
	d.ask(agent, "GET "+contact, "").is(200).has("standing.may_receive", "true")
	d.ask(agent, "GET /events?types=contact.opted_out,contact.opted_in", "").is(200).has("items.0.type", "contact.opted_out", "items.1.type", "contact.opted_in",
		"items.1.data.source", "desk")
}
