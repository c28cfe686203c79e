package httpapi_test

import (
	"fmt"
	"net/netip"
	"testing"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// owning is a desk that knows what is its own.
func owning(o *httpapi.Options) {
	o.Region, _ = ingest.RegionOf("US")
	o.Own = func() ingest.Own {
		return ingest.Own{
			Addresses: []ingest.Identity{{Kind: "email", Value: "support@example.com", How: ingest.Verified}, {Kind: "phone", Value: "+15550100123", How: ingest.Verified}},
			Domains:   []string{"example.com"},
			Networks:  []netip.Prefix{netip.MustParsePrefix("203.0.113.8/29")},
		}
	}
}

func TestFootGuns(t *testing.T) {
	d := open(t, owning)
	d.ask(admin, "PATCH /settings", `{"rule_alarm":2}`).is(200)
	for i := range 3 {
		d.receive(d.mail(fmt.Sprintf("user%d@example.net", i), "hello", "hello"))
		visitor := d.chat(fmt.Sprint("v", i), "hello")
		visitor.Message.ClientIP = netip.MustParseAddr("198.51.100.9")
		d.receive(visitor)
	}
	for _, c := range []struct{ target, code, known string }{
		{"email:support@example.com", "own_address", "0"},
		{"phone:(555) 010-0123", "own_address", "0"},
		{"domain:example.com", "own_domain", "0"},
		{"ip:203.0.113.9", "own_network", "0"},
		{"ip:127.0.0.1", "private_network", "0"},
		{"domain:gmail.com", "public_domain", "0"},
		{"phone_prefix:+1666", "short_prefix", "0"},
		{"cidr:198.0.0.0/8", "wide_network", "3"},
		{"cidr:198.51.100.0/24", "many_contacts", "3"},
		{"domain:example.net", "many_contacts", "3"},
		{"everyone", "everyone", "6"},
	} {
		set := func(kind, more string) string {
			return `{"kind":"` + kind + `","target":"` + c.target + `"` + more + `}`
		}
		for _, kind := range []string{"ban", "block", "blacklist"} {
			d.ask(admin, "POST /rules", set(kind, "")).problem(409, "foot-gun").has("alarms.0.code", c.code, "alarms.0.known_contacts", c.known)
		}
		d.ask(admin, "POST /rules", set("ban", `,"dry_run":true`)).is(200).has("alarms.0.code", c.code)
		if c.target[:5] == "email" || c.target[:3] == "ip:" { // what a supervisor may set at all
			d.ask(supervisor, "POST /rules", set("ban", `,"force":true`)).problem(403, "role")
		}
		d.ask(admin, "GET /rules?state=standing&kind=ban", "").is(200).has("items", "0")
		id := d.ask(admin, "POST /rules", set("ban", `,"force":true`)).is(201).get("id")
		d.ask(admin, "GET /audit?subject=rule:"+id, "").is(200).has("items.0.action", "rule.set", "items.0.data.forced.0", c.code)
		d.ask(admin, "DELETE /rules/"+id, "").is(204)
		d.ask(admin, "POST /rules", set("allow", "")).is(201)
	}
}

// The problem says all that is suspicious, and whom the rule would have met.
func TestFootGunsSayWhatTheyWouldHit(t *testing.T) {
	d := open(t, owning)
	d.ask(admin, "PATCH /settings", `{"rule_alarm":1}`).is(200)
	d.receive(d.chat("v1", "hello"), d.chat("v2", "hello"))
	p := d.ask(admin, "POST /rules", `{"kind":"block","target":"cidr:192.0.0.0/8"}`).problem(409, "foot-gun")
	p.has("alarms", "3", "alarms.0.code", "private_network", "alarms.1.code", "wide_network", "alarms.2.code", "many_contacts",
		"reach.messages", "2", "reach.contacts", "2", "reach.open_conversations", "2", "reach.complete", "true")
	d.ask(admin, "PATCH /settings", `{"rule_alarm":0}`).is(200)
	d.ask(admin, "POST /rules", `{"kind":"block","target":"cidr:192.0.2.0/24"}`).is(201).has("shared_by", "2")
	d.ask(admin, "PATCH /settings", `{"rule_alarm":-1}`).problem(422, "invalid")
}

// From a person, and for the address set together with them, too.
func TestFootGunsOfPersons(t *testing.T) {
	d := open(t, owning)
	d.blocksOn()
	d.receive(d.mail("support@example.com", "to ourselves", "hello"))
	us := d.contactOf("support@example.com")
	d.ask(supervisor, "POST "+us+"/ban", "").problem(409, "foot-gun").has("alarms.0.code", "own_address")
	d.ask(supervisor, "POST "+us+"/ban", `{"force":true}`).problem(403, "role")
	d.ask(admin, "POST "+us+"/ban", `{"target":"domain"}`).problem(409, "foot-gun").has("alarms.0.code", "own_domain")
	near := d.chat("v1", "hello")
	near.Message.ClientIP = netip.MustParseAddr("10.0.0.7")
	d.receive(near)
	v1 := d.contactOf("v1")
	d.ask(agent, "POST "+v1+"/block", `{"also_ip":true}`).problem(409, "foot-gun").has("alarms.0.code", "private_network", "alarms.0.target", "ip:10.0.0.7")
	d.ask(agent, "POST "+v1+"/block", `{}`).is(201)
}

func TestAddressesOfIPv6SuggestTheirLine(t *testing.T) {
	d := open(t)
	six := d.chat("v1", "hello")
	six.Message.ClientIP = netip.MustParseAddr("2001:db8:1:2:3::4")
	d.receive(six)
	v1 := d.contactOf("v1")
	d.ask(supervisor, "POST "+v1+"/ban", `{"target":"ip","dry_run":true}`).is(200).has("suggests", "cidr:2001:db8:1:2::/64", "messages", "1")
	d.ask(supervisor, "POST "+v1+"/ban", `{"target":"ip"}`).is(201).has("suggests", "cidr:2001:db8:1:2::/64")
	d.ask(supervisor, "POST "+v1+"/ban", `{"also_ip":true}`).is(201).has("suggests", "cidr:2001:db8:1:2::/64", "also", "1")
	d.ask(supervisor, "POST "+v1+"/ban", `{"target":"visitor"}`).is(201).has("suggests", "")
}

// A rule that goes with an order meets the same, and cannot be tried.
func TestFootGunsOfOrders(t *testing.T) {
	d := open(t, owning)
	d.rule(`{"kind":"block","force":true,"target":"email:support@example.com"}`)
	d.receive(d.mail("support@example.com", "to ourselves", "hello"))
	ticket := d.ask(supervisor, "GET /blocked", "").is(200).get("items.0.id")
	for _, target := range []string{"contact", "identity"} {
		path, also := "POST /blocked/"+ticket+"/delete", `{"also":{"kind":"ban","target":"`+target+`"%s}}`
		d.ask(supervisor, path, fmt.Sprintf(also, "")).problem(409, "foot-gun").has("alarms.0.code", "own_address")
		d.ask(supervisor, path, fmt.Sprintf(also, `,"force":true`)).problem(403, "role")
		d.ask(supervisor, path, fmt.Sprintf(also, `,"dry_run":true`)).problem(422, "invalid")
	}
	d.ask(supervisor, "GET /blocked", "").is(200).has("items", "1")
	d.ask(admin, "POST /blocked/"+ticket+"/delete", `{"also":{"kind":"ban","target":"identity","force":true}}`).is(202)
	rule := d.ask(supervisor, "GET /rules?kind=ban", "").is(200).has("items", "1").get("items.0.id")
	d.ask(admin, "GET /audit?subject=rule:"+rule, "").is(200).has("items.0.data.forced.0", "own_address")
}
