package postgres_test

import (
	"fmt"
	"testing"
	"time"

	"gatehouse/ingest"
)

var everyState = []ingest.State{ingest.Received, ingest.Conversed, ingest.Held, ingest.Refused, ingest.Dead, ingest.Purged}

// inEveryState brings a message into each state.
func (w *world) inEveryState() {
	w.t.Helper()
	w.set(order(ingest.Ban, "visitor:eve"))
	rule := w.set(order(ingest.Block, "visitor:tom"))
	w.receive(chat("tom", "1", "hello"))
	w.settleAll()
	w.lift(ingest.DeleteAll, rule.ID)
	w.work()
	w.set(order(ingest.Block, "visitor:bob"))
	w.receive(chat("ann", "1", "hello"), chat("bob", "1", "hello"), chat("eve", "1", "hello"))
	other := chat("ann", "1", "other words")
	other.Content = ingest.Sum("other words")
	w.receive(other)
	w.settleAll()
	w.receive(chat("ann", "2", "hello"))
	n := w.states()
	for _, s := range everyState {
		if n[string(s)] == 0 {
			w.t.Fatalf("no message is %s: %v", s, n)
		}
	}
}

// TestRace84lSQLByHand has somebody at a prompt move messages as the design
// does not: the database refuses it, whatever the program thinks of it. What it
// cannot refuse, a row deleted, verify finds.
func TestRace84lSQLByHand(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 1)
	w.inEveryState()
	for _, from := range everyState {
		for _, to := range everyState {
			if from != to && !from.MayBecome(to) {
				w.refused(fmt.Sprintf("update messages set state = '%s' where state = '%s'", to, from), "23514")
			}
		}
	}
	for _, query := range []string{
		"update messages set ticket = null where state = 'held'",
		"update messages set conversation = null where state = 'conversed'",
		"update messages set rule = null where state = 'refused'",
		"update messages set sender = 'visitor:x' where state = 'purged'",
		"update messages set state = 'received' where state = 'held'", // and still in its ticket
		"update messages set conversation = gen_random_uuid() where state = 'held'",
		"update tickets set messages = -1",
	} {
		w.refused(query, "23514")
	}
	w.refused("insert into message_keys select * from message_keys", "23505")
	w.refused("delete from channels", "23503")
	w.refused("truncate channels cascade", "23503")
	w.settleAll()
	w.lawful()
	_, err := w.db.Exec(ctx, "delete from messages where state = 'held'")
	must(t, err)
	v, err := w.watch.Verify(ctx, time.Time{})
	must(t, err)
	if len(v.Violations) == 0 {
		t.Error("a message is gone, and verify does not know")
	}
}

// refused holds that the database does not do it, for that reason.
func (w *world) refused(query, because string) {
	w.t.Helper()
	tx := w.begin()
	_, err := tx.Exec(ctx, query)
	must(w.t, tx.Rollback(ctx))
	if err == nil || code(err) != because {
		w.t.Errorf("%s: %v, want %s", query, err, because)
	}
}
