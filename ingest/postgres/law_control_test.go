package postgres_test

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
)

// rounds bounds how long a control may look for what it must find.
const rounds = 60

// The controls take one protection off and must see its law break; with the
// protection on, the same must break nothing.

func TestLawControlStrandsMessagesWithoutTheRulesLock(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 2)
	for n := range 10 {
		w.liftUnderSettles(n)
	}
	if n := w.stranded(); n > 0 {
		t.Fatalf("law 6: %d messages stranded with the rules lock", n)
	}
	for _, r := range w.replicas {
		r.WithoutRulesLock(4 * time.Millisecond)
	}
	for n := range rounds {
		w.liftUnderSettles(100 + n)
		if found := w.stranded(); found > 0 {
			t.Logf("law 6: %d messages stranded in round %d", found, n+1)
			return
		}
	}
	t.Errorf("no message was stranded in %d rounds: the control shows nothing", rounds)
}

// liftUnderSettles lifts a rule while messages that it holds are settled, and
// works off its job.
func (w *world) liftUnderSettles(n int) {
	w.t.Helper()
	ctx := context.Background()
	var lanes []int
	var rules []int64
	for i := range 4 {
		v := fmt.Sprintf("v%d-%d", n, i)
		rules = append(rules, w.set(order(ingest.Block, "visitor:"+v)).ID)
		lanes = append(lanes, w.receive(chat(v, "1", "hello")).Lanes...)
	}
	var wg sync.WaitGroup
	for i, lane := range lanes {
		wg.Go(func() {
			if _, err := w.replicas[i%2].settle(ctx, lane, 200); err != nil && !ingest.Temporary(err) {
				w.t.Error(err)
			}
		})
	}
	for _, rule := range rules {
		w.lift(ingest.UnblockAll, rule)
	}
	wg.Wait()
	w.work()
}

func (w *world) stranded() (n int) {
	w.t.Helper()
	must(w.t, w.watch.SealAudit(context.Background()))
	v, err := w.watch.Verify(context.Background(), time.Time{})
	must(w.t, err)
	for _, x := range v.Violations {
		if x.Law != 6 {
			w.t.Errorf("law %d: %s: %d", x.Law, x.Says, x.N)
		}
		n += x.N
	}
	return n
}

func TestLawControlTurnsMessagesRoundWithoutLanes(t *testing.T) {
	t.Parallel()
	h := &history{world: newWorld(t, 2)}
	for n := range 10 {
		h.talkUnderSettles(n)
	}
	if pairs, wrong := h.inOrder(); len(wrong) > 0 || pairs == 0 {
		t.Fatalf("law 9: of %d pairs %d were turned round with lanes: %v", pairs, len(wrong), wrong)
	}
	for _, r := range h.replicas {
		r.WithoutLanes(4 * time.Millisecond)
	}
	for n := range rounds {
		h.talkUnderSettles(100 + n)
		if pairs, wrong := h.inOrder(); len(wrong) > 0 {
			t.Logf("law 9: of %d pairs %d were turned round by round %d", pairs, len(wrong), n+1)
			return
		}
	}
	t.Errorf("no message was settled before an earlier one in %d rounds: the control shows nothing", rounds)
}

// talkUnderSettles sends one sender's messages one after the other while two
// replicas settle their lane.
func (h *history) talkUnderSettles(n int) {
	h.t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	visitor := fmt.Sprint("v", n)
	send := func(i int) int {
		s := &sending{arrival: chat(visitor, fmt.Sprint(i), "hello"), began: h.tick()}
		r := h.receive(s.arrival)
		s.result, s.returned = r.Results[0], h.tick()
		h.sent = append(h.sent, s)
		return r.Lanes[0]
	}
	lane := send(0)
	var wg sync.WaitGroup
	for _, r := range h.replicas {
		wg.Go(func() {
			for ctx.Err() == nil {
				if _, err := r.settle(context.Background(), lane, 2); err != nil && !ingest.Temporary(err) {
					h.t.Error(err)
				}
			}
		})
	}
	for i := range 10 {
		send(i + 1)
	}
	cancel()
	wg.Wait()
	h.settleAll()
}
