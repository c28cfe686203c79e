package gmail_test

import (
	"context"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// books are those of a store in memory.
type books struct {
	store   *channeltest.Store
	unheard string // a sender whose refusals left no row
}

func (b books) States(_ context.Context, keys []string) ([]ingest.State, error) {
	states := make([]ingest.State, len(keys))
	for _, m := range b.store.Messages() {
		for i, k := range keys {
			if m.Arrival.Keys[0] == k {
				states[i] = ingest.Conversed
			}
		}
	}
	return states, nil
}

func (b books) Uncounted(_ context.Context, m ingest.Message) (bool, error) {
	return m.From.Address == b.unheard, nil
}

func TestReconcile(t *testing.T) {
	w := newWorld(t, 0)
	w.server.Put(mail(-9)) // left out by `start`
	p := w.poller()
	w.poll(p)
	cursor, err := w.session.Cursor(t.Context(), "INBOX")
	if err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 3; n++ {
		w.server.Put(mail(n))
	}
	w.poll(p)
	// A mail lies before the cursor and nobody knows of it, as if it had been
	// skipped; another was refused without a row; and one has just come.
	lost := channeltest.NewStore()
	session := channeltest.NewSession(lost, channeltest.Channel, ingest.Email)
	session.FirstSeen = connected
	now, _ := w.session.Cursor(t.Context(), "INBOX")
	if now == cursor {
		t.Fatal("the cursor stands still")
	}
	if _, err := session.Receive(t.Context(), ingest.Batch{Move: &ingest.Move{Mailbox: "INBOX", To: now}}); err != nil {
		t.Fatal(err)
	}
	w.server.Put(mail(4))
	list, err := p.(channels.Reconciler).Reconcile(t.Context(), session, books{store: lost, unheard: "c2@example.com"})
	if err != nil || len(list) != 1 {
		t.Fatalf("%+v, %v", list, err)
	}
	b := list[0]
	if !b.Balances() || b.OnServer != 5 || b.LeftOut != 1 || b.Refused != 1 || b.Waiting != 1 || b.Mended != 2 || b.Missing != 0 || !strings.HasPrefix(b.Gaps[0].ID, "18f") {
		t.Errorf("%+v", b)
	}
	if n := len(lost.Messages()); n != 2 {
		t.Errorf("%d messages were taken, want 2", n)
	}
}
