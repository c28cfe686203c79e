package postgres

import (
	"context"
	"errors"
	"fmt"
	"testing"
	"time"

	"gatehouse/ingest"
)

// contactBy is the contact that an address joins, as the desk sees it.
func contactBy(t testing.TB, s *Store, kind, value string) ingest.ID {
	t.Helper()
	ids, err := s.Known(context.Background(), []ingest.Identity{{Kind: kind, Value: value, How: ingest.Header}})
	must(t, err)
	return ids[0]
}

func merge(t testing.TB, s *Store, contact, into ingest.ID, rules ...ingest.MergeRules) ingest.MergeDone {
	t.Helper()
	o := ingest.MergeOrder{Contact: contact, Into: into, Actor: "sam", Held: ingest.KeepHeld}
	if rules != nil {
		o.Rules = rules[0]
	}
	done, err := s.Merge(context.Background(), o)
	must(t, err)
	lawful(t, s)
	return done
}

func unmerge(t testing.TB, s *Store, id int64) {
	t.Helper()
	must(t, s.UndoMerge(context.Background(), id, "sam"))
	lawful(t, s)
}

func visitors(t testing.TB, s *Store) (ann, bob ingest.ID) {
	t.Helper()
	receive(t, s, chat("ann", "1", "one"), chat("bob", "1", "two"))
	settleAll(t, s, &testJudge{})
	return contactBy(t, s, "visitor", "ann"), contactBy(t, s, "visitor", "bob")
}

// What two wrote is one person's after a merge, and each one's own after its
// undo, what came in between among it.
func TestMergeAndUndo(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	ann, bob := visitors(t, s)
	done := merge(t, s, bob, ann)
	if !done.Fresh || done.Into != ann {
		t.Errorf("done: %+v", done)
	}
	if n := count(t, s, "select count(*) from conversations where status <> 'closed'"); n != 1 {
		t.Errorf("%d unclosed conversations, want 1", n)
	}
	receive(t, s, chat("bob", "2", "three"), chat("ann", "2", "four"))
	settleAll(t, s, j)
	for _, id := range []ingest.ID{ann, bob} {
		list, err := s.History(ctx, id, true, ingest.Part{})
		must(t, err)
		if len(list.Items) != 4 {
			t.Errorf("history of %s: %d, want 4", id, len(list.Items))
		}
		c, err := s.Contact(ctx, id)
		must(t, err)
		if c.ID != ann || len(c.Identities) != 2 || (id == bob) == c.MergedInto.IsZero() {
			t.Errorf("contact %s: %+v", id, c)
		}
	}
	if n := count(t, s, "select count(*) from conversations"); n != 2 {
		t.Errorf("%d conversations, want 2: both wrote into the one that was left", n)
	}
	unmerge(t, s, done.Merge)
	if got := contactBy(t, s, "visitor", "bob"); got != bob {
		t.Errorf("bob is %s", got)
	}
	receive(t, s, chat("bob", "3", "five"))
	settleAll(t, s, j)
	lawful(t, s)
	if err := s.UndoMerge(ctx, done.Merge, "sam"); !errors.Is(err, ingest.ErrConflict) {
		t.Errorf("a second undo: %v", err)
	}
}

// The ids of all that were merged answer, however long the chain; each is taken
// out again with what was merged into it before.
func TestMergesInAChain(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	receive(t, s, chat("a", "1", "one"), chat("b", "1", "two"), chat("c", "1", "three"))
	settleAll(t, s, j)
	a, b, c := contactBy(t, s, "visitor", "a"), contactBy(t, s, "visitor", "b"), contactBy(t, s, "visitor", "c")
	first := merge(t, s, a, b)
	second := merge(t, s, a, c) // a stands for b
	if again := merge(t, s, c, a); again.Fresh || again.Merge != second.Merge {
		t.Errorf("merged again: %+v", again)
	}
	for _, id := range []ingest.ID{a, b, c} {
		got, err := s.Contact(ctx, id)
		must(t, err)
		if got.ID != c || len(got.Identities) != 3 {
			t.Errorf("%s answers as %s", id, got.ID)
		}
	}
	if err := s.UndoMerge(ctx, first.Merge, "sam"); !errors.Is(err, ingest.ErrConflict) {
		t.Errorf("undone out of order: %v", err)
	}
	unmerge(t, s, second.Merge)
	for id, want := range map[ingest.ID]ingest.ID{a: b, b: b, c: c} {
		if got, err := s.Contact(ctx, id); err != nil || got.ID != want {
			t.Errorf("%s answers as %s, want %s: %v", id, got.ID, want, err)
		}
	}
	unmerge(t, s, first.Merge)
	if got, err := s.Contact(ctx, a); err != nil || got.ID != a {
		t.Errorf("a is %s: %v", got.ID, err)
	}
}

// Whoever stands differently is merged only by who says whose rules stand; those
// that were lifted for it stand again after the undo.
func TestMergeOfWhoStandsDifferently(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	ann, bob := visitors(t, s)
	_, err := s.SetRule(ctx, order(ingest.Block, ingest.Target{Kind: "contact", Value: bob.String()}))
	must(t, err)
	receive(t, s, chat("bob", "2", "held"))
	settleAll(t, s, j)
	var choice *ingest.MergeChoiceError
	if _, err := s.Merge(ctx, ingest.MergeOrder{Contact: bob, Into: ann, Actor: "sam"}); !errors.As(err, &choice) {
		t.Fatalf("no choice is asked for: %v", err)
	}
	var held *ingest.HeldChoiceError
	if _, err := s.Merge(ctx, ingest.MergeOrder{Contact: bob, Into: ann, Rules: ingest.MergeKeepSurvivor, Actor: "sam"}); !errors.As(err, &held) || held.Held != 1 {
		t.Fatalf("what is held is not asked for: %v", err)
	}

	both := merge(t, s, bob, ann, ingest.MergeKeepBoth)
	receive(t, s, chat("ann", "2", "held too"))
	settleAll(t, s, j)
	if n := count(t, s, "select count(*) from messages where state = 'held'"); n != 2 {
		t.Errorf("%d held: the rule on one is a rule on both", n)
	}
	unmerge(t, s, both.Merge)
	receive(t, s, chat("ann", "3", "free"), chat("bob", "3", "held"))
	settleAll(t, s, j)
	if n := count(t, s, "select count(*) from messages where state = 'held'"); n != 3 {
		t.Errorf("%d held, want 3: only bob is blocked", n)
	}

	lifted := merge(t, s, bob, ann, ingest.MergeKeepSurvivor)
	receive(t, s, chat("bob", "4", "free"))
	settleAll(t, s, j)
	if n := count(t, s, "select count(*) from messages where state = 'held'"); n != 3 {
		t.Errorf("%d held, want 3: the rule was lifted", n)
	}
	unmerge(t, s, lifted.Merge)
	receive(t, s, chat("bob", "5", "held"))
	settleAll(t, s, j)
	if n := count(t, s, "select count(*) from messages where state = 'held'"); n != 4 {
		t.Errorf("%d held, want 4: the rule stands again", n)
	}
	l, err := s.Lift(ctx, ingest.LiftOrder{Contact: bob, Kinds: []ingest.RuleKind{ingest.Block}, Held: ingest.UnblockAll, Actor: "sam"})
	must(t, err)
	work(t, s, j)
	if n := count(t, s, "select count(*) from messages where state = 'held' and contact = $1", bob); n != 0 || l.Job == 0 {
		t.Errorf("%d of bob's are held after Unblock All", n)
	}
	lawful(t, s)
}

// What one wrote into a conversation of the other while they were one is taken
// out of it by the undo, however much it is, and is in their own history.
func TestAnUndoTakesConversationsApart(t *testing.T) {
	s, j, ctx := open(t), &testJudge{}, context.Background()
	ann, bob := visitors(t, s)
	done := merge(t, s, bob, ann)
	const many = 3*partedAtOnce/2 + 1
	var batch []ingest.Arrival
	for i := range many {
		batch = append(batch, chat("ann", fmt.Sprint("m", i), "since"))
	}
	receive(t, s, append(batch, chat("bob", "2", "since"))...)
	settleAll(t, s, j)
	if n := count(t, s, "select count(*) from conversations where status <> 'closed'"); n != 1 {
		t.Fatalf("%d unclosed conversations, want 1", n)
	}
	unmerge(t, s, done.Merge)
	must(t, s.PartMerged(ctx))
	lawful(t, s)
	for id, want := range map[ingest.ID]int{ann: many + 1, bob: 2} {
		n := count(t, s, "select count(*) from messages m join conversations v on v.id = m.conversation where v.contact = $1", id)
		if n != want {
			t.Errorf("%d messages in conversations of %s, want %d", n, id, want)
		}
	}
	if n := count(t, s, "select count(*) from conversations"); n != 3 {
		t.Errorf("%d conversations, want 3: each one's first, and what was taken out", n)
	}
	if n := count(t, s, "select count(*) from conversations where status <> 'closed'"); n != 2 {
		t.Errorf("%d unclosed conversations, want 2: the one that the merge closed is open again", n)
	}
}

// Who is merged again while an undo is still taking their conversations apart is
// one again: what is left stays where it is, and the undo has an end.
func TestAMergeEndsWhatAnUndoHasLeft(t *testing.T) {
	s, j := open(t), &testJudge{}
	ann, bob := visitors(t, s)
	done := merge(t, s, bob, ann)
	const many = partedAtOnce + 5
	var batch []ingest.Arrival
	for i := range many {
		batch = append(batch, chat("ann", fmt.Sprint("m", i), "since"))
	}
	receive(t, s, append(batch, chat("bob", "2", "since"))...)
	settleAll(t, s, j)
	unmerge(t, s, done.Merge)
	if n := count(t, s, "select count(*) from merges where parting"); n != 1 {
		t.Fatalf("%d undos have something left to do, want 1", n)
	}
	again := merge(t, s, bob, ann)
	talks := count(t, s, "select count(*) from conversations")
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := s.PartMerged(ctx); err != nil {
		t.Fatalf("it found no end: %v, %d conversations of %d", err, count(t, s, "select count(*) from conversations"), talks)
	}
	if n := count(t, s, "select count(*) from conversations"); n != talks {
		t.Errorf("%d conversations, want %d", n, talks)
	}
	unmerge(t, s, again.Merge)
	must(t, s.PartMerged(ctx))
	lawful(t, s)
	if n := count(t, s, "select count(*) from messages m join conversations v on v.id = m.conversation where v.contact = $1", ann); n != many+1 {
		t.Errorf("%d messages in conversations of their own, want %d", n, many+1)
	}
}
