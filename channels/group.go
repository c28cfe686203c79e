package channels

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"time"

	"gatehouse/ingest"
)

// The bounds of one commit. A call larger than them is committed alone.
const (
	groupCount = 200
	groupBytes = 8 << 20
	// secondAt is how many calls must wait before a second commit begins
	// beside the first. Two raise the rate when very many callers push, and
	// only worsen the tail when there are few.
	secondAt      = 48
	commitTimeout = 30 * time.Second
)

// Receiver stores a batch in one transaction.
type Receiver interface {
	Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error)
}

// Group lets concurrent calls share commits: whoever comes while a commit is
// under way joins the next. There is no timer, so an idle system commits each
// call at once, alone. The arrivals of one call are always stored in one
// transaction.
type Group struct {
	store Receiver
	hint  func(lanes []int)

	mu      sync.Mutex
	waiting []*call
	busy    int // committers at work
	work    sync.WaitGroup
}

// call is one Receive on its way.
type call struct {
	arrivals []ingest.Arrival
	bytes    int
	receipt  ingest.Receipt
	err      error
	done     chan struct{}
}

// NewGroup returns a group that stores into store. hint is told the lanes that
// have work after each commit; it must not block and may be nil.
func NewGroup(store Receiver, hint func(lanes []int)) *Group {
	if hint == nil {
		hint = func([]int) {}
	}
	return &Group{store: store, hint: hint}
}

// Receive returns once the arrivals are committed, all of them, or with an
// error when none is known to be. If ctx ends first it returns a temporary
// error while the commit goes on: a repeat will find the messages there.
//
// Arrivals that the store refuses for what they contain are stored as dead
// with their raw bytes, and acknowledged.
func (g *Group) Receive(ctx context.Context, arrivals []ingest.Arrival) (ingest.Receipt, error) {
	if len(arrivals) == 0 {
		return ingest.Receipt{}, nil
	}
	if err := ctx.Err(); err != nil {
		return ingest.Receipt{}, ingest.AsTemporary(err)
	}
	c := &call{arrivals: arrivals, bytes: bytesOf(arrivals), done: make(chan struct{})}
	g.join(c)
	select {
	case <-c.done:
		return c.receipt, c.err
	case <-ctx.Done():
		return ingest.Receipt{}, ingest.AsTemporary(fmt.Errorf("wait for the commit: %w", ctx.Err()))
	}
}

// Wait returns when no commit is under way; call it when no more Receive can
// come, before the store is closed.
func (g *Group) Wait() { g.work.Wait() }

// join lets c wait, and starts a committer where one is missing.
func (g *Group) join(c *call) {
	g.mu.Lock()
	g.waiting = append(g.waiting, c)
	start := g.busy == 0 || g.busy == 1 && len(g.waiting) >= secondAt
	if start {
		g.busy++
	}
	g.mu.Unlock()
	if start {
		g.work.Go(g.commit)
	}
}

// commit stores what waits, batch after batch, until nothing does.
func (g *Group) commit() {
	for {
		calls, n := g.take()
		if len(calls) == 0 {
			return
		}
		ctx, cancel := context.WithTimeout(context.Background(), commitTimeout)
		g.storeAll(ctx, calls, n)
		cancel()
	}
}

// take removes the next batch from those waiting: n arrivals in all. With none
// left the committer is no longer counted as busy.
func (g *Group) take() (calls []*call, n int) {
	g.mu.Lock()
	defer g.mu.Unlock()
	bytes, i := 0, 0
	for ; i < len(g.waiting); i++ {
		c := g.waiting[i]
		if i > 0 && (n+len(c.arrivals) > groupCount || bytes+c.bytes > groupBytes) {
			break
		}
		n += len(c.arrivals)
		bytes += c.bytes
	}
	if i == 0 {
		g.busy--
		return nil, 0
	}
	calls = slices.Clone(g.waiting[:i])
	g.waiting = slices.Delete(g.waiting, 0, i)
	return calls, n
}

// storeAll stores the calls in one commit, or each by itself if the data of
// one of them is at fault.
func (g *Group) storeAll(ctx context.Context, calls []*call, n int) {
	if len(calls) == 1 {
		calls[0].answer(g.storeOne(ctx, calls[0].arrivals))
		return
	}
	arrivals := make([]ingest.Arrival, 0, n)
	for _, c := range calls {
		arrivals = append(arrivals, c.arrivals...)
	}
	receipt, err := g.write(ctx, arrivals)
	if ingest.Invalid(err) {
		for _, c := range calls {
			c.answer(g.storeOne(ctx, c.arrivals))
		}
		return
	}
	for _, c := range calls {
		var part ingest.Receipt
		if err == nil {
			part.Results = receipt.Results[:len(c.arrivals):len(c.arrivals)]
			receipt.Results = receipt.Results[len(c.arrivals):]
		}
		c.answer(part, err)
	}
}

// write commits one batch and gives the hint.
func (g *Group) write(ctx context.Context, arrivals []ingest.Arrival) (ingest.Receipt, error) {
	receipt, err := g.store.Receive(ctx, ingest.Batch{Arrivals: arrivals})
	if err != nil {
		return ingest.Receipt{}, err
	}
	if len(receipt.Results) != len(arrivals) {
		return ingest.Receipt{}, fmt.Errorf("the store answered %d of %d arrivals", len(receipt.Results), len(arrivals))
	}
	if len(receipt.Lanes) > 0 {
		g.hint(receipt.Lanes)
	}
	return receipt, nil
}

func (c *call) answer(r ingest.Receipt, err error) {
	c.receipt, c.err = r, err
	close(c.done)
}

func bytesOf(arrivals []ingest.Arrival) int {
	n := 0
	for i := range arrivals {
		n += len(arrivals[i].Raw)
	}
	return n
}
