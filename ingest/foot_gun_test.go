package ingest_test

import (
	"net/netip"
	"slices"
	"testing"

	"gatehouse/ingest"
)

var desk = ingest.Own{
	Addresses: []ingest.Identity{{Kind: "email", Value: "support@example.com", How: ingest.Verified}, {Kind: "phone", Value: "+15550100123", How: ingest.Verified}},
	Domains:   []string{"example.com", "help.example.org"},
	Networks:  []netip.Prefix{netip.MustParsePrefix("203.0.113.8/29"), netip.MustParsePrefix("::ffff:198.51.100.4/128")},
}

func TestAlarms(t *testing.T) {
	for _, c := range []struct {
		target string
		known  int
		want   []ingest.Alarm
	}{
		{"email:ann@example.net", 1, nil},
		{"email:ann@example.com", 1, nil}, // a colleague is no mailbox of ours
		{"email:Support+x@Example.com", 0, []ingest.Alarm{ingest.AlarmOwnAddress}},
		{"phone:+1 555 010 0123", 0, []ingest.Alarm{ingest.AlarmOwnAddress}},
		{"phone_prefix:+15550", 0, []ingest.Alarm{ingest.AlarmOwnAddress}},
		{"phone_prefix:+1555", 0, []ingest.Alarm{ingest.AlarmOwnAddress, ingest.AlarmShortPrefix}},
		{"phone_prefix:+4", 0, []ingest.Alarm{ingest.AlarmShortPrefix}},
		{"phone_prefix:+44207", 0, nil},
		{"phone_prefix:+4420", 0, []ingest.Alarm{ingest.AlarmShortPrefix}},
		{"domain:example.com", 0, []ingest.Alarm{ingest.AlarmOwnDomain}},
		{"domain:example.org", 0, []ingest.Alarm{ingest.AlarmOwnDomain}}, // our site is below it
		{"domain:shop.example.com", 0, nil},                              // not ours: ours is above
		{"domain:notexample.com", 0, nil},
		{"domain:com", 0, []ingest.Alarm{ingest.AlarmOwnDomain, ingest.AlarmTopDomain}},
		{"domain:Googlemail.com", 0, []ingest.Alarm{ingest.AlarmPublicDomain}},
		{"domain:net", 0, []ingest.Alarm{ingest.AlarmTopDomain}},
		{"domain:co.uk", 0, []ingest.Alarm{ingest.AlarmTopDomain}},
		{"domain:com.br", 0, []ingest.Alarm{ingest.AlarmTopDomain}},
		{"domain:example.uk", 0, nil},
		{"domain:co.example", 0, nil},
		{"domain:example.co.uk", 0, nil},
		{"domain:pm.me", 0, []ingest.Alarm{ingest.AlarmPublicDomain}},
		{"domain:gmx.de", 30, []ingest.Alarm{ingest.AlarmPublicDomain, ingest.AlarmManyContacts}},
		{"domain:mail.gmx.de", 0, nil},
		{"domain:example.net", 20, nil},
		{"domain:example.net", 21, []ingest.Alarm{ingest.AlarmManyContacts}},
		{"ip:203.0.113.9", 0, []ingest.Alarm{ingest.AlarmOwnNetwork}},
		{"ip:::ffff:203.0.113.9", 0, []ingest.Alarm{ingest.AlarmOwnNetwork}},
		{"ip:198.51.100.4", 0, []ingest.Alarm{ingest.AlarmOwnNetwork}},
		{"ip:203.0.113.16", 0, nil},
		{"cidr:203.0.113.0/24", 0, []ingest.Alarm{ingest.AlarmOwnNetwork}}, // around ours
		{"cidr:203.0.113.8/30", 0, []ingest.Alarm{ingest.AlarmOwnNetwork}}, // within ours
		{"range:203.0.113.1-203.0.113.8", 0, []ingest.Alarm{ingest.AlarmOwnNetwork}},
		{"range:203.0.113.1-203.0.113.7", 0, nil},
		{"range:203.0.113.15-203.0.113.20", 0, []ingest.Alarm{ingest.AlarmOwnNetwork}},
		{"ip:127.0.0.1", 0, []ingest.Alarm{ingest.AlarmPrivate}},
		{"ip:::1", 0, []ingest.Alarm{ingest.AlarmPrivate}},
		{"ip:10.1.2.3", 0, []ingest.Alarm{ingest.AlarmPrivate}},
		{"ip:100.64.0.1", 0, []ingest.Alarm{ingest.AlarmPrivate}},
		{"ip:fd00::1", 0, []ingest.Alarm{ingest.AlarmPrivate}},
		{"ip:fe80::1%eth0", 0, []ingest.Alarm{ingest.AlarmPrivate}},
		{"ip:172.32.0.1", 0, nil},
		{"cidr:192.168.4.0/24", 0, []ingest.Alarm{ingest.AlarmPrivate}},
		{"range:9.255.255.0-10.0.0.1", 0, []ingest.Alarm{ingest.AlarmPrivate}},
		{"cidr:192.0.0.0/20", 0, nil},
		{"cidr:192.0.0.0/19", 0, []ingest.Alarm{ingest.AlarmWideNetwork}},
		{"range:192.0.0.0-192.0.31.255", 0, []ingest.Alarm{ingest.AlarmWideNetwork}},
		{"range:192.0.0.0-192.0.15.255", 0, nil},
		{"cidr:2001:db8::/40", 0, nil},
		{"cidr:2001:db8::/39", 0, []ingest.Alarm{ingest.AlarmWideNetwork}},
		{"cidr:64:ff9b::/96", 0, []ingest.Alarm{ingest.AlarmOwnNetwork, ingest.AlarmPrivate, ingest.AlarmWideNetwork}}, // all of IPv4
		{"cidr:::/0", 0, []ingest.Alarm{ingest.AlarmPrivate, ingest.AlarmWideNetwork}},
		{"ip:2001:db8::7", 25, []ingest.Alarm{ingest.AlarmManyContacts}},
		{"visitor:v-1", 1, nil},
		{"everyone", 0, []ingest.Alarm{ingest.AlarmEveryone}},
		{"everyone", 21, []ingest.Alarm{ingest.AlarmEveryone, ingest.AlarmManyContacts}},
	} {
		target, err := ingest.ParseTarget(c.target)
		if err != nil {
			t.Fatal(err)
		}
		for _, kind := range []ingest.RuleKind{ingest.Ban, ingest.Block, ingest.Blacklist} {
			if got := (ingest.Aim{Kind: kind, Target: target, Known: c.known}).Alarms(desk, 20); !slices.Equal(got, c.want) {
				t.Errorf("%s of %s, %d known: %v, want %v", kind, c.target, c.known, got, c.want)
			}
		}
		if got := (ingest.Aim{Kind: ingest.Allow, Target: target, Known: c.known}).Alarms(desk, 20); got != nil {
			t.Errorf("allow of %s: %v", c.target, got)
		}
		for _, a := range c.want {
			if a.Says() == "" {
				t.Errorf("%s says nothing", a)
			}
		}
	}
}

func TestAlarmsOfContacts(t *testing.T) {
	contact := ingest.Target{Kind: "contact", Value: ingest.ID{1}.String()}
	us := desk.Addresses[0]
	claimed := us
	claimed.How = ingest.Claimed
	for _, c := range []struct {
		is          ingest.Identity
		known, most int
		want        []ingest.Alarm
	}{
		{us, 1, 20, []ingest.Alarm{ingest.AlarmOwnAddress}},
		{claimed, 1, 20, nil},
		{ingest.Identity{Kind: "email", Value: "ann@example.com", How: ingest.Header}, 500, 0, nil}, // 0 is off
	} {
		if got := (ingest.Aim{Kind: ingest.Ban, Target: contact, Is: []ingest.Identity{c.is}, Known: c.known}).Alarms(desk, c.most); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.is, got, c.want)
		}
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"ip:2001:db8:1:2:3::4": "cidr:2001:db8:1:2::/64", "ip:192.0.2.7": "", "ip:::ffff:192.0.2.7": "",
		"cidr:2001:db8::/48": "", "email:a@example.com": "", "everyone": "",
	} {
		target, err := ingest.ParseTarget(in)
		if err != nil {
			t.Fatal(err)
		}
		if got := target.Line().String(); got != want {
			t.Errorf("%s lies in %q, want %q", in, got, want)
		}
	}
}
