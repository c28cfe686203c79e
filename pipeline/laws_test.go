package pipeline_test

import (
	"net/netip"
	"reflect"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"gatehouse/ingest"
	"gatehouse/pipeline"
)

var now = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

func id(n byte) ingest.ID { return ingest.ID{0: 1, 15: n} }

// The pools are small, so that rules and messages often meet.
var (
	targets = []string{
		"everyone", "contact:" + id(1).String(), "contact:" + id(2).String(), "email:ann@example.com",
		"email:bob@shop.example.com", "domain:example.com", "domain:shop.example.com", "domain:com", "phone:+15550100",
		"phone_prefix:+1", "phone_prefix:+1555", "visitor:v1", "visitor:v2", "ip:192.0.2.7", "ip:2001:db8::7",
		"cidr:192.0.2.0/24", "cidr:192.0.2.7/32", "cidr:0.0.0.0/0", "cidr:2001:db8::/32", "range:192.0.2.3-192.0.2.77",
		"range:2001:db8::1-2001:db8::ffff",
	}
	addresses = []string{"email:ann@example.com", "email:bob@shop.example.com", "email:eve@example.org", "phone:+15550100",
		"phone:+4930", "visitor:v1", "visitor:v3"}
	ips   = []string{"", "192.0.2.7", "192.0.2.78", "::ffff:192.0.2.3", "2001:db8::7", "2001:db9::"}
	kinds = []ingest.RuleKind{ingest.Ban, ingest.Block, ingest.Blacklist, ingest.Allow}
)

func genTarget(t *rapid.T) ingest.Target {
	target, err := ingest.ParseTarget(rapid.SampledFrom(targets).Draw(t, "target"))
	if err != nil {
		t.Fatal(err)
	}
	return target
}

func genRule(t *rapid.T, n int64) ingest.Rule {
	r := ingest.Rule{
		ID: n, Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), Target: genTarget(t),
		Scope:      rapid.SampledFrom([][]string{nil, {"a"}, {"kind:chat", "b"}}).Draw(t, "scope"),
		SpareKnown: rapid.Bool().Draw(t, "spare"), CreatedAt: now.Add(-time.Hour), Epoch: rapid.Int64Range(1, 9).Draw(t, "epoch"),
	}
	if at := rapid.SampledFrom([]time.Duration{0, -1, 1}).Draw(t, "expires"); at != 0 {
		end := now.Add(at)
		r.ExpiresAt = &end
	}
	return r
}

func genRules(t *rapid.T) []ingest.Rule {
	rules := make([]ingest.Rule, rapid.IntRange(0, 12).Draw(t, "rules"))
	for i := range rules {
		rules[i] = genRule(t, int64(i+1))
	}
	return rules
}

func genIdentity(t *rapid.T) ingest.Identity {
	target, err := ingest.ParseTarget(rapid.SampledFrom(addresses).Draw(t, "address"))
	if err != nil {
		t.Fatal(err)
	}
	how := rapid.SampledFrom([]ingest.How{ingest.Verified, ingest.Header, ingest.Claimed}).Draw(t, "how")
	return ingest.Identity{Kind: target.Kind, Value: target.Value, How: how}
}

func genMessage(t *rapid.T) ingest.Message {
	m := ingest.Message{
		ID: id(100), Channel: rapid.SampledFrom([]string{"a", "b", "c"}).Draw(t, "channel"),
		Family:   rapid.SampledFrom([]ingest.Family{ingest.Email, ingest.SMS, ingest.Chat, ingest.Hook}).Draw(t, "family"),
		Auto:     rapid.SampledFrom([]ingest.Auto{"", "none", "auto_reply", "bounce", "list", "feedback", "loop"}).Draw(t, "auto"),
		Unproven: rapid.Bool().Draw(t, "unproven"), Historic: rapid.Bool().Draw(t, "historic"),
		ReceivedAt: now.Add(-time.Duration(rapid.IntRange(0, 48).Draw(t, "age")) * time.Hour),
	}
	for range rapid.IntRange(0, 3).Draw(t, "identities") {
		m.Identities = append(m.Identities, genIdentity(t))
	}
	if len(m.Identities) > 0 {
		m.From.Identity = m.Identities[0]
	}
	if rapid.Bool().Draw(t, "spam") {
		m.Spam = []string{"x-spam-flag"}
	}
	m.ClientIP, _ = netip.ParseAddr(rapid.SampledFrom(ips).Draw(t, "ip"))
	if rapid.IntRange(0, 9).Draw(t, "large") == 0 {
		m.Defects = []ingest.Defect{{Code: "limit_size"}}
	}
	return m
}

func genConversation(t *rapid.T) *ingest.Conversation {
	c := &ingest.Conversation{ID: id(rapid.ByteRange(10, 14).Draw(t, "conversation")), Number: 3, ContactID: id(1),
		Status: rapid.SampledFrom([]ingest.Status{ingest.Bot, ingest.Open, ingest.Closed}).Draw(t, "status"),
		// Continues may run in circles: the store's mistakes must not hang us.
		Continues: id(rapid.ByteRange(10, 14).Draw(t, "continues")), Imported: rapid.Bool().Draw(t, "imported")}
	if c.Status == ingest.Closed && rapid.Bool().Draw(t, "dated") {
		at := now.Add(-time.Duration(rapid.IntRange(0, 30).Draw(t, "closed")) * 24 * time.Hour)
		c.ClosedAt = &at
	}
	return c
}

func genFacts(t *rapid.T) ingest.Facts {
	f := ingest.Facts{Now: now, Kind: rapid.SampledFrom([]string{"chat", "imap"}).Draw(t, "kind")}
	if rapid.Bool().Draw(t, "known") {
		f.Contact = &ingest.Contact{ID: id(rapid.ByteRange(1, 3).Draw(t, "contact"))}
		f.TalkedAt = rapid.SampledFrom([]time.Time{{}, now, now.Add(-2 * time.Hour)}).Draw(t, "talked")
		f.Names = rapid.SampledFrom([][]ingest.ID{nil, {id(1)}, {id(2), id(3)}}).Draw(t, "names")
	}
	if rapid.Bool().Draw(t, "pass") {
		f.Pass = &ingest.Pass{Job: 1, Epoch: rapid.Int64Range(0, 9).Draw(t, "passEpoch"), Order: rapid.Bool().Draw(t, "order"),
			To: rapid.SampledFrom([]string{"", "auto", "bot", "unassigned"}).Draw(t, "to")}
	}
	for range rapid.IntRange(0, 4).Draw(t, "ancestors") {
		a := ingest.Ancestor{Belongs: rapid.Bool().Draw(t, "belongs"), Ours: rapid.Bool().Draw(t, "ours")}
		a.Token = a.Belongs && rapid.Bool().Draw(t, "token")
		if rapid.Bool().Draw(t, "held") {
			a.Ticket = id(rapid.ByteRange(20, 22).Draw(t, "ticket"))
		} else {
			a.Conversation = genConversation(t)
		}
		f.Thread = append(f.Thread, a)
	}
	for _, kind := range rapid.SampledFrom([][]ingest.BucketKind{nil, {ingest.BySender, ingest.ByChannel}, {ingest.ByThread}}).Draw(t, "buckets") {
		b := ingest.NewBucket(kind, "x", ingest.Rate{Count: 3, Per: time.Minute})
		b.Level = rapid.Float64Range(0, 4).Draw(t, "level")
		f.Buckets = append(f.Buckets, b)
	}
	if f.Contact != nil && rapid.Bool().Draw(t, "talks") {
		f.Current, f.Ticket = genConversation(t), id(20)
		f.Current.Status = ingest.Open
	}
	if f.Contact != nil && rapid.Bool().Draw(t, "talkedBefore") {
		f.Last = genConversation(t)
		f.Last.Status = ingest.Closed
	}
	return f
}

func genSettings(t *rapid.T) ingest.Settings {
	s := ingest.DefaultSettings()
	s.BotEnabled = rapid.Bool().Draw(t, "bot")
	policy := rapid.SampledFrom([]ingest.Policy{ingest.Admit, ingest.Append, ingest.Hold})
	s.AutoReply, s.Bounce = policy.Draw(t, "autoReply"), policy.Draw(t, "bounce")
	s.Feedback, s.List = policy.Draw(t, "feedback"), policy.Draw(t, "list")
	harsh := rapid.SampledFrom([]ingest.Policy{ingest.Admit, ingest.Hold})
	s.UnverifiedSender, s.Loop = harsh.Draw(t, "unverified"), harsh.Draw(t, "loop")
	s.HoldSize = rapid.Bool().Draw(t, "holdSize")
	s.SpamHeader = rapid.SampledFrom([]string{"", "x-spam-flag"}).Draw(t, "spamHeader")
	s.Closed, s.ClosedSparesKnown = rapid.Bool().Draw(t, "closed"), rapid.Bool().Draw(t, "closedSparesKnown")
	return s
}

// scene is everything that a decision rests on.
type scene struct {
	message  ingest.Message
	facts    ingest.Facts
	rules    []ingest.Rule
	settings ingest.Settings
}

func genScene(t *rapid.T) scene {
	return scene{genMessage(t), genFacts(t), genRules(t), genSettings(t)}
}

func (s scene) decide() ingest.Decision {
	return pipeline.Decide(pipeline.NewBook(1, s.settings, s.rules), s.message, s.facts)
}

// with returns the scene with the rules that keep says to keep.
func (s scene) with(keep func(ingest.Rule) bool) scene {
	s.rules = slices.DeleteFunc(slices.Clone(s.rules), func(r ingest.Rule) bool { return !keep(r) })
	return s
}

// matches reports whether a rule of the kind applies.
func (s scene) matches(k ingest.RuleKind) bool {
	return slices.ContainsFunc(s.rules, func(r ingest.Rule) bool { return r.Kind == k && r.Matches(s.message, s.facts) })
}

var strictness = []ingest.State{ingest.Conversed, ingest.Held, ingest.Refused}

func strict(d ingest.Decision) int { return slices.Index(strictness, d.To) }

// TestDecideIsTotal holds that a decision is always one that the store can write.
func TestDecideIsTotal(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) { total(t, genScene(t)) })
}

type fataler interface{ Fatalf(string, ...any) }

func total(t fataler, s scene) {
	d := s.decide()
	reasons := 0
	if d.Rule != nil {
		reasons++
	}
	if d.Reason != "" {
		reasons++
	}
	switch d.To {
	case ingest.Conversed:
		if reasons != 0 || !d.Ticket.IsZero() || d.Conversation.IsZero() && d.Opens == nil {
			t.Fatalf("conversed: %+v", d)
		}
	case ingest.Held, ingest.Refused:
		if reasons != 1 || !d.Conversation.IsZero() || d.Opens != nil || d.Rule != nil && d.Rule.Kind == ingest.Allow {
			t.Fatalf("%s: %+v", d.To, d)
		}
	default:
		t.Fatalf("to %q", d.To)
	}
	if d.To == ingest.Refused && (s.facts.Pass != nil || d.Rule == nil || d.Rule.Kind != ingest.Ban || !d.Ticket.IsZero()) {
		t.Fatalf("refused: %+v", d)
	}
	place(t, s, d)
	if len(d.Trail) != 4 || slices.ContainsFunc(d.Trail, func(l ingest.Line) bool { return l.Says == "" }) {
		t.Fatalf("trail %q", d.Trail)
	}
}

// place holds that conversations open, reopen and are joined as the states
// allow.
func place(t fataler, s scene, d ingest.Decision) {
	if d.Reopens && (d.Conversation.IsZero() || d.Opens == nil || s.message.Family.OneAtATime() || s.message.Auto.Machine()) {
		t.Fatalf("reopens: %+v", d)
	}
	if d.Appended && (d.Conversation.IsZero() || d.Opens != nil || s.facts.Copy == nil && (!s.message.Auto.Machine() || s.message.Unproven)) {
		t.Fatalf("appended: %+v", d)
	}
	if d.Opens == nil {
		return
	}
	if (d.Opens.Status == ingest.Closed) != d.Opens.Imported || !d.Conversation.IsZero() && !d.Reopens {
		t.Fatalf("opens: %+v", *d.Opens)
	}
	if s.message.Family.OneAtATime() && s.facts.Current != nil && d.Opens.Status != ingest.Closed {
		t.Fatalf("opens a second unclosed conversation: %+v", *d.Opens)
	}
}

// TestNoPassBeatsABan holds that what a ban matches and nothing allows never
// gets through, whatever pass it has.
func TestNoPassBeatsABan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(t)
		if s.matches(ingest.Ban) && !s.matches(ingest.Allow) && s.decide().To == ingest.Conversed {
			t.Fatalf("a banned message is let through: %+v", s.decide())
		}
	})
}

// TestOrderOverridesWhatStood holds that an order lets through whatever only
// blocks and blacklists of its time, and the system, hold.
func TestOrderOverridesWhatStood(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(t)
		s.facts.Pass = &ingest.Pass{Job: 1, Epoch: 9, Order: true}
		if !s.matches(ingest.Ban) && s.decide().To != ingest.Conversed {
			t.Fatalf("an order is not obeyed: %+v", s.decide())
		}
	})
}

// TestAllowNeverHurts holds that one allow rule more never makes a decision
// stricter, and one ban more never milder where nothing is allowed.
func TestAllowNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(t)
		more := genRule(t, 99)
		more.Kind = ingest.Allow
		richer := s
		richer.rules = append(slices.Clone(s.rules), more)
		if strict(richer.decide()) > strict(s.decide()) {
			t.Fatalf("%s with rules, %s with one allow more", s.decide().To, richer.decide().To)
		}
	})
}

// TestPassNeverHurts holds that a released message fares no worse than it did
// without its pass.
func TestPassNeverHurts(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(t)
		without := s
		without.facts.Pass = nil
		if strict(s.decide()) > strict(without.decide()) {
			t.Fatalf("%s with a pass, %s without", s.decide().To, without.decide().To)
		}
	})
}

// TestWhatIsNotBelieved holds that claimed identities, an IP found with a
// mail, and allow rules for mail that is not proven change nothing.
func TestWhatIsNotBelieved(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(t)
		bare := s
		bare.message.Identities = slices.DeleteFunc(slices.Clone(s.message.Identities),
			func(i ingest.Identity) bool { return !i.Joins() })
		if s.message.Family == ingest.Email {
			bare.message.ClientIP = netip.Addr{}
		}
		if s.message.Unproven {
			bare = bare.with(func(r ingest.Rule) bool { return r.Kind != ingest.Allow })
		}
		if a, b := answer(s.decide()), answer(bare.decide()); !reflect.DeepEqual(a, b) {
			t.Fatalf("%+v\nwith what is not believed, without\n%+v", a, b)
		}
	})
}

// TestRefusesIsSure holds that what is refused by its header alone is refused
// by a decision, whatever the facts turn out to be.
func TestRefusesIsSure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(t)
		s.facts.Pass = nil
		var j pipeline.Judge
		j.Renew(1, s.rules, s.settings)
		if r := j.Refuses(s.message, s.facts.Persons(), s.facts.Kind, now); r != nil && s.decide().To != ingest.Refused {
			t.Fatalf("rule %d refuses by header, decided %+v", r.ID, s.decide())
		}
	})
}
