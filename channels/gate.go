package channels

import (
	"context"
	"slices"
	"sync"
)

// Gates bound how many connections this process has to each host at once.
// Whoever comes first enters first; whoever is inside and idle is told when
// somebody waits. It is safe for concurrent use.
type Gates struct {
	mu    sync.Mutex
	gates map[string]*crowd // by host, or whatever its bound is of
}

// crowd is who has come to one gate.
type crowd struct {
	in     int
	queue  []chan struct{} // closed when its owner is inside
	wanted chan struct{}   // has a token while somebody waits and nobody has taken it
}

// NewGates returns gates that nobody has entered.
func NewGates() *Gates { return &Gates{gates: map[string]*crowd{}} }

// Turn is the right to one connection, until Leave.
type Turn struct {
	gates *Gates
	name  string
	crowd *crowd
}

// Enter waits until fewer than most are inside the gate of that name. The
// error is that of ctx if it ends first.
func (g *Gates) Enter(ctx context.Context, name string, most int) (*Turn, error) {
	g.mu.Lock()
	at := g.gates[name]
	if at == nil {
		at = &crowd{wanted: make(chan struct{}, 1)}
		g.gates[name] = at
	}
	turn := &Turn{g, name, at}
	if at.in < most && len(at.queue) == 0 {
		at.in++
		g.mu.Unlock()
		return turn, nil
	}
	inside := make(chan struct{})
	at.queue = append(at.queue, inside)
	at.tell()
	g.mu.Unlock()
	select {
	case <-inside:
		return turn, nil
	case <-ctx.Done():
		return nil, turn.giveUp(ctx, inside)
	}
}

// giveUp leaves the queue, or the gate if the turn has just come.
func (t *Turn) giveUp(ctx context.Context, inside chan struct{}) error {
	t.gates.mu.Lock()
	i := slices.Index(t.crowd.queue, inside)
	if i >= 0 {
		t.crowd.queue = slices.Delete(t.crowd.queue, i, i+1)
		t.crowd.tell()
	}
	t.gates.mu.Unlock()
	if i < 0 {
		t.Leave()
	}
	return ctx.Err()
}

// Leave lets the next one in. It is called once.
func (t *Turn) Leave() {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	if len(t.crowd.queue) > 0 {
		close(t.crowd.queue[0])
		t.crowd.queue = t.crowd.queue[1:]
		t.crowd.tell()
		return
	}
	if t.crowd.in--; t.crowd.in == 0 {
		delete(t.gates.gates, t.name)
	}
}

// Wanted gives a value when somebody waits outside: whoever takes it and is
// idle leaves, which calls the next.
func (t *Turn) Wanted() <-chan struct{} { return t.crowd.wanted }

// Awaited reports whether anybody waits outside.
func (t *Turn) Awaited() bool {
	t.gates.mu.Lock()
	defer t.gates.mu.Unlock()
	return len(t.crowd.queue) > 0
}

// tell makes the token be there if anybody waits, and only then.
func (c *crowd) tell() {
	select {
	case <-c.wanted:
	default:
	}
	if len(c.queue) > 0 {
		c.wanted <- struct{}{}
	}
}
