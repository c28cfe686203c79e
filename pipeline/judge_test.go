package pipeline_test

import (
	"net/netip"
	"reflect"
	"strconv"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gatehouse/ingest"
	"gatehouse/pipeline"
)

func rule(t *testing.T, n int64, kind ingest.RuleKind, target string) ingest.Rule {
	t.Helper()
	parsed, err := ingest.ParseTarget(target)
	if err != nil {
		t.Fatal(err)
	}
	return ingest.Rule{ID: n, Kind: kind, Target: parsed, CreatedAt: now.Add(-time.Hour), Epoch: 1}
}

func ann() []ingest.Identity {
	return []ingest.Identity{{Kind: "email", Value: "ann@example.com", How: ingest.Verified}}
}

func TestZeroJudge(t *testing.T) {
	var j pipeline.Judge
	if j.Epoch() != 0 {
		t.Errorf("epoch %d", j.Epoch())
	}
	if d := j.Decide(ingest.Message{Identities: ann()}, ingest.Facts{Now: now}); d.To != ingest.Conversed {
		t.Errorf("without rules: %+v", d)
	}
	if s := j.Standing(ann(), ingest.ID{}, time.Time{}, netip.Addr{}, "", "", now); !reflect.DeepEqual(s, ingest.StandingUnder(nil)) {
		t.Errorf("without rules: %+v", s)
	}
}

func TestRenewNeverGoesBack(t *testing.T) {
	var j pipeline.Judge
	ban := rule(t, 1, ingest.Ban, "email:ann@example.com")
	j.Renew(5, []ingest.Rule{ban}, ingest.DefaultSettings())
	lifted := ban
	lifted.LiftedAt = &now
	for _, epoch := range []int64{0, 4, 5} {
		j.Renew(epoch, []ingest.Rule{lifted}, ingest.Settings{Closed: true})
		if j.Epoch() != 5 || j.Book().Settings().Closed || j.Refuses(ingest.Message{Identities: ann()}, nil, "imap", now) == nil {
			t.Fatalf("epoch %d changed the Book of epoch 5", epoch)
		}
	}
	j.Renew(6, []ingest.Rule{lifted}, ingest.DefaultSettings())
	if j.Epoch() != 6 || j.Refuses(ingest.Message{Identities: ann()}, nil, "imap", now) != nil {
		t.Fatal("epoch 6 did not lift the ban")
	}
}

// TestRenewFromManySides holds that settles that renew at once, each with what
// changed since an epoch it saw, lose no rule.
func TestRenewFromManySides(t *testing.T) {
	const epochs, settles = 60, 4
	rules := make([]ingest.Rule, epochs+1)
	for e := range rules {
		rules[e] = rule(t, int64(e), ingest.Block, "visitor:v"+strconv.Itoa(e))
	}
	var j pipeline.Judge
	var wg sync.WaitGroup
	for range settles {
		wg.Go(func() {
			for e := int64(1); e <= epochs; e++ {
				if known := j.Epoch(); known < e {
					j.Renew(e, rules[known+1:e+1], ingest.DefaultSettings())
				}
				if got := j.Epoch(); got < e {
					t.Errorf("epoch %d after renewing to %d", got, e)
				}
			}
		})
	}
	wg.Wait()
	for e := 1; e <= epochs; e++ {
		m := ingest.Message{Identities: []ingest.Identity{{Kind: "visitor", Value: rules[e].Target.Value, How: ingest.Header}}}
		if d := j.Decide(m, ingest.Facts{Now: now}); d.Rule == nil || d.Rule.ID != int64(e) {
			t.Fatalf("the rule of epoch %d is lost: %+v", e, d)
		}
	}
}

func TestStanding(t *testing.T) {
	ip := netip.MustParseAddr("192.0.2.7")
	scoped := rule(t, 5, ingest.Ban, "visitor:v1")
	scoped.Scope = []string{"kind:chat"}
	var j pipeline.Judge
	j.Renew(1, []ingest.Rule{
		rule(t, 1, ingest.Ban, "email:ann@example.com"), rule(t, 2, ingest.Block, "contact:"+id(1).String()),
		rule(t, 3, ingest.Blacklist, "ip:192.0.2.7"), rule(t, 4, ingest.Allow, "contact:"+id(2).String()), scoped,
	}, ingest.DefaultSettings())
	visitor := []ingest.Identity{{Kind: "visitor", Value: "v1", How: ingest.Header}}
	for _, c := range []struct {
		name    string
		ids     []ingest.Identity
		contact ingest.ID
		ip      netip.Addr
		channel string
		kind    string
		want    ingest.Effect
		send    bool
		widget  string
	}{
		{"banned", ann(), ingest.ID{}, netip.Addr{}, "", "", ingest.EffectRefuse, false, "hide"},
		{"blocked", nil, id(1), netip.Addr{}, "", "", ingest.EffectHold, true, "show"},
		{"banned and allowed", ann(), id(2), netip.Addr{}, "", "", ingest.EffectNone, true, "show"},
		{"blacklisted by IP", visitor, ingest.ID{}, ip, "site", "other", ingest.EffectHold, true, "show"},
		{"banned on chats", visitor, ingest.ID{}, netip.Addr{}, "site", "chat", ingest.EffectRefuse, false, "hide"},
		{"not banned elsewhere", visitor, ingest.ID{}, netip.Addr{}, "support", "imap", ingest.EffectNone, true, "show"},
		{"unknown", nil, id(3), netip.Addr{}, "", "", ingest.EffectNone, true, "show"},
	} {
		s := j.Standing(c.ids, c.contact, time.Time{}, c.ip, c.channel, c.kind, now)
		if s.Effect != c.want || s.MaySend != c.send || s.Widget != c.widget {
			t.Errorf("%s: %+v", c.name, s)
		}
	}
	settings := ingest.DefaultSettings()
	settings.ChatShows, settings.Closed = "notice", true
	j.Renew(2, nil, settings)
	if s := j.Standing(ann(), ingest.ID{}, time.Time{}, netip.Addr{}, "", "", now); s.Widget != "notice" {
		t.Errorf("banned with chat_shows notice: %+v", s)
	}
	for talked, spared := range map[time.Time]bool{{}: false, now.Add(-time.Hour): true} {
		for _, spares := range []bool{false, true} {
			settings.ClosedSparesKnown = spares
			j.Renew(j.Epoch()+1, nil, settings)
			held := !spared || !spares
			s := j.Standing(nil, id(3), talked, netip.Addr{}, "", "", now)
			if s.Rule != nil || !s.MaySend || s.MayAuto == held || (s.Effect == ingest.EffectHold) != held {
				t.Errorf("closed mode (sparing the known: %v), talked at %v: %+v", spares, talked, s)
			}
		}
	}
	if s := j.Standing(ann(), id(2), time.Time{}, netip.Addr{}, "", "", now); s.Effect != ingest.EffectNone || !s.MayAuto {
		t.Errorf("allowed in closed mode: %+v", s)
	}
}

func TestRefuses(t *testing.T) {
	spares := rule(t, 2, ingest.Ban, "domain:example.com")
	spares.SpareKnown = true
	for _, c := range []struct {
		name  string
		rules []ingest.Rule
		want  int64
	}{
		{"a ban on the address", []ingest.Rule{rule(t, 1, ingest.Ban, "email:ann@example.com")}, 1},
		{"a ban on the domain", []ingest.Rule{rule(t, 1, ingest.Ban, "domain:example.com")}, 1},
		{"a block", []ingest.Rule{rule(t, 1, ingest.Block, "email:ann@example.com")}, 0},
		{"a ban on the contact", []ingest.Rule{rule(t, 1, ingest.Ban, "contact:"+id(1).String())}, 1},
		{"a ban on another contact", []ingest.Rule{rule(t, 1, ingest.Ban, "contact:"+id(2).String())}, 0},
		{"a ban that spares the known", []ingest.Rule{spares}, 0},
		{"an allow prevails", []ingest.Rule{rule(t, 1, ingest.Ban, "domain:example.com"), rule(t, 2, ingest.Allow, "email:ann@example.com")}, 0},
		{"an allow of the contact prevails", []ingest.Rule{rule(t, 1, ingest.Ban, "email:ann@example.com"), rule(t, 2, ingest.Allow, "contact:"+id(1).String())}, 0},
		{"a block of the contact prevails", []ingest.Rule{rule(t, 1, ingest.Ban, "domain:example.com"), rule(t, 2, ingest.Block, "contact:"+id(1).String())}, 0},
		{"a block of a contact yields to a ban on the address", []ingest.Rule{rule(t, 1, ingest.Ban, "email:ann@example.com"), rule(t, 2, ingest.Block, "contact:"+id(1).String())}, 1},
	} {
		var j pipeline.Judge
		j.Renew(1, c.rules, ingest.DefaultSettings())
		got := int64(0)
		if r := j.Refuses(ingest.Message{Family: ingest.Email, Identities: ann()}, []ingest.ID{id(1)}, "imap", now); r != nil {
			got = r.ID
		}
		if got != c.want {
			t.Errorf("%s: rule %d refuses, want %d", c.name, got, c.want)
		}
	}
}

// TestSuspects holds that whose an address is counts as it was when the rules
// were read.
func TestSuspects(t *testing.T) {
	ban := rule(t, 1, ingest.Ban, "contact:"+id(1).String())
	ban.Known = ann()
	m := ingest.Message{Family: ingest.Email, Identities: ann()}
	var j pipeline.Judge
	j.Renew(1, []ingest.Rule{ban}, ingest.DefaultSettings())
	if r := j.Suspects(m, "imap", now); r == nil || r.ID != 1 {
		t.Errorf("the contact's address: %+v", r)
	}
	if r := j.Suspects(ingest.Message{Family: ingest.Email}, "imap", now); r != nil {
		t.Errorf("another address: %+v", r)
	}
	lifted := ban
	lifted.LiftedAt = &now
	j.Renew(2, []ingest.Rule{lifted}, ingest.DefaultSettings())
	if r := j.Suspects(m, "imap", now); r != nil {
		t.Errorf("lifted: %+v", r)
	}
}

// FuzzDecide explores the same space as TestDecideIsTotal, led by coverage.
func FuzzDecide(f *testing.F) {
	f.Fuzz(rapid.MakeFuzz(func(t *rapid.T) { total(t, genScene(t)) }))
}

func TestStandingSparesWhoTalkedBefore(t *testing.T) {
	ban := rule(t, 1, ingest.Ban, "domain:example.com")
	ban.SpareKnown, ban.CreatedAt = true, now.Add(-time.Hour)
	var j pipeline.Judge
	j.Renew(1, []ingest.Rule{ban}, ingest.DefaultSettings())
	for talked, want := range map[time.Time]ingest.Effect{
		{}: ingest.EffectRefuse, now.Add(-time.Minute): ingest.EffectRefuse, now.Add(-2 * time.Hour): ingest.EffectNone,
	} {
		if s := j.Standing(ann(), id(1), talked, netip.Addr{}, "", "", now); s.Effect != want {
			t.Errorf("talked at %v: %s, want %s", talked, s.Effect, want)
		}
	}
}
