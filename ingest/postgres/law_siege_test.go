package postgres_test

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// siege is a race of the catalogue: what visitors wrote is held, 8 workers
// settle and step jobs, 4 of the visitors go on writing, and supervisors do
// what the race is about. At the end every message that was acknowledged is
// there once, decided as often as it was received, and all laws hold.
type siege struct {
	*world
	*rand.Rand
	mu   sync.Mutex
	sent map[ingest.ID]*shot
	keys int
}

// shot is one message of a siege.
type shot struct {
	arrival      ingest.Arrival
	visitor      string
	began, acked int64
	first        bool // it was there before the siege
}

// The address that all visitors of a siege write from, and how many they are.
const (
	besieged  = "ip:192.0.2.7"
	besiegers = 6
)

// besiege runs a race with as many seeds, each on a database of its own.
func besiege(t *testing.T, seeds int, race func(*siege)) {
	first := seedOf(t)
	for n := range seeds {
		w := newWorld(t, 2)
		for _, r := range w.replicas {
			r.Slowly(time.Millisecond)
		}
		s := &siege{world: w, Rand: rand.New(rand.NewPCG(first, uint64(n))), sent: map[ingest.ID]*shot{}}
		race(s)
		s.settleDown()
		if t.Failed() {
			t.Fatalf("seed %d, round %d", first, n)
		}
		w.close()
	}
}

// close ends the world's connections before its test ends.
func (w *world) close() {
	for _, r := range w.replicas {
		r.Store.Close()
	}
	w.watch.Close()
	w.db.Close()
}

func visitor(n int) string { return fmt.Sprint("v", n) }

// write has a visitor write a message.
func (s *siege) write(r *replica, visitor string) *shot {
	s.mu.Lock()
	s.keys++
	x := &shot{arrival: chat(visitor, strconv.Itoa(s.keys), fmt.Sprint("words ", s.keys)), visitor: visitor, began: s.tick()}
	s.mu.Unlock()
	got, err := r.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{x.arrival}})
	if err != nil {
		s.t.Error(err)
		return x
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	x.acked = s.tick()
	if before := s.sent[got.Results[0].ID]; before != nil || !got.Results[0].Fresh {
		s.t.Errorf("%v is a repeat of %v", x.arrival.Keys, before)
	}
	s.sent[got.Results[0].ID] = x
	return x
}

// hold has n messages held by a block on their address, and returns the rule.
func (s *siege) hold(n int) int64 {
	rule := s.set(order(ingest.Block, besieged)).ID
	for i := range n {
		s.write(s.replicas[0], visitor(i%besiegers)).first = true
	}
	s.settleAll()
	return rule
}

// under does the deeds at once, each by a hand of its own, while workers and
// visitors are at work; they go on for a moment after the last deed.
func (s *siege) under(deeds ...func(r *replica)) {
	over := make(chan struct{})
	var wg sync.WaitGroup
	for i := range 8 {
		chances := rand.New(rand.NewPCG(s.Uint64(), uint64(i)))
		wg.Go(func() { s.toil(s.replicas[i%2], chances, over) })
	}
	for i := range 4 {
		chances := rand.New(rand.NewPCG(s.Uint64(), uint64(i)))
		wg.Go(func() {
			for n := 0; n < 40 && !ended(over); n++ {
				s.write(s.replicas[i%2], visitor(chances.IntN(besiegers)))
				time.Sleep(time.Duration(chances.IntN(int(5 * time.Millisecond))))
			}
		})
	}
	together(len(deeds), func(i int) { deeds[i](s.replicas[i%2]) })
	time.Sleep(20 * time.Millisecond)
	close(over)
	wg.Wait()
}

func ended(over chan struct{}) bool {
	select {
	case <-over:
		return true
	default:
		return false
	}
}

// toil settles and steps jobs, a little at a time.
func (s *siege) toil(r *replica, chances *rand.Rand, over chan struct{}) {
	for !ended(over) {
		lanes, err := r.Waiting(ctx)
		s.fine(err)
		for range min(len(lanes), 4) {
			_, err := r.settle(ctx, lanes[chances.IntN(len(lanes))], 1+chances.IntN(20))
			s.fine(err)
		}
		if chances.IntN(2) == 0 {
			_, err := r.StepJobs(ctx, 1+chances.IntN(15))
			s.fine(err)
		}
	}
}

// fine lets those errors pass that another try mends.
func (s *siege) fine(err error) {
	if err != nil && !ingest.Temporary(err) && !errors.Is(err, context.Canceled) {
		s.t.Error(err)
	}
}

// settleDown works off what is left and holds what holds after any race.
func (s *siege) settleDown() {
	s.t.Helper()
	s.work()
	s.lawful()
	s.decidedOnce()
	if n := ask[int](s.world, "select count(*) from messages"); n != len(s.sent) {
		s.t.Errorf("%d messages, %d were acknowledged", n, len(s.sent))
	}
	for key, k := range s.byKey() {
		if x := s.sent[k.id]; x == nil || string(keyHash(x.arrival.Keys[0])) != key {
			s.t.Errorf("message %s has a key that is not its own", k.id)
		} else if k.state != ingest.Refused && k.state != ingest.Purged && string(k.raw) != string(x.arrival.Raw) {
			s.t.Errorf("message %s, %s, is not what was sent", k.id, k.state)
		}
	}
	if n := ask[int](s.world, "select deadlocks from pg_stat_database where datname = current_database()"); n > 0 {
		s.t.Errorf("%d deadlocks", n)
	}
}

// end is where a message is after a race, and how it came there.
type end struct {
	*shot
	id    ingest.ID
	state ingest.State
	rule  int64
	moves []string // states after the first decision
}

// ends says where all messages are; what waits is settled before.
func (s *siege) ends() []end {
	s.t.Helper()
	s.work()
	rows, err := s.db.Query(ctx, `select m.id, m.state::text, coalesce(m.rule, 0),
		array(select to_state::text from transitions t where t.message = m.id order by t.id) from messages m order by m.seq`)
	must(s.t, err)
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (e end, err error) {
		err = row.Scan(&e.id, &e.state, &e.rule, &e.moves)
		e.shot = s.sent[e.id]
		return e, err
	})
	must(s.t, err)
	if slices.ContainsFunc(list, func(e end) bool { return e.shot == nil }) {
		s.t.Fatal("a message is there that nobody sent")
	}
	return list
}

// every holds something of all messages that a choice of them is about, of
// which there must be some.
func (s *siege) every(what string, choose, holds func(end) bool) {
	s.t.Helper()
	n := 0
	for _, e := range s.ends() {
		if !choose(e) {
			continue
		}
		if n++; !holds(e) {
			s.t.Errorf("%s: %s of %s is %s under rule %d after %v", what, e.id, e.visitor, e.state, e.rule, e.moves)
		}
	}
	if n == 0 {
		s.t.Errorf("%s: there was none", what)
	}
}

func atFirst(e end) bool   { return e.first }
func meanwhile(e end) bool { return !e.first }

func is(states ...ingest.State) func(end) bool {
	return func(e end) bool { return slices.Contains(states, e.state) }
}
