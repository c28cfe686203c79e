package ingest_test

import (
	"testing"
	"time"

	"gatehouse/ingest"
)

// strangers are people whom a rule must not take for another.
var strangers = []struct{ rule, writes, why string }{
	{"email:ann@example.com", "email:anna@example.com", "another name"},
	{"email:ann@example.com", "email:ann@example.org", "another domain"},
	{"email:ann@example.com", "email:ann@mail.example.com", "a subdomain is another mailbox"},
	{"email:a.b@example.com", "email:ab@example.com", "dots count but at Gmail"},
	{"email:ann1@example.com", "email:annl@example.com", "1 and l"},
	{"email:bob@example.com", "email:b0b@example.com", "o and 0"},
	{"email:+ann@example.com", "email:ann@example.com", "a + at the beginning is no tag"},
	{"email:ann@example.com", "email:änn@example.com", "an accent"},
	{"email:ann@fass.example", "email:ann@faß.example", "ß is not ss"},
	{"email:mockba@example.com", "email:москва@example.com", "honest Cyrillic"},
	{"email:ann@mockba.example", "email:ann@москва.example", "an honest Cyrillic domain"},
	{"email:ann@example.com", "visitor:ann@example.com", "another kind"},
	{"domain:example.com", "email:ann@badexample.com", "not below, beside"},
	{"domain:example.com", "email:ann@example.com.example.net", "the same words elsewhere"},
	{"domain:mail.example.com", "email:ann@example.com", "above"},
	{"domain:example.com", "phone:+15550100", "no domain at all"},
	{"phone:+15550100", "phone:+15550101", "another number"},
	{"phone_prefix:+155", "phone:+154550100", "another prefix"},
	{"phone_prefix:+7", "phone:72345", "a short code has no country"},
	{"phone_prefix:+49", "phone:0495550100", "nor has a national number"},
	{"visitor:v-1", "visitor:V-1", "opaque ids keep their case"},
	{"telegram:15550100", "phone:15550100", "another kind with the same digits"},
	{"email:ann@example.com", "email:ann.@example.com", "a dot counts but at Gmail"},
	{"email:ann-lee@gmail.com", "email:annlee@gmail.com", "hyphens count at Gmail"},
	{"email:ann-lee@example.com", "email:ann.lee@example.com", "hyphens and dots count elsewhere"},
	{"email:ann@outlook.com", "email:ann@hotmail.com", "two names of one company, and two mailboxes"},
	{"email:ann@yahoo.com", "email:ann@ymail.com", "the same of another"},
	{"email:vv@example.com", "email:w@example.com", "two letters that look like one"},
	{"email:rn@example.com", "email:m@example.com", "two others"},
	{"email:ann5@example.com", "email:anns@example.com", "5 and s"},
	{"email:jose@example.com", "email:josé@example.com", "another accent"},
	{"email:soren@example.com", "email:søren@example.com", "a letter with a stroke"},
	{"email:lukasz@example.com", "email:łukasz@example.com", "another"},
	{"email:ann@example.com", "email:ann@example.co", "a shorter top level"},
	{"email:ann@example.com", "email:ann@example.com.example.org", "a longer domain"},
	{"email:ann@example.com", `email:"ann@example.com" <bob@example.org>`, "only a name that shows it"},
	{"email:ann@example.com", "email:bob@example.org (ann@example.com)", "only a comment that shows it"},
	{"email:ann@example.com", "email:<@example.com:bob@example.org>", "only a route through it"},
	{"email:ann@example.com", `email:"ann@example.com"@example.org`, "only a quoted local part"},
	{"email:ann@example.com", "email:ann%example.com@example.org", "a percent"},
	{"email:сора@example.com", "email:сара@example.com", "two Cyrillic words"},
	{"email:иван@example.com", "email:ivan@example.com", "two spellings of one name"},
	{"email:toto@example.com", "email:τοτο@example.com", "honest Greek"},
	{"email:νικος@example.com", "email:nikos@example.com", "the same in Greek"},
	{"domain:example.com", "email:ann@notexample.com", "a domain that ends alike"},
	{"domain:example.com", "email:ann@example-com.net", "a domain that reads alike"},
	{"domain:example.com", "email:ann@examplecom.net", "without its dot"},
	{"domain:example.com", "email:example.com@example.net", "only a local part"},
	{"domain:com.example", "email:ann@example.com", "the other way round"},
	{"domain:example.com", "visitor:ann@example.com", "an opaque id"},
	{"phone:+15550100123", "phone:+445550100123", "another country"},
	{"phone:+15550100123", "phone:+155501001234", "a longer number"},
	{"phone:+15550100123", "sms:ACME", "an alphanumeric sender"},
	{"phone:72345", "phone:+72345", "a short code and a number that begins so"},
	{"phone_prefix:+1555", "sms:1555", "an alphanumeric sender of digits"},
	{"phone_prefix:+155", "whatsapp:15550100", "a provider's account"},
	{"phone_prefix:+155", "phone:+1", "a number shorter than the prefix"},
	{"visitor:v-1", "visitor:v-10", "an id that begins so"},
	{"visitor:v-1", "visitor:v1", "an id without its hyphen"},
	{"visitor:аnn", "visitor:ann", "look-alikes in an opaque id"},
	{"ip:192.0.2.7", "ip:192.0.2.70", "an address that begins so"},
	{"ip:192.0.2.7", "ip:2001:db8::192.0.2.7", "an IPv6 address that ends so"},
	{"ip:192.0.2.7", "ip:2003:c000:207::1", "beside 6to4"},
	{"ip:192.0.2.7", "ip:64:ff9b:1::c000:207", "beside NAT64"},
	{"ip:0.0.0.1", "ip:::1", "the loopback address is no IPv4"},
	{"ip:2001:db8::7", "ip:2001:db8::8", "the next one"},
	{"cidr:192.0.2.0/25", "ip:192.0.2.128", "behind the network"},
	{"cidr:2001:db8::/64", "ip:2001:db8:0:1::", "another line"},
	{"cidr:192.0.2.0/24", "email:ann@[192.0.2.7]", "an address literal is no caller"},
	{"range:192.0.2.1-192.0.2.9", "ip:192.0.2.10", "behind the range"},
	{"range:2001:db8::-2001:db8::f", "ip:192.0.2.7", "the other version of IP"},
}

func TestStrangers(t *testing.T) {
	for _, e := range strangers {
		r := rule(t, e.rule)
		if r.Matches(from(t, e.writes), ingest.Facts{Now: time.Unix(0, 0)}) {
			t.Errorf("%s: %q is taken for %s", e.why, e.writes, r.Target)
		}
	}
}

// Whatever was only claimed matches nothing, however it is written.
func TestClaimedIdentitiesMeetNoRule(t *testing.T) {
	for _, e := range evasions {
		m := from(t, e.writes)
		m.From.How = ingest.Claimed
		for i := range m.Identities {
			m.Identities[i].How = ingest.Claimed
		}
		if r := rule(t, e.rule); !m.ClientIP.IsValid() && r.Matches(m, ingest.Facts{Now: time.Unix(0, 0)}) {
			t.Errorf("%q, claimed, meets %s", e.writes, r.Target)
		}
	}
}

// A rule on an address of the net never meets mail, though the mail had one.
func TestAddressesOfTheNetNeverMeetMail(t *testing.T) {
	for _, e := range evasions {
		m := from(t, e.writes)
		if !m.ClientIP.IsValid() {
			continue
		}
		m.Family = ingest.Email
		if r := rule(t, e.rule); r.Matches(m, ingest.Facts{Now: time.Unix(0, 0)}) {
			t.Errorf("%q by mail meets %s", e.writes, r.Target)
		}
	}
}
