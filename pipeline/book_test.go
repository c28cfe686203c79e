package pipeline_test

import (
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/ingest"
	"gatehouse/pipeline"
)

func numbers(rules []*ingest.Rule) []int64 {
	ids := []int64{}
	for _, r := range rules {
		ids = append(ids, r.ID)
	}
	slices.Sort(ids)
	return ids
}

// scan is what Matching must find: every rule asked in turn.
func (s scene) scan() []int64 {
	ids := []int64{}
	for _, r := range s.rules {
		if r.LiftedAt == nil && r.Matches(s.message, s.facts) {
			ids = append(ids, r.ID)
		}
	}
	return ids
}

func TestBookFindsWhatMatches(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(t)
		found := pipeline.NewBook(1, s.settings, s.rules).Matching(s.message, s.facts)
		if got, want := numbers(found), s.scan(); !slices.Equal(got, want) {
			t.Fatalf("found %v, one by one %v", got, want)
		}
		for i := 1; i < len(found); i++ {
			if found[i-1].Target.Specificity() < found[i].Target.Specificity() {
				t.Fatalf("%s comes before %s", found[i-1].Target, found[i].Target)
			}
		}
	})
}

// TestBookWithChanges holds that a Book made by changes is the Book made anew,
// and that its forerunners do not notice.
func TestBookWithChanges(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := genScene(t)
		byID := map[int64]ingest.Rule{}
		for _, r := range s.rules {
			byID[r.ID] = r
		}
		first := pipeline.NewBook(1, s.settings, s.rules)
		before, book := numbers(first.Matching(s.message, s.facts)), first
		for epoch := range int64(rapid.IntRange(0, 4).Draw(t, "changes")) {
			var changed []ingest.Rule
			for range rapid.IntRange(1, 3).Draw(t, "at once") {
				r := genRule(t, rapid.Int64Range(1, 14).Draw(t, "which"))
				if rapid.Bool().Draw(t, "lifted") {
					r.LiftedAt = &now
				}
				changed, byID[r.ID] = append(changed, r), r
			}
			book = book.With(epoch+2, s.settings, changed)
		}
		s.rules = s.rules[:0:0]
		for _, r := range byID {
			s.rules = append(s.rules, r)
		}
		want := s.scan()
		slices.Sort(want)
		if got := numbers(book.Matching(s.message, s.facts)); !slices.Equal(got, want) {
			t.Fatalf("by changes %v, anew %v", got, want)
		}
		if after := numbers(first.Matching(s.message, s.facts)); !slices.Equal(after, before) {
			t.Fatalf("the first Book changed from %v to %v", before, after)
		}
	})
}

// TestSuccessorsApart holds that two Books made from one do not share what
// each added, though it stands under the same target.
func TestSuccessorsApart(t *testing.T) {
	everyone := func(n int64) ingest.Rule { return rule(t, n, ingest.Block, "everyone") }
	s := ingest.DefaultSettings()
	book := pipeline.NewBook(1, s, []ingest.Rule{everyone(1), everyone(2), everyone(3)})
	one, two := book.With(2, s, []ingest.Rule{everyone(4)}), book.With(2, s, []ingest.Rule{everyone(5)})
	for _, c := range []struct {
		book *pipeline.Book
		want []int64
	}{{book, []int64{1, 2, 3}}, {one, []int64{1, 2, 3, 4}}, {two, []int64{1, 2, 3, 5}}} {
		if got := numbers(c.book.Matching(ingest.Message{}, ingest.Facts{Now: now})); !slices.Equal(got, c.want) {
			t.Errorf("rules %v, want %v", got, c.want)
		}
	}
}

func TestRangesAtTheirEnds(t *testing.T) {
	for _, c := range []struct {
		target  string
		in, out []string
	}{
		{"range:0.0.0.0-255.255.255.255", []string{"0.0.0.0", "255.255.255.255", "::ffff:1.2.3.4"}, []string{"::", "2001:db8::1"}},
		{"range:192.0.2.1-192.0.2.1", []string{"192.0.2.1"}, []string{"192.0.2.0", "192.0.2.2"}},
		{"range:192.0.2.3-192.0.3.8", []string{"192.0.2.3", "192.0.2.255", "192.0.3.0", "192.0.3.8"}, []string{"192.0.2.2", "192.0.3.9"}},
		{"range:::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", []string{"::", "2001:db8::"}, []string{"192.0.2.1"}},
		{"range:2001:db8::2-2001:db8::1:0", []string{"2001:db8::2", "2001:db8::1:0", "2001:db8::ffff%eth0"}, []string{"2001:db8::1", "2001:db8::1:1"}},
		{"cidr:192.0.2.200/25", []string{"192.0.2.128", "192.0.2.255"}, []string{"192.0.2.127", "192.0.3.0"}},
		{"cidr:0.0.0.0/0", []string{"255.255.255.255"}, []string{"::1"}},
		{"ip:::ffff:192.0.2.7", []string{"192.0.2.7", "::ffff:192.0.2.7"}, []string{"192.0.2.8"}},
	} {
		target, err := ingest.ParseTarget(c.target)
		if err != nil {
			t.Fatal(err)
		}
		b := pipeline.NewBook(1, ingest.DefaultSettings(), []ingest.Rule{{ID: 1, Kind: ingest.Block, Target: target}})
		for want, list := range [][]string{c.out, c.in} {
			for _, ip := range list {
				m := ingest.Message{Family: ingest.Chat, ClientIP: netip.MustParseAddr(ip)}
				if got := len(b.Matching(m, ingest.Facts{Now: now})); got != want {
					t.Errorf("%s: %s matches %d times, want %d", c.target, ip, got, want)
				}
			}
		}
	}
}

// manyRules is a desk's worth: mostly people, some domains, networks, prefixes.
func manyRules(n int) []ingest.Rule {
	rng := rand.New(rand.NewPCG(1, 2))
	rules := make([]ingest.Rule, n)
	for i := range rules {
		t := ingest.Target{Kind: "email", Value: fmt.Sprintf("user%d@example.com", i)}
		switch i % 10 {
		case 0:
			t = ingest.Target{Kind: "contact", Value: ingest.NewID(now).String()}
		case 1:
			t = ingest.Target{Kind: "domain", Value: fmt.Sprintf("d%d.example.org", i)}
		case 2:
			t = ingest.Target{Kind: "ip", Value: netip.AddrFrom4([4]byte{10, byte(rng.Uint32()), byte(rng.Uint32()), byte(rng.Uint32())}).String()}
		case 3:
			p, _ := netip.AddrFrom4([4]byte{172, byte(i >> 12), byte(i >> 4), byte(i << 4)}).Prefix(24 + rng.IntN(5))
			t = ingest.Target{Kind: "cidr", Value: p.String()}
		case 4:
			t = ingest.Target{Kind: "phone", Value: fmt.Sprintf("+1555%07d", i)}
		}
		rules[i] = ingest.Rule{ID: int64(i + 1), Kind: kinds[i%4], Target: t, CreatedAt: now, Epoch: 1}
	}
	return rules
}

func benchMessage() (ingest.Message, ingest.Facts) {
	who := ingest.Identity{Kind: "email", Value: "user77@example.com", How: ingest.Verified}
	m := ingest.Message{Family: ingest.Chat, Channel: "a", Identities: []ingest.Identity{who, {Kind: "phone", Value: "+15550000004", How: ingest.Verified}},
		From: ingest.Sender{Identity: who}, ClientIP: netip.MustParseAddr("172.0.3.4")}
	return m, ingest.Facts{Now: now, Kind: "chat", Contact: &ingest.Contact{ID: id(1)}}
}

func BenchmarkMatching(b *testing.B) {
	for _, n := range []int{100, 10_000, 100_000} {
		book := pipeline.NewBook(1, ingest.DefaultSettings(), manyRules(n))
		m, f := benchMessage()
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				book.Matching(m, f)
			}
		})
	}
}

func BenchmarkDecide(b *testing.B) {
	book := pipeline.NewBook(1, ingest.DefaultSettings(), manyRules(100_000))
	m, f := benchMessage()
	b.ReportAllocs()
	for b.Loop() {
		pipeline.Decide(book, m, f)
	}
}

func BenchmarkWithOneChange(b *testing.B) {
	rules := manyRules(100_000)
	book := pipeline.NewBook(1, ingest.DefaultSettings(), rules)
	b.ReportAllocs()
	for b.Loop() {
		book.With(2, ingest.DefaultSettings(), rules[500:501])
	}
}

func BenchmarkNewBook(b *testing.B) {
	rules := manyRules(100_000)
	for b.Loop() {
		pipeline.NewBook(1, ingest.DefaultSettings(), rules)
	}
}

func TestBookAmongMany(t *testing.T) {
	rules := manyRules(20_000)
	book := pipeline.NewBook(1, ingest.DefaultSettings(), rules)
	m, f := benchMessage()
	s := scene{message: m, facts: f, rules: rules}
	got, want := numbers(book.Matching(m, f)), s.scan()
	if len(want) < 2 || !slices.Equal(got, want) {
		t.Fatalf("found %v, one by one %v", got, want)
	}
}
