package ingest_test

import (
	"net/netip"
	"testing"
	"time"

	"gatehouse/ingest"
)

func TestRuleMatches(t *testing.T) {
	now := time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)
	ann, bob := ingest.ID{1}, ingest.ID{2}
	known := func(id ingest.ID) func(*scene) {
		return func(s *scene) { s.facts.Contact = &ingest.Contact{ID: id} }
	}
	at := func(d time.Duration) *time.Time { t := now.Add(d); return &t }
	chat := func(ip string) func(*scene) {
		return func(s *scene) { s.message.Family, s.message.ClientIP = ingest.Chat, netip.MustParseAddr(ip) }
	}
	for _, c := range []struct {
		name   string
		target string
		change func(*scene)
		want   bool
	}{
		{"its address", "email:ann@example.com", nil, true},
		{"not yet expired", "everyone", func(s *scene) { s.rule.ExpiresAt = at(1) }, true},
		{"expired this instant", "everyone", func(s *scene) { s.rule.ExpiresAt = at(0) }, false},
		{"lifted", "everyone", func(s *scene) { s.rule.LiftedAt = at(-1) }, false},
		{"its channel", "everyone", func(s *scene) { s.rule.Scope = []string{"b", "a"} }, true},
		{"another channel", "everyone", func(s *scene) { s.rule.Scope = []string{"b"} }, false},
		{"its kind", "everyone", func(s *scene) { s.rule.Scope = []string{"kind:imap"} }, true},
		{"another kind", "everyone", func(s *scene) { s.rule.Scope = []string{"kind:chat"} }, false},
		{"a channel called like a kind", "everyone", func(s *scene) { s.rule.Scope = []string{"imap"} }, false},
		{"its contact", "contact:" + ann.String(), known(ann), true},
		{"another contact", "contact:" + ann.String(), known(bob), false},
		{"nobody's contact", "contact:" + ann.String(), nil, false},
		{"one of several it names", "contact:" + ann.String(), func(s *scene) { known(bob)(s); s.facts.Names = []ingest.ID{bob, ann} }, true},
		{"unproven, by its From", "email:ann@example.com", func(s *scene) { s.message.Unproven = true }, true},
		{"unproven, the contact of its From", "contact:" + ann.String(), func(s *scene) { s.message.Unproven = true; s.facts.Names = []ingest.ID{ann} }, true},
		{"unproven, allowed", "email:ann@example.com", func(s *scene) { s.message.Unproven = true; s.rule.Kind = ingest.Allow }, false},
		{"talked before", "everyone", func(s *scene) { s.rule.SpareKnown = true; s.facts.TalkedAt = now.Add(-2 * time.Hour) }, false},
		{"talked since", "everyone", func(s *scene) { s.rule.SpareKnown = true; s.facts.TalkedAt = now }, true},
		{"never talked", "everyone", func(s *scene) { s.rule.SpareKnown = true }, true},
		{"talked, unproven", "everyone", func(s *scene) {
			s.rule.SpareKnown, s.message.Unproven, s.facts.TalkedAt = true, true, now.Add(-2*time.Hour)
		}, true},
		{"claimed", "email:ann@example.com", func(s *scene) {
			s.message.From.How, s.message.Identities[0].How = ingest.Claimed, ingest.Claimed
		}, false},
		{"a second identity", "phone:+15550100", func(s *scene) {
			s.message.Identities = append(s.message.Identities, ingest.Identity{Kind: "phone", Value: "+15550100", How: ingest.Verified})
		}, true},
		{"only in From", "email:ann@example.com", func(s *scene) { s.message.Identities = nil }, true},
		{"mail and an IP", "ip:192.0.2.7", func(s *scene) { s.message.ClientIP = netip.MustParseAddr("192.0.2.7") }, false},
		{"chat and its IP", "ip:192.0.2.7", chat("192.0.2.7"), true},
		{"an IPv4 address mapped into IPv6", "cidr:192.0.2.0/24", chat("::ffff:192.0.2.7"), true},
		{"an address with a zone", "ip:fe80::1", chat("fe80::1%eth0"), true},
		{"the last of a range", "range:192.0.2.1-192.0.2.7", chat("192.0.2.7"), true},
		{"beyond a range", "range:192.0.2.1-192.0.2.6", chat("192.0.2.7"), false},
		{"the other version of IP", "range:::-ffff::", chat("192.0.2.7"), false},
		{"a chat without an IP", "cidr:0.0.0.0/0", func(s *scene) { s.message.Family = ingest.Chat }, false},
	} {
		s := scene{rule: *rule(t, c.target), message: from(t, "email:ann@example.com"), facts: ingest.Facts{Now: now, Kind: "imap"}}
		s.rule.CreatedAt = now.Add(-time.Hour)
		if c.change != nil {
			c.change(&s)
		}
		if got := s.rule.Matches(s.message, s.facts); got != c.want {
			t.Errorf("%s: %s matches: %v", c.name, c.target, got)
		}
	}
}

type scene struct {
	rule    ingest.Rule
	message ingest.Message
	facts   ingest.Facts
}

func TestJoiningYieldsEachOnce(t *testing.T) {
	m := from(t, "email:ann@example.com")
	m.Identities = append(m.Identities, ingest.Identity{Kind: "phone", Value: "+1", How: ingest.Verified},
		ingest.Identity{Kind: "phone", Value: "+2", How: ingest.Claimed})
	var got []string
	for id := range m.Joining() {
		got = append(got, id.Key())
	}
	if len(got) != 2 || got[0] != "email:ann@example.com" || got[1] != "phone:+1" {
		t.Errorf("joining: %q", got)
	}
	for range m.Joining() {
		break // a loop that ends early must not be called again
	}
}
