package httpapi_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"testing"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// throng is people with addresses, of whom some are one.
type throng struct {
	*desk
	*rand.Rand
	ips []string
}

// address is one that somebody writes from.
func (c *throng) address() ingest.Identity {
	n := c.IntN(6)
	if c.IntN(2) == 0 {
		return ingest.Identity{Kind: "visitor", Value: fmt.Sprint("v", n), How: ingest.Header}
	}
	return ingest.Identity{Kind: "email", Value: fmt.Sprintf("p%d@example%d.com", n, n%2), How: ingest.Header}
}

// writes is a message of somebody, who at times says in a chat by which other
// address they are known.
func (c *throng) writes(id ingest.Identity, ip string) ingest.Arrival {
	if id.Kind == "email" {
		return c.mail(id.Value, "s", "words")
	}
	a := c.chat(id.Value, "words")
	a.Message.ClientIP = netip.MustParseAddr(ip)
	return a
}

// change does something that changes how people stand.
func (c *throng) change() string {
	id, ip := c.address(), c.ips[c.IntN(len(c.ips))]
	contact := func() string {
		known, err := c.store.Known(context.Background(), []ingest.Identity{id})
		must(c.t, err)
		return known[0].String()
	}()
	kind := []string{"ban", "block", "blacklist", "allow"}[c.IntN(4)]
	spare := c.IntN(3) == 0
	rule := func(target string) string {
		scope := []string{``, `,"scope":["chat"]`, `,"scope":["kind:imap"]`}[c.IntN(3)]
		body := fmt.Sprintf(`{"kind":%q,"target":%q,"spare_known":%v,"force":true%s}`, kind, target, spare, scope)
		c.ask(admin, "POST /rules", body)
		return body
	}
	switch c.IntN(10) {
	case 0:
		c.receive(c.writes(id, ip))
		return "message of " + id.Key()
	case 1: // they tell who else they are
		a := c.writes(ingest.Identity{Kind: "visitor", Value: fmt.Sprint("v", c.IntN(6))}, ip)
		a.Message.Identities = append(a.Message.Identities, ingest.Identity{Kind: "email", Value: fmt.Sprintf("p%d@example1.com", c.IntN(6)), How: ingest.Verified})
		c.receive(a)
		return fmt.Sprint("joined ", a.Message.Identities)
	case 2:
		return rule("contact:" + contact)
	case 3:
		return rule(id.Key())
	case 4:
		return rule([]string{"domain:example1.com", "domain:com", "everyone", "ip:" + ip}[c.IntN(4)])
	case 5:
		var list struct{ Items []struct{ ID string } }
		must(c.t, json.Unmarshal(c.ask(admin, "GET /rules?state=standing", "").Body, &list))
		if len(list.Items) == 0 {
			return ""
		}
		lifted := list.Items[c.IntN(len(list.Items))].ID
		c.ask(admin, "POST /rules/"+lifted+"/lift", `{"held":"keep"}`).is(204)
		return "lifted " + lifted
	case 6:
		other := c.address()
		c.ask(admin, "POST /contacts/"+contact+"/identities", fmt.Sprintf(`{"identity":%q}`, other.Key()))
		return "added " + other.Key() + " to " + contact
	case 7:
		var of struct{ Identities []struct{ ID string } }
		must(c.t, json.Unmarshal(c.ask(admin, "GET /contacts/"+contact, "").Body, &of))
		if len(of.Identities) == 0 {
			return ""
		}
		c.ask(admin, "DELETE /contacts/"+contact+"/identities/"+of.Identities[0].ID, "").is(204)
		return "took one from " + contact
	}
	if c.IntN(2) == 0 {
		other, err := c.store.Known(context.Background(), []ingest.Identity{c.address()})
		must(c.t, err)
		choice := []string{"keep_both", "keep_survivor", "keep_merged"}[c.IntN(3)]
		c.ask(admin, "POST /contacts/"+contact+"/merge", fmt.Sprintf(`{"into":%q,"rules":%q,"held":"keep"}`, other[0], choice))
		return "merged " + contact + " into " + other[0].String()
	}
	on := c.IntN(4) == 0
	c.ask(admin, "PATCH /settings", fmt.Sprintf(`{"closed":%v,"closed_spares_known":%v}`, on, spare))
	return fmt.Sprint("closed ", on, spare)
}

// How somebody stands, told from memory, is how a message that they write then is
// decided: whatever was done to rules, contacts and addresses before.
func TestStandingIsWhatASettleDecides(t *testing.T) {
	for seed := range uint64(4) {
		c := &throng{desk: open(t), Rand: rand.New(rand.NewPCG(seed, 7)), ips: []string{"192.0.2.7", "198.51.100.1"}}
		c.late = true
		c.ask(admin, "PATCH /settings", `{"block_contact_enabled":true,"flood_sender":"","flood_domain":"","flood_channel":""}`)
		var done []string
		for range 45 {
			done = append(done, c.change())
			c.agree(seed, done)
		}
	}
}

func (c *throng) agree(seed uint64, done []string) {
	id, ip := c.address(), c.ips[c.IntN(2)]
	channel := map[string]string{"visitor": "chat", "email": "mail"}[id.Kind]
	asked := fmt.Sprintf(`{"items":[{"kind":%q,"value":%q,"ip":%q,"channel":%q}]}`, id.Kind, id.Value, ip, channel)
	says := c.ask(agent, "POST /standing", asked).is(200)
	ids := c.receive(c.writes(id, ip))
	record := c.ask(admin, "GET /messages/"+ids[0].String(), "").is(200)
	want := map[string]string{"conversed": "none", "held": "hold", "refused": "refuse"}[record.get("state")]
	if record.get("reason") == string(ingest.ReasonFlood) {
		return
	}
	if got := says.get("items.0.effect"); got != want || says.get("items.0.rule.id") != record.get("rule.id") && want != "none" {
		c.t.Fatalf("seed %d, %s from %s: it stands %s by rule %s, and was %s by rule %s (%s), after\n%v", seed, id.Key(), ip, got, says.get("items.0.rule.id"),
			record.get("state"), record.get("rule.id"), record.get("reason"), done[max(0, len(done)-12):])
	}
}

// A standing that memory can tell asks the database for nothing but who asks: also
// of people whose contacts have rules, and who wrote from another address before.
func TestStandingIsToldFromMemory(t *testing.T) {
	store := &countingStore{}
	d := open(t, store.in)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	ann := d.contact("Ann")
	d.ask(admin, "PATCH /settings", `{"block_contact_enabled":true}`).is(200)
	d.ask(supervisor, "POST /contacts/"+ann+"/block", `{"target":"contact"}`).is(201)
	d.ask(agent, "POST /contacts/"+ann+"/identities", `{"identity":"phone:+15550100001"}`).is(201)
	items := `{"kind":"phone","value":"+1 555 010 0001","channel":"chat"},{"kind":"email","value":"Ann@Example.com","channel":"mail"},{"kind":"email","value":"bob@example.com"}`
	store.asked = nil
	a := d.ask(agent, "POST /standing", `{"items":[`+items+`]}`).is(200)
	a.has("items.0.effect", "hold", "items.1.effect", "hold", "items.2.effect", "none", "items.0.rule.target", "contact:"+ann)
	if len(store.asked) != 1 || store.asked[0] != "hear" {
		t.Errorf("the database was asked for %v", store.asked)
	}
}

// countingStore notes what of standings and rules is asked of the database.
type countingStore struct {
	httpapiStore
	asked []string
}

func (s *countingStore) Hear(ctx context.Context, h ingest.Hearer) error {
	s.asked = append(s.asked, "hear")
	return s.httpapiStore.Hear(ctx, h)
}

func (s *countingStore) Known(ctx context.Context, ids []ingest.Identity) ([]ingest.ID, error) {
	s.asked = append(s.asked, "known")
	return s.httpapiStore.Known(ctx, ids)
}

func (s *countingStore) OptedOut(ctx context.Context, ids []ingest.Identity) ([][]ingest.OptedOut, error) {
	s.asked = append(s.asked, "opted out")
	return s.httpapiStore.OptedOut(ctx, ids)
}

func (s *countingStore) Health(ctx context.Context, channel string) ([]ingest.ChannelHealth, error) {
	s.asked = append(s.asked, "health")
	return s.httpapiStore.Health(ctx, channel)
}

func (s *countingStore) Rule(ctx context.Context, id int64) (ingest.Rule, error) {
	s.asked = append(s.asked, "rule")
	return s.httpapiStore.Rule(ctx, id)
}

type httpapiStore = httpapi.Store

// in puts it before the API's store.
func (s *countingStore) in(o *httpapi.Options) { s.httpapiStore, o.Store = o.Store, s }

// Of many that are asked for, the one is named that cannot be told of.
func TestTheOneIsNamedWhoseStandingCannotBeTold(t *testing.T) {
	d := open(t)
	d.ask(agent, "POST /standing", `{"items":[{"kind":"visitor","value":"v1"},{"kind":"email","value":"ann"}]}`).problem(422, "invalid").
		has("errors.0.field", "items[1].value")
	d.ask(agent, "POST /standing", `{"items":[{"kind":"visitor","value":"v1"},{"kind":"visitor","value":"v1","channel":"nowhere"}]}`).problem(422, "invalid").
		has("errors.0.field", "items[1].channel")
	d.ask(agent, "GET /standing?kind=email&value=ann", "").problem(422, "invalid").has("errors.0.field", "value")
}
