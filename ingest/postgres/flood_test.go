package postgres_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
)

// noon is when a stretch of every period begins.
var noon = time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC)

// change changes the settings.
func (w *world) change(change func(*ingest.Settings)) {
	w.t.Helper()
	_, _, err := w.replicas[0].SetSettings(context.Background(), 0, "sam", func(s *ingest.Settings) error {
		change(s)
		return s.Check()
	})
	must(w.t, err)
}

// receiveAt receives arrivals and dates them, one every step.
func (w *world) receiveAt(at time.Time, step time.Duration, as ...ingest.Arrival) (ids []ingest.ID) {
	w.t.Helper()
	for i, r := range w.receive(as...).Results {
		ids = append(ids, r.ID)
		w.date(at.Add(time.Duration(i)*step), r.ID)
	}
	return ids
}

// date has messages that wait have come at another time, in the books too.
func (w *world) date(at time.Time, ids ...ingest.ID) {
	w.t.Helper()
	_, err := w.db.Exec(context.Background(), `with m as (
			update messages m set received_at = $2 from messages o where m.id = any ($1::uuid[]) and o.id = m.id returning m.channel, o.received_at as was)
		insert into intake (channel, hour, accepted)
		select channel, date_trunc('hour', was), -1 from m union all select channel, date_trunc('hour', $2::timestamptz), 1 from m`, ids, at)
	must(w.t, err)
}

// becameOf says where the messages are: their state, and the reason if there is one.
func (w *world) becameOf(ids []ingest.ID) (list []string) {
	w.t.Helper()
	for _, id := range ids {
		list = append(list, ask[string](w, "select concat_ws(' ', state, reason) from messages where id = $1", id))
	}
	return list
}

func chats(visitor string, from, n int) (as []ingest.Arrival) {
	for i := range n {
		as = append(as, chat(visitor, fmt.Sprint(from+i), "hello"))
	}
	return as
}

// A sender's flood is held, in its order, with a sentence that says by which
// bucket; what comes later, when the bucket has emptied, is let through.
func TestFloodOfASender(t *testing.T) {
	w := newWorld(t, 1)
	w.change(func(s *ingest.Settings) { s.FloodSender = "3/1m" })
	first := w.receiveAt(noon, time.Second, chats("v1", 0, 5)...)
	others := w.receiveAt(noon, time.Second, chats("v2", 0, 2)...)
	w.settleAll()
	if got := w.becameOf(first); !slices.Equal(got, []string{"conversed", "conversed", "conversed", "held flood", "held flood"}) {
		t.Errorf("the flood: %q", got)
	}
	if got := w.becameOf(others); !slices.Equal(got, []string{"conversed", "conversed"}) {
		t.Errorf("somebody else meanwhile: %q", got)
	}
	trail := ask[string](w, "select trail from messages where id = $1", first[4])
	if !strings.Contains(trail, "screen: held: the bucket of its sender is full: it holds 3 in 1m\n") {
		t.Errorf("the trail says %q", trail)
	}
	later := w.receiveAt(noon.Add(80*time.Second), time.Second, chats("v1", 5, 3)...) // a third has gone
	w.settleAll()
	if got := w.becameOf(later); !slices.Equal(got, []string{"conversed", "held flood", "held flood"}) {
		t.Errorf("later: %q", got)
	}
	w.lawful()
}

// What was held for a flood is let through by whoever releases it, however
// full the bucket, and does not fill it.
func TestReleasedFloodPasses(t *testing.T) {
	w := newWorld(t, 1)
	w.change(func(s *ingest.Settings) { s.FloodSender = "1/1h" })
	ids := w.receiveAt(noon, time.Second, chats("v1", 0, 4)...)
	w.settleAll()
	ticket := ask[ingest.ID](w, "select ticket from messages where id = $1", ids[1])
	before := ask[int](w, "select sum(n) from buckets")
	_, err := w.replicas[0].ReleaseTickets(context.Background(), ingest.TicketOrder{Tickets: []ingest.ID{ticket}, Actor: "sam"})
	must(t, err)
	w.work()
	if got := w.becameOf(ids); slices.ContainsFunc(got, func(s string) bool { return s != "conversed" }) {
		t.Errorf("released: %q", got)
	}
	if after := ask[int](w, "select sum(n) from buckets"); after != before {
		t.Errorf("the buckets held %d before the release, %d after", before, after)
	}
	w.lawful()
}

// A backlog is judged by when it was received, whichever lane comes first:
// what came evenly in an hour is no flood when it is settled at once.
func TestBacklogIsNoFlood(t *testing.T) {
	w := newWorld(t, 1)
	w.change(func(s *ingest.Settings) { s.FloodDomain, s.FloodChannel = "70/1m", "70/1m" })
	var ids []ingest.ID
	for sender := range 20 {
		var as []ingest.Arrival
		for i := range 30 {
			key := fmt.Sprintf("%d-%d", sender, i)
			as = append(as, mail(fmt.Sprintf("s%d@example.com", sender), key, key))
		}
		ids = append(ids, w.receiveAt(noon.Add(time.Duration(sender)*time.Second), time.Minute, as...)...)
	}
	w.settleAll() // lane after lane, an hour each
	if held := ask[int](w, "select count(*) from messages where state = 'held'"); held != 0 {
		t.Errorf("%d of %d were held, with 20 a minute and room for 70", held, len(ids))
	}
	w.lawful()
}

// Replicas share one limit. Lanes beside each other may let through more than
// it, but no more than they were settling at one moment.
func TestReplicasShareALimit(t *testing.T) {
	w := newWorld(t, 4)
	const limit, batch = 50, 10
	w.change(func(s *ingest.Settings) { s.FloodChannel = fmt.Sprintf("%d/1h", limit) })
	var as []ingest.Arrival
	for i := range 600 {
		as = append(as, chats(fmt.Sprintf("v%d", i%40), i, 1)...)
	}
	w.receiveAt(noon, time.Millisecond, as...)
	var wg sync.WaitGroup
	for _, r := range w.replicas {
		wg.Go(func() {
			for {
				lanes, err := r.Waiting(context.Background())
				must(t, err)
				if len(lanes) == 0 {
					return
				}
				for _, lane := range lanes {
					if _, err := r.settle(context.Background(), lane, batch); err != nil && !ingest.Temporary(err) {
						t.Error(err)
						return
					}
				}
			}
		})
	}
	wg.Wait()
	let := ask[int](w, "select count(*) from messages where state = 'conversed'")
	if most := limit + (len(w.replicas)-1)*batch; let < limit || let > most {
		t.Errorf("%d were let through, want %d to %d", let, limit, most)
	}
	if counted := ask[int](w, "select sum(n) from buckets"); counted != let {
		t.Errorf("the bucket counts %d, %d were let through", counted, let)
	}
	w.lawful()
}

// Two programs that answer each other are stopped, and a person's mail in the
// same conversation never is.
func TestLoopOfPrograms(t *testing.T) {
	w := newWorld(t, 1)
	w.change(func(s *ingest.Settings) { s.LoopRate = "2/1h" })
	w.receiveAt(noon, 0, mail("ann@example.com", "0", "t0"))
	w.settleAll()
	var as []ingest.Arrival
	for i := range 5 {
		a := mail("ann@example.com", fmt.Sprint(i+1), fmt.Sprintf("t%d", i+1), "t0")
		if a.Message.Auto = ingest.AutoReply; i == 4 {
			a.Message.Auto = ingest.AutoNone
		}
		as = append(as, a)
	}
	ids := w.receiveAt(noon, time.Second, as[:1]...)
	w.settleAll()
	ids = append(ids, w.receiveAt(noon.Add(time.Minute), time.Second, as[1:]...)...)
	w.settleAll()
	want := []string{"conversed", "conversed", "held loop", "held loop", "conversed"}
	if got := w.becameOf(ids); !slices.Equal(got, want) {
		t.Errorf("%q, want %q", got, want)
	}
	w.lawful()
}

// With the settings off, which they are by default, buckets cost nothing; and
// what they hold is nobody's address, and goes when its time is over.
func TestBucketsOfNobody(t *testing.T) {
	w := newWorld(t, 1)
	w.receiveAt(noon, 0, mail("ann@example.com", "1", "t1"))
	w.settleAll()
	if n := ask[int](w, "select count(*) from buckets"); n != 0 {
		t.Fatalf("%d rows without a limit", n)
	}
	w.change(func(s *ingest.Settings) { s.FloodSender, s.FloodDomain, s.FloodChannel = "9/1m", "9/1m", "9/1m" })
	w.receiveAt(noon, 0, mail("planted@planted.example.com", "2", "t2"))
	w.settleAll()
	if n := ask[int](w, "select count(*) from buckets"); n != 3 {
		t.Errorf("%d rows, want one a kind", n)
	}
	if n := ask[int](w, "select count(*) from buckets b where encode(key, 'escape') like '%planted%'"); n != 0 {
		t.Errorf("%d rows name their sender", n)
	}
	_, err := w.db.Exec(context.Background(), "update buckets set until = now() - interval '1 second' where kind <> 'channel'")
	must(t, err)
	must(t, w.replicas[0].Tidy(context.Background()))
	if kinds := all[string](w, "select kind from buckets"); !slices.Equal(kinds, []string{"channel"}) {
		t.Errorf("left after tidying: %q", kinds)
	}
}
