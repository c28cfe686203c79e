package postgres_test

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"gatehouse/ingest"
)

// keep puts the contact of an identity under a legal hold.
func (w *world) keep(key string, until *time.Time) ingest.ID {
	w.t.Helper()
	contact := w.contactOf(key)
	must(w.t, w.replicas[0].SetLegalHold(context.Background(), ingest.HoldOrder{Contact: contact, Reason: "case-7", Until: until, Actor: "kim"}))
	return contact
}

func TestLegalHoldKeepsFromRetention(t *testing.T) {
	w := newWorld(t, 1)
	byRule, bySystem := w.hold(2, "a")
	w.change(func(s *ingest.Settings) { s.HeldKeepRules = ingest.Keep(day) })
	blocked := w.keep("visitor:ablocked", nil)
	end := time.Now().Add(200 * day)
	w.keep("visitor:aflood", &end)
	w.ahead.Store(int64(199 * day))
	w.retain()
	if got := w.becameOf(slices.Concat(byRule, bySystem)); slices.Contains(got, "purged") {
		t.Errorf("under a legal hold: %q", got)
	}
	if n := ask[int](w, "select count(*) from events where type = 'retention.coming'"); n != 0 {
		t.Errorf("%d times it was told that they will be deleted", n)
	}
	w.ahead.Store(int64(201 * day))
	w.retain()
	if got := w.becameOf(bySystem); !slices.Equal(got, []string{"purged", "purged"}) {
		t.Errorf("when the hold ended by the clock: %q", got)
	}
	must(t, w.replicas[0].LiftLegalHold(context.Background(), blocked, "kim"))
	w.retain()
	if got := w.becameOf(byRule); !slices.Equal(got, []string{"purged", "purged"}) {
		t.Errorf("when the hold was lifted: %q", got)
	}
	w.lawful()
}

// Delete All leaves what a legal hold covers, even if that is set while it runs,
// and the lifted rule may hold it.
func TestDeleteAllLeavesWhatALegalHoldCovers(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 1)
	rule := w.set(order(ingest.Block, "everyone")).ID
	free := w.receiveAt(noon, 0, chats("free", 0, 3)...)
	kept := w.receiveAt(noon, 0, chats("kept", 0, 2)...)
	later := w.receiveAt(noon, 0, chats("later", 0, 2)...)
	w.settleAll()
	w.keep("visitor:kept", nil)
	lifted, err := w.replicas[0].Lift(ctx, ingest.LiftOrder{Rules: []int64{rule}, Held: ingest.DeleteAll, Actor: "sam"})
	must(t, err)
	w.keep("visitor:later", nil)
	w.work()
	if got := w.becameOf(free); !slices.Equal(got, []string{"purged", "purged", "purged"}) {
		t.Errorf("of nobody under a hold: %q", got)
	}
	if got := w.becameOf(slices.Concat(kept, later)); slices.Contains(got, "purged") {
		t.Errorf("under a legal hold: %q", got)
	}
	job, err := w.replicas[0].Job(ctx, lifted.Job)
	must(t, err)
	if job.State != ingest.JobDone || job.Purged != 3 || job.Skipped != 4 || job.SkippedWhy[ingest.SkipOnHold] != 4 || job.Total != 7 {
		t.Errorf("job %+v", job)
	}
	w.lawful()
}

func TestOrdersToDeleteHeedLegalHolds(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 1)
	byRule, bySystem := w.hold(2, "a")
	w.keep("visitor:ablocked", nil)
	ticket := func(message ingest.ID) ingest.ID {
		return ask[ingest.ID](w, "select ticket from messages where id = $1", message)
	}
	kept, free := ticket(byRule[0]), ticket(bySystem[0])
	s := w.replicas[0]
	idle := w.set(order(ingest.Block, "visitor:nobody"))
	w.lift(ingest.DeleteAll, idle.ID) // holds nothing
	for name, do := range map[string]func() error{
		"its ticket": func() error {
			_, err := s.DeleteTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{kept}, Actor: "sam"})
			return err
		},
		"its messages": func() error {
			_, err := s.DeleteTickets(ctx, ingest.TicketOrder{Messages: byRule, Actor: "sam"})
			return err
		},
	} {
		if err := do(); !errors.Is(err, ingest.ErrLegalHold) {
			t.Errorf("%s: %v", name, err)
		}
	}
	id, err := s.DeleteTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{kept, free}, Actor: "sam"})
	must(t, err)
	w.work()
	job, err := s.Job(ctx, id)
	must(t, err)
	if job.State != ingest.JobDone || job.Purged != 2 || job.SkippedWhy[ingest.SkipOnHold] != 2 {
		t.Errorf("job %+v", job)
	}
	if got := w.becameOf(byRule); slices.Contains(got, "purged") {
		t.Errorf("under a legal hold: %q", got)
	}
	w.lawful()
	rule := ask[int64](w, "select rule from messages where id = $1", byRule[0])
	if _, err := s.Lift(ctx, ingest.LiftOrder{Rules: []int64{rule}, Held: ingest.DeleteAll, Actor: "sam"}); !errors.Is(err, ingest.ErrLegalHold) {
		t.Errorf("Delete All of nothing but theirs: %v", err)
	}
	if _, err := s.ReleaseTickets(ctx, ingest.TicketOrder{Tickets: []ingest.ID{kept}, Actor: "sam"}); err != nil {
		t.Errorf("a release deletes nothing: %v", err)
	}
	w.work()
	w.lawful()
}

// A hold on somebody who was merged is one on each that they are: an undo of the
// merge takes it from neither.
func TestALegalHoldOutlivesTheMerge(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 1)
	w.receiveAt(noon, 0, chats("one", 0, 1)...)
	w.receiveAt(noon, 0, chats("other", 0, 1)...)
	w.settleAll()
	s, one, other := w.replicas[0], w.contactOf("visitor:one"), w.contactOf("visitor:other")
	done, err := s.Merge(ctx, ingest.MergeOrder{Contact: one, Into: other, Actor: "kim", Held: ingest.KeepHeld})
	must(t, err)
	must(t, s.SetLegalHold(ctx, ingest.HoldOrder{Contact: one, Reason: "case-7", Actor: "kim"}))
	must(t, s.UndoMerge(ctx, done.Merge, "kim"))
	for _, id := range []ingest.ID{one, other} {
		c, err := s.Contact(ctx, id)
		must(t, err)
		if c.LegalHold == nil {
			t.Errorf("%s is under no hold", id)
		}
		if _, err := s.Erase(ctx, ingest.EraseOrder{Contact: id, Actor: "kim"}); !errors.Is(err, ingest.ErrLegalHold) {
			t.Errorf("erasure of %s: %v", id, err)
		}
	}
}

// What somebody under a legal hold wrote stays, also when the address that they
// wrote from is another's by now, who is erased.
func TestAnErasureLeavesWhatALegalHoldCovers(t *testing.T) {
	ctx := context.Background()
	w := newWorld(t, 1)
	kept := w.receiveAt(noon, 0, chats("kept", 0, 2)...)
	other := w.receiveAt(noon, 0, chats("other", 0, 1)...)
	w.settleAll()
	s, contact, heir := w.replicas[0], w.keep("visitor:kept", nil), w.contactOf("visitor:other")
	had, err := s.Identities(ctx, []ingest.ID{contact})
	must(t, err)
	must(t, s.ChangeIdentity(ctx, ingest.IdentityChange{Contact: contact, Remove: had[contact][0].ID, Actor: "kim"}))
	must(t, s.ChangeIdentity(ctx, ingest.IdentityChange{Contact: heir, Add: had[contact][0].Identity, Actor: "kim"}))
	w.erase(heir)
	if got := w.becameOf(kept); !slices.Equal(got, []string{"conversed", "conversed"}) {
		t.Errorf("under a legal hold: %q", got)
	}
	if got := w.becameOf(other); !slices.Equal(got, []string{"purged"}) {
		t.Errorf("of who was erased: %q", got)
	}
	w.lawful()
}
