package app

import (
	"context"
	"sync"

	"gatehouse/ingest/postgres"
)

// pauses knows which channels an administrator has paused.
type pauses struct {
	mu     sync.RWMutex
	paused map[string]bool
}

func (p *pauses) of(channel string) func() bool {
	return func() bool {
		p.mu.RLock()
		defer p.mu.RUnlock()
		return p.paused[channel]
	}
}

// refresh asks anew; on an error what was last known holds.
func (p *pauses) refresh(ctx context.Context, store *postgres.Store) error {
	names, err := store.Paused(ctx)
	if err != nil {
		return err
	}
	p.set(names)
	return nil
}

func (p *pauses) set(names []string) {
	paused := make(map[string]bool, len(names))
	for _, name := range names {
		paused[name] = true
	}
	p.mu.Lock()
	p.paused = paused
	p.mu.Unlock()
}

func (p *pauses) drop(name string) {
	p.mu.Lock()
	delete(p.paused, name)
	p.mu.Unlock()
}
