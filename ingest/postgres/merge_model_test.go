package postgres

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"slices"
	"sync"
	"testing"

	"pgregory.net/rapid"

	"gatehouse/ingest"
)

// mergeModel is what merges, undos and rules should come to. Nothing in it knows
// how rows name whose they are.
type mergeModel struct {
	t      testing.TB
	s      *Store
	j      *testJudge
	run    int
	keys   int
	people []*writer
	merges []*merged
}

// writer is a contact with the one address that it has.
type writer struct {
	name    string
	id      ingest.ID
	into    *writer // nil: it stays
	blocked bool    // a rule names this very contact
	wrote   int     // messages that conversed
	held    int
}

// merged is a merge that may be undone.
type merged struct {
	id         int64
	gone, into *writer
	lifted     []*writer
	undone     bool
}

func (p *writer) root() *writer {
	for p.into != nil {
		p = p.into
	}
	return p
}

func (m *mergeModel) kin(p *writer) (list []*writer) {
	for _, x := range m.people {
		if x.root() == p.root() {
			list = append(list, x)
		}
	}
	return list
}

func (m *mergeModel) blocked(p *writer) bool {
	return slices.ContainsFunc(m.kin(p), func(x *writer) bool { return x.blocked })
}

func (m *mergeModel) some(t *rapid.T) *writer { return rapid.SampledFrom(m.people).Draw(t, "who") }

func (m *mergeModel) begin() {
	m.run++
	m.people, m.merges = nil, nil
	for i := range 4 {
		m.people = append(m.people, &writer{name: fmt.Sprintf("v%d-%d", m.run, i)})
	}
	for _, p := range m.people {
		m.say(p)
		p.id = contactBy(m.t, m.s, "visitor", p.name)
	}
}

func (m *mergeModel) say(p *writer) {
	m.keys++
	receive(m.t, m.s, chat(p.name, fmt.Sprint("k", m.keys), "words"))
	settleAll(m.t, m.s, m.j)
	if m.blocked(p) {
		p.held++
	} else {
		p.wrote++
	}
}

func (m *mergeModel) write(t *rapid.T) { m.say(m.some(t)) }

// block names a contact by any id that it ever had.
func (m *mergeModel) block(t *rapid.T) {
	p := m.some(t)
	_, err := m.s.SetRule(context.Background(), order(ingest.Block, ingest.Target{Kind: "contact", Value: p.id.String()}))
	must(m.t, err)
	p.blocked = true
}

func (m *mergeModel) unblock(t *rapid.T) {
	p := m.some(t)
	o := ingest.LiftOrder{Contact: p.id, Kinds: []ingest.RuleKind{ingest.Block}, Held: ingest.UnblockAll, Actor: "sam"}
	_, err := m.s.Lift(context.Background(), o)
	if !m.blocked(p) {
		if err != nil && !errors.Is(err, ingest.ErrNotFound) {
			m.t.Fatal(err)
		}
		return
	}
	must(m.t, err)
	m.lift(m.kin(p))
	work(m.t, m.s, m.j)
	m.recount()
}

func (m *mergeModel) lift(kin []*writer) (lifted []*writer) {
	for _, p := range kin {
		if p.blocked {
			p.blocked, lifted = false, append(lifted, p)
		}
	}
	return lifted
}

// recount takes from the database what became of what was held; compare holds
// that nobody's became another's.
func (m *mergeModel) recount() {
	for _, p := range m.people {
		all := p.wrote + p.held
		p.held = count(m.t, m.s, "select count(*) from messages where sender = $1 and state = 'held'", "visitor:"+p.name)
		p.wrote = all - p.held
	}
}

func (m *mergeModel) merge(t *rapid.T) {
	gone, into := m.some(t), m.some(t)
	o := ingest.MergeOrder{Contact: gone.id, Into: into.id, Held: ingest.KeepHeld, Actor: "sam",
		Rules: rapid.SampledFrom([]ingest.MergeRules{"", ingest.MergeKeepBoth, ingest.MergeKeepSurvivor, ingest.MergeKeepMerged}).Draw(t, "rules")}
	done, err := m.s.Merge(context.Background(), o)
	gone, into = gone.root(), into.root()
	switch {
	case o.Contact == o.Into:
		if !ingest.Invalid(err) {
			m.t.Fatalf("merged with itself: %v", err)
		}
		return
	case gone == into:
		if must(m.t, err); done.Fresh {
			m.t.Fatal("merged what is one")
		}
		return
	case o.Rules == "" && m.blocked(gone) != m.blocked(into):
		if choice := (*ingest.MergeChoiceError)(nil); !errors.As(err, &choice) {
			m.t.Fatalf("no choice is asked for: %v", err)
		}
		return
	}
	must(m.t, err)
	x := &merged{id: done.Merge, gone: gone, into: into}
	switch o.Rules {
	case ingest.MergeKeepSurvivor:
		x.lifted = m.lift(m.kin(gone))
	case ingest.MergeKeepMerged:
		x.lifted = m.lift(m.kin(into))
	}
	gone.into = into
	m.merges = append(m.merges, x)
}

func (m *mergeModel) undo(t *rapid.T) {
	if len(m.merges) == 0 {
		return
	}
	x := rapid.SampledFrom(m.merges).Draw(t, "merge")
	err := m.s.UndoMerge(context.Background(), x.id, "sam")
	if x.undone || x.into.into != nil {
		if !errors.Is(err, ingest.ErrConflict) {
			m.t.Fatalf("undone: %v", err)
		}
		return
	}
	must(m.t, err)
	x.undone, x.gone.into = true, nil
	for _, p := range x.lifted {
		p.blocked = true
	}
}

// compare holds that every id answers as it should, and that each person has
// what their addresses wrote, and nothing else.
func (m *mergeModel) compare(*rapid.T) {
	for _, p := range m.people {
		c, err := m.s.Contact(context.Background(), p.id)
		must(m.t, err)
		wrote, held := 0, 0
		for _, x := range m.kin(p) {
			wrote, held = wrote+x.wrote, held+x.held
		}
		if c.ID != p.root().id || len(c.Identities) != len(m.kin(p)) || c.Held != held {
			m.t.Fatalf("%s answers as %s with %d addresses and %d held, want %s, %d and %d", p.name, c.ID, len(c.Identities), c.Held,
				p.root().id, len(m.kin(p)), held)
		}
		list, err := m.s.History(context.Background(), p.id, true, ingest.Part{Limit: 200})
		must(m.t, err)
		if len(list.Items) != wrote+held {
			m.t.Fatalf("the history of %s has %d messages, want %d", p.name, len(list.Items), wrote+held)
		}
		for _, r := range list.Items {
			if r.Contact != c.ID {
				m.t.Fatalf("a message in the history of %s is of %s", c.ID, r.Contact)
			}
		}
	}
}

func TestMergeModel(t *testing.T) { checked(t, "6", mergeModels) }

// checked runs models as often as the number says. The number is the process's:
// for tests that run alone.
func checked(t *testing.T, times string, models func(*testing.T)) {
	checks := flag.Lookup("rapid.checks").Value
	before := checks.String()
	must(t, checks.Set(times))
	defer func() { must(t, checks.Set(before)) }()
	models(t)
}

func mergeModels(t *testing.T) {
	m := &mergeModel{t: t, s: open(t), j: &testJudge{}}
	rapid.Check(t, func(t *rapid.T) {
		m.begin()
		t.Repeat(map[string]func(*rapid.T){"": m.compare, "write": m.write, "block": m.block, "unblock": m.unblock, "merge": m.merge, "undo": m.undo})
		lawful(m.t, m.s)
	})
}

// Merges in both directions, undos, blocks, lifts with Unblock All and settles
// at once: whatever comes first, all laws hold, and who is not merged in the end
// has what their own address wrote.
func TestMergeRaces(t *testing.T) {
	s, ctx := open(t), context.Background()
	ann, bob := visitors(t, s)
	var wg sync.WaitGroup
	at := func(n int, do func(i int) error) {
		wg.Go(func() {
			for i := range n {
				if err := do(i); err != nil && !errors.Is(err, ingest.ErrConflict) && !errors.Is(err, ingest.ErrNotFound) && !ingest.Temporary(err) {
					t.Error(err)
				}
			}
		})
	}
	for _, who := range []string{"ann", "bob"} {
		at(40, func(i int) error {
			_, err := s.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{chat(who, fmt.Sprint("race", i), "words")}})
			return err
		})
	}
	j := &testJudge{}
	for range 2 {
		at(60, func(int) error {
			lanes, err := s.Waiting(ctx)
			for _, lane := range lanes {
				_, e := s.Settle(ctx, lane, 7, j)
				err = errors.Join(err, e)
			}
			return err
		})
	}
	for _, o := range []ingest.MergeOrder{{Contact: ann, Into: bob}, {Contact: bob, Into: ann}} {
		o.Actor, o.Rules, o.Held = "sam", ingest.MergeKeepSurvivor, ingest.UnblockAll
		at(12, func(int) error {
			done, err := s.Merge(ctx, o)
			if err == nil {
				err = s.UndoMerge(ctx, done.Merge, "sam")
			}
			return err
		})
	}
	at(12, func(i int) error {
		id := []ingest.ID{ann, bob}[i%2]
		if _, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "contact", Value: id.String()})); err != nil {
			return err
		}
		_, err := s.Lift(ctx, ingest.LiftOrder{Contact: id, Kinds: []ingest.RuleKind{ingest.Block}, Held: ingest.UnblockAll, Actor: "sam"})
		return err
	})
	at(30, func(int) error { _, err := s.StepJobs(ctx, 10); return errors.Join(err, s.PartMerged(ctx)) })
	wg.Wait()
	for _, m := range allMerges(t, s) {
		if err := s.UndoMerge(ctx, m, "sam"); err != nil && !errors.Is(err, ingest.ErrConflict) {
			t.Error(err)
		}
	}
	for _, id := range []ingest.ID{ann, bob} {
		_, err := s.Lift(ctx, ingest.LiftOrder{Contact: id, Kinds: []ingest.RuleKind{ingest.Block}, Held: ingest.UnblockAll, Actor: "sam"})
		if err != nil && !errors.Is(err, ingest.ErrNotFound) {
			t.Error(err)
		}
	}
	work(t, s, j)
	must(t, s.PartMerged(ctx))
	lawful(t, s)
	for id, name := range map[ingest.ID]string{ann: "ann", bob: "bob"} {
		if got := contactBy(t, s, "visitor", name); got != id {
			t.Errorf("%s is %s", name, got)
		}
		n := count(t, s, "select count(*) from messages m join conversations v on v.id = m.conversation where v.contact = $1 and m.contact = $1", id)
		if n != 41 {
			t.Errorf("%d messages of %s in conversations of their own, want 41", n, name)
		}
	}
	lawful(t, s)
}

func allMerges(t *testing.T, s *Store) []int64 {
	t.Helper()
	ids, err := collectNumbers(context.Background(), s.pool, "select id from merges where undone_at is null order by id desc")
	must(t, err)
	return ids
}
