package outbound_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/signing"
)

func TestEventsArePostedSigned(t *testing.T) {
	p := open(t)
	c := consume(t, nil)
	p.events("1 before.it")
	id, key := p.endpoint(c.URL)
	p.events("1 message.held", "1 contact.created")
	s := p.sender(loopback)
	p.deliver(s)
	equal(t, "types", c.types(), []string{"message.held", "contact.created"})
	for _, g := range c.all() {
		must(t, verify(t, g, p.clock.now(), []string{key.Text()}, nil))
		if !strings.Contains(string(g.Body), `"id":"`+g.ID+`"`) || g.Header.Get("Content-Type") != "application/json" {
			t.Errorf("%v %s", g.Header, g.Body)
		}
	}
	list := p.deliveries(id, "delivered")
	if len(list) != 2 || list[0].EventID != c.all()[0].ID || list[0].Status != 204 || list[0].Tries != 1 {
		t.Fatalf("%+v", list)
	}
	one, err := p.store.EventDelivery(context.Background(), list[0].ID)
	must(t, err)
	if len(one.Attempts) != 1 || !one.Attempts[0].OK() {
		t.Errorf("attempts: %+v", one.Attempts)
	}
	if e := p.read(id); e.State != "ok" || e.LastOKAt == nil || e.Pending != 0 || e.LagS != 0 || e.URL != c.URL {
		t.Errorf("%+v", e)
	}
	p.deliver(s)
	equal(t, "again", c.types(), []string{"message.held", "contact.created"})
}

func TestAFilterChooses(t *testing.T) {
	for _, k := range []struct {
		types []string
		want  []string
	}{
		{nil, []string{"message.held", "message.conversed", "messages", "rule.set.now"}},
		{[]string{"message.*"}, []string{"message.held", "message.conversed"}},
		{[]string{"message.held", "rule.*"}, []string{"message.held", "rule.set.now"}},
		{[]string{"*"}, []string{"message.held", "message.conversed", "messages", "rule.set.now"}},
		{[]string{"rule"}, nil},
	} {
		p := open(t)
		c := consume(t, nil)
		p.endpoint(c.URL, func(o *ingest.EndpointOrder) { o.Types = k.types })
		p.events("1 message.held", "1 message.conversed", "1 messages", "1 rule.set.now")
		p.deliver(p.sender(loopback))
		equal(t, strings.Join(k.types, " "), c.types(), k.want)
	}
}

func TestAFilterOfChannels(t *testing.T) {
	p := open(t)
	c := consume(t, nil)
	p.endpoint(c.URL, func(o *ingest.EndpointOrder) { o.Channels = []string{"mail"} })
	p.sql(`insert into contacts (id) values ('00000000-0000-7000-8000-000000000009');
		insert into conversations (id, contact, channel, family, status)
			select ('00000000-0000-7000-8000-00000000000' || id)::uuid, '00000000-0000-7000-8000-000000000009'::uuid, id, family, 'open' from channels`)
	p.events("1 of.chat", "2 of.mail", "0 of.none")
	p.sql(`insert into events (type, data) values ('named.mail', '{"channel":"mail"}'), ('named.chat', '{"channel":"chat"}')`)
	p.deliver(p.sender(loopback))
	types := c.types()
	slices.Sort(types) // there is no order between conversations
	equal(t, "types", types, []string{"named.mail", "of.mail", "of.none"})
}

// A failed delivery holds up its own conversation and no other.
func TestOrderInAConversation(t *testing.T) {
	p := open(t)
	failing := true
	c := consume(t, func(g got) (int, map[string]string) {
		if g.Type == "a.1" && failing {
			return 500, nil
		}
		return 200, nil
	})
	id, _ := p.endpoint(c.URL)
	p.events("1 a.1", "1 a.2", "2 b.1", "0 c.1", "1 a.3", "2 b.2")
	s := p.sender(loopback)
	p.deliver(s)
	for range 5 { // it rests between tries
		p.clock.forward(time.Second)
		p.deliver(s)
	}
	if e := p.read(id); e.Pending != 3 {
		t.Fatalf("pending: %+v", e)
	}
	failing = false
	p.clock.forward(10 * time.Minute)
	p.deliver(s)
	var a []string
	for _, kind := range c.types() {
		if strings.HasPrefix(kind, "a.") {
			a = append(a, kind)
		}
	}
	for len(a) > 1 && a[1] == "a.1" {
		a = a[1:]
	}
	equal(t, "conversation 1", a, []string{"a.1", "a.2", "a.3"})
	if e := p.read(id); e.Pending != 0 || e.State != ingest.EndpointOK {
		t.Errorf("%+v", e)
	}
}

// A day of tries, then the delivery is dead and the endpoint off, which is told.
func TestADayOfTries(t *testing.T) {
	p := open(t)
	begun := p.clock.now()
	ok := false
	c := consume(t, func(got) (int, map[string]string) {
		if ok {
			return 200, nil
		}
		return 503, nil
	})
	id, _ := p.endpoint(c.URL, func(o *ingest.EndpointOrder) { o.Types = []string{"a.*"} })
	other := consume(t, nil)
	p.endpoint(other.URL)
	p.events("1 a.1", "1 a.2")
	s := p.sender(loopback)
	for len(p.deliveries(id, "dead")) == 0 {
		p.deliver(s)
		p.clock.forward(time.Minute)
		if p.clock.now().Sub(begun) > 30*time.Hour {
			t.Fatalf("it is tried for ever: %+v", p.deliveries(id, ""))
		}
	}
	if took := p.clock.now().Sub(begun); took < 20*time.Hour {
		t.Errorf("given up after %s", took)
	}
	dead := p.deliveries(id, "dead")
	if dead[0].Type != "a.1" || dead[0].Tries != 8 || dead[0].Error != "server" || dead[0].Status != 503 || dead[0].EndedAt == nil {
		t.Errorf("%+v", dead)
	}
	for p.read(id).State != ingest.EndpointOff {
		p.clock.forward(time.Hour)
		p.deliver(s)
		if p.clock.now().Sub(begun) > 48*time.Hour {
			t.Fatalf("it is not switched off: %+v", p.read(id))
		}
	}
	if e := p.read(id); e.OffReason != ingest.OffFailing || e.LastError != "server" {
		t.Errorf("%+v", e)
	}
	p.deliver(s)
	if types := other.types(); types[len(types)-1] != "endpoint.disabled" {
		t.Errorf("not told: %v", types)
	}
	// What is given up can be begun anew, and the endpoint switched on again: nothing is lost.
	ok = true
	p.events("1 a.3")
	must(t, p.store.ResumeEndpoint(context.Background(), id, "test"))
	must(t, p.store.RetryDelivery(context.Background(), dead[0].ID, "test"))
	before := len(c.types())
	p.deliver(s)
	equal(t, "after all", c.types()[before:], []string{"a.1", "a.2", "a.3"})
}

func TestRotation(t *testing.T) {
	p := open(t)
	c := consume(t, nil)
	id, old := p.endpoint(c.URL)
	fresh := signing.NewSecret()
	must(t, p.store.RotateEndpoint(context.Background(), id, ingest.Secret(fresh.Text()), time.Hour, "test"))
	s := p.sender(loopback)
	send := func() got {
		p.events("1 a.1")
		p.deliver(s)
		all := c.all()
		return all[len(all)-1]
	}
	g := send()
	must(t, verify(t, g, p.clock.now(), []string{old.Text()}, nil))
	must(t, verify(t, g, p.clock.now(), []string{fresh.Text()}, nil))
	p.clock.forward(time.Hour + time.Second)
	g = send()
	must(t, verify(t, g, p.clock.now(), []string{fresh.Text()}, nil))
	if verify(t, g, p.clock.now(), []string{old.Text()}, nil) == nil {
		t.Error("the old secret still signs")
	}
}

func TestTheAsymmetricScheme(t *testing.T) {
	p := open(t)
	c := consume(t, nil)
	pair := signing.NewPair()
	id, _ := p.endpoint(c.URL, func(o *ingest.EndpointOrder) { o.Scheme, o.Key = ingest.SchemeV1a, ingest.Secret(pair.Text()) })
	if e := p.read(id); e.PublicKey != pair.Public() || e.Secret != "" {
		t.Errorf("%+v", e)
	}
	p.events("1 a.1")
	p.deliver(p.sender(loopback))
	must(t, verify(t, c.all()[0], p.clock.now(), nil, []string{pair.Public()}))
}
