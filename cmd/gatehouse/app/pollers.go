package app

import (
	"context"
	"sync"
)

// A runner works for a channel until ctx ends: it polls, if it has the lease,
// or listens.
type runner interface{ Run(ctx context.Context) }

// pollers are the channels that this process polls, or those it listens for.
type pollers struct {
	mu      sync.Mutex
	runners map[string]runner // by channel
	running map[string]*polling
	start   func(r runner, after []*polling) *polling // nil: nothing is polled now
	group   sync.WaitGroup
}

// polling is a runner at work.
type polling struct {
	stop context.CancelFunc
	done chan struct{}
}

// run polls until ctx ends. By then all leases and sockets are given back.
func (p *pollers) run(ctx context.Context) {
	p.mu.Lock()
	p.running = map[string]*polling{}
	p.start = func(r runner, after []*polling) *polling {
		ctx, stop := context.WithCancel(ctx)
		x := &polling{stop, make(chan struct{})}
		p.group.Go(func() {
			defer close(x.done)
			defer stop()
			for _, before := range after {
				<-before.done
			}
			r.Run(ctx)
		})
		return x
	}
	for name, r := range p.runners {
		p.running[name] = p.start(r, nil)
	}
	p.mu.Unlock()
	<-ctx.Done()
	p.mu.Lock()
	p.start = nil
	p.mu.Unlock()
	p.group.Wait()
}

// swap makes the runners those given. Those that are the same go on untouched;
// the others stop, and the new ones begin once these have given their leases
// and sockets back. It returns then, or when ctx ends.
func (p *pollers) swap(ctx context.Context, next map[string]runner) {
	for _, x := range p.exchange(next) {
		select {
		case <-x.done:
		case <-ctx.Done():
		}
	}
}

func (p *pollers) exchange(next map[string]runner) (ending []*polling) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for name, x := range p.running {
		if next[name] != p.runners[name] {
			x.stop()
			ending = append(ending, x)
			delete(p.running, name)
		}
	}
	before := p.runners
	p.runners = next
	for name, r := range next {
		if p.start != nil && before[name] != r {
			p.running[name] = p.start(r, ending)
		}
	}
	return ending
}
