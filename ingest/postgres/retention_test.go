package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"gatehouse/ingest"
)

const day = 24 * time.Hour

// hold has n messages held by a rule, and n that the system holds, each person
// with a ticket of their own.
func (w *world) hold(n int, prefix string) (byRule, bySystem []ingest.ID) {
	w.t.Helper()
	w.change(func(s *ingest.Settings) { s.FloodSender = "1/24h" })
	w.set(order(ingest.Block, "visitor:"+prefix+"blocked"))
	byRule = w.receiveAt(noon, 0, chats(prefix+"blocked", 0, n)...)
	bySystem = w.receiveAt(noon, 0, chats(prefix+"flood", 0, n+1)...)[1:]
	w.settleAll()
	return byRule, bySystem
}

func (w *world) retain() {
	w.t.Helper()
	must(w.t, w.replicas[0].Retain(context.Background()))
}

// What the system held goes after its time, what rules held stays for ever, by
// default; the settings can have it otherwise.
func TestRetention(t *testing.T) {
	w := newWorld(t, 1)
	byRule, bySystem := w.hold(3, "a")
	w.ahead.Store(int64(90*day - time.Hour))
	w.retain()
	if got := w.becameOf(slices.Concat(byRule, bySystem)); slices.Contains(got, "purged") {
		t.Errorf("an hour before its time: %q", got)
	}
	w.ahead.Store(int64(90*day + time.Hour))
	w.retain()
	if got := w.becameOf(bySystem); !slices.Equal(got, []string{"purged", "purged", "purged"}) {
		t.Errorf("held by the system: %q", got)
	}
	if got := w.becameOf(byRule); !slices.Equal(got, []string{"held", "held", "held"}) {
		t.Errorf("held by a rule: %q", got)
	}
	if n := ask[int](w, "select count(*) from transitions where actor = 'retention' and from_state = 'held' and to_state = 'purged' and job is null"); n != 3 {
		t.Errorf("%d transitions", n)
	}
	if says := ask[string](w, "select data::text from audit where action = 'retention.deleted'"); says != `{"held": {"flood": 3}}` {
		t.Errorf("the audit says %s", says)
	}
	w.lawful()
	w.change(func(s *ingest.Settings) { s.HeldKeepRules = ingest.Keep(365 * day) })
	w.ahead.Store(int64(366 * day))
	w.retain()
	if got := w.becameOf(byRule); !slices.Equal(got, []string{"purged", "purged", "purged"}) {
		t.Errorf("held by a rule, with a time for that: %q", got)
	}
	if n := ask[int](w, "select sum(messages) from tickets"); n != 0 {
		t.Errorf("tickets count %d", n)
	}
	w.lawful()
}

func TestRetentionForEver(t *testing.T) {
	w := newWorld(t, 1)
	_, bySystem := w.hold(2, "a")
	w.change(func(s *ingest.Settings) { s.HeldKeep = 0 })
	w.ahead.Store(int64(9999 * day))
	w.retain()
	if got := w.becameOf(bySystem); !slices.Equal(got, []string{"held flood", "held flood"}) {
		t.Errorf("%q", got)
	}
}

// What will go within a week is told once a day.
func TestRetentionIsToldBefore(t *testing.T) {
	w := newWorld(t, 2)
	w.hold(3, "a")
	for _, c := range []struct {
		after time.Duration
		want  []string
	}{
		{80 * day, nil},
		{80*day + time.Hour, nil},
		{84 * day, []string{`{"held": {"flood": 3}}`}},
		{84*day + 23*time.Hour, []string{`{"held": {"flood": 3}}`}},
		{85*day + time.Hour, []string{`{"held": {"flood": 3}}`, `{"held": {"flood": 3}}`}},
	} {
		w.ahead.Store(int64(c.after))
		w.retain()
		must(t, w.replicas[1].Retain(context.Background()))
		if got := all[string](w, "select data::text from events where type = 'retention.coming' order by id"); !slices.Equal(got, c.want) {
			t.Errorf("after %v: %q, want %q", c.after, got, c.want)
		}
	}
}

// Retention, orders and settles at once: whoever is first has a message, and
// the counts agree in the end.
func TestRetentionBesideOrders(t *testing.T) {
	w := newWorld(t, 3)
	const n = 1500 // more than a step
	w.change(func(s *ingest.Settings) { s.FloodSender = "1/24h"; s.HeldKeep = ingest.Keep(time.Hour) })
	var as []ingest.Arrival
	for i := range n {
		as = append(as, chats(fmt.Sprintf("v%d", i%30), i, 1)...)
	}
	for from := 0; from < n; from += 250 {
		w.receive(as[from : from+250]...)
	}
	w.date(noon, all[ingest.ID](w, "select id from messages")...)
	w.settleAll()
	tickets := all[ingest.ID](w, "select id from tickets order by id limit 20")
	_, err := w.replicas[0].ReleaseTickets(context.Background(), ingest.TicketOrder{Tickets: tickets[:10], Actor: "sam"})
	must(t, err)
	_, err = w.replicas[0].DeleteTickets(context.Background(), ingest.TicketOrder{Tickets: tickets[10:], Actor: "sam"})
	must(t, err)
	w.ahead.Store(int64(2 * time.Hour))
	ended := make(chan error, 2)
	for _, r := range w.replicas[1:] {
		go func() { ended <- r.Retain(context.Background()) }()
	}
	w.work()
	for range 2 {
		must(t, <-ended)
	}
	w.retain()
	if left := ask[int](w, "select count(*) from messages where state = 'held'"); left != 0 {
		t.Errorf("%d are still held", left)
	}
	w.lawful()
}
