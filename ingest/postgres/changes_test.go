package postgres_test

import (
	"context"
	"testing"

	"gatehouse/ingest"
)

// named gives a chat its name in a thread, as networks do.
func named(a ingest.Arrival, name string) ingest.Arrival {
	a.Message.Thread = name
	return a
}

// changing makes a chat a change of the message of that name.
func changing(a ingest.Arrival, kind ingest.ChangeKind, of string) ingest.Arrival {
	a.Message.Change, a.Message.Answers = &ingest.Change{Kind: kind, Of: of}, []string{of}
	return a
}

// A change is where the message is that it means: it opens nothing, makes nobody,
// and that message stays as it came.
func TestChangesGoToTheirMessage(t *testing.T) {
	w := newWorld(t, 1)
	ctx := context.Background()
	first := w.receive(named(chat("v1", "1", "hello"), "n1")).Results[0].ID
	w.settleAll()
	talk := ask[ingest.ID](w, "select conversation from messages where id = $1", first)
	closed := ingest.Closed
	_, err := w.watch.ChangeConversation(ctx, talk, ingest.ConversationChange{Status: &closed, Actor: "sam"})
	must(t, err)
	changes := w.receive(
		changing(chat("v1", "2", "hello there"), ingest.Edit, "n1"),
		changing(chat("v2", "3", "+1"), ingest.Reaction, "n1"),
		changing(chat("v1", "4", ""), ingest.Unsend, "n1"),
	)
	w.settleAll()
	for _, r := range changes.Results {
		if got := ask[ingest.ID](w, "select conversation from messages where id = $1", r.ID); got != talk {
			t.Errorf("%s is in %s, want %s", r.ID, got, talk)
		}
	}
	if n := ask[int64](w, "select count(*) from conversations where status <> 'closed'"); n != 0 {
		t.Errorf("%d conversations were opened", n)
	}
	if n := ask[int64](w, "select count(*) from contacts"); n != 1 {
		t.Errorf("%d contacts: who only reacts is nobody yet", n)
	}
	found, err := w.watch.Changes(ctx, []ingest.ID{first}, []ingest.State{ingest.Conversed})
	must(t, err)
	if list := found[first]; len(list) != 3 || list[0].Change.Kind != ingest.Edit || list[2].Change.Kind != ingest.Unsend {
		t.Errorf("%+v", found)
	}
	if !w.lawful() {
		t.Error("the books are wrong")
	}
}

// Whoever is blocked edits in the blocked list, and Unblock All gives the edit
// back to its message.
func TestAHeldEditIsGivenBackToItsMessage(t *testing.T) {
	w := newWorld(t, 1)
	ctx := context.Background()
	first := w.receive(named(chat("v1", "1", "hello"), "n1")).Results[0].ID
	w.settleAll()
	rule := w.set(order(ingest.Block, "visitor:v1"))
	edit := w.receive(changing(chat("v1", "2", "buy this"), ingest.Edit, "n1")).Results[0].ID
	w.settleAll()
	state := func() string { return ask[string](w, "select state::text from messages where id = $1", edit) }
	if got := state(); got != "held" {
		t.Fatalf("the edit is %s", got)
	}
	if found, err := w.watch.Changes(ctx, []ingest.ID{first}, []ingest.State{ingest.Conversed}); err != nil || len(found) != 0 {
		t.Errorf("seen before it is released: %v %v", found, err)
	}
	w.lift(ingest.UnblockAll, rule.ID)
	w.work()
	if got := state(); got != "conversed" {
		t.Errorf("released, the edit is %s", got)
	}
	if found, err := w.watch.Changes(ctx, []ingest.ID{first}, []ingest.State{ingest.Conversed}); err != nil || len(found[first]) != 1 {
		t.Errorf("%v %v", found, err)
	}
	if !w.lawful() {
		t.Error("the books are wrong")
	}
}

// Some networks do not say who took a message back: it goes where that message
// is, and where that is not known, it is a conversation with nobody.
func TestTakenBackByNobodyKnown(t *testing.T) {
	w := newWorld(t, 1)
	first := w.receive(named(chat("v1", "1", "hello"), "n1")).Results[0].ID
	w.settleAll()
	nobody := func(key, of string) ingest.Arrival {
		a := changing(chat("room", key, ""), ingest.Unsend, of)
		a.Message.Identities[0].How, a.Message.From.How = ingest.Claimed, ingest.Claimed
		return a
	}
	gone := w.receive(nobody("2", "n1"), nobody("3", "n2")).Results
	w.settleAll()
	where := func(id ingest.ID) ingest.ID {
		return ask[ingest.ID](w, "select conversation from messages where id = $1", id)
	}
	if where(gone[0].ID) != where(first) || where(gone[1].ID) == where(first) {
		t.Errorf("taken back at %s and %s, written at %s", where(gone[0].ID), where(gone[1].ID), where(first))
	}
	if got := ask[string](w, "select status || ' by ' || closed_by from conversations where id = $1", where(gone[1].ID)); got != "closed by change" {
		t.Errorf("what takes back a message that is not known is in a conversation %s", got)
	}
	if n := ask[int64](w, "select count(*) from identities i join messages m on m.contact = i.contact where m.id = $1", first); n != 1 {
		t.Errorf("%d identities of who wrote: the room is none of theirs", n)
	}
	if !w.lawful() {
		t.Error("the books are wrong")
	}
}
