package smpp

import "sync"

// An inbox holds what the links have taken and the poller not yet stored.
type inbox struct {
	most int // parcels

	mu      sync.Mutex
	parcels []parcel
	bytes   int
	news    chan struct{} // has one when there may be something to do
}

func newInbox(most int) *inbox { return &inbox{most: most, news: make(chan struct{}, 1)} }

// put takes a parcel; false: there is no room.
func (b *inbox) put(p parcel) bool {
	b.mu.Lock()
	defer b.mu.Unlock()
	if len(b.parcels) >= b.most || b.bytes+len(p.body) > maxUnanswered {
		return false
	}
	b.parcels, b.bytes = append(b.parcels, p), b.bytes+len(p.body)
	b.wake()
	return true
}

// take removes up to n parcels, the oldest first.
func (b *inbox) take(n int) []parcel {
	b.mu.Lock()
	defer b.mu.Unlock()
	n = min(n, len(b.parcels))
	taken := b.parcels[:n:n]
	b.parcels = b.parcels[n:]
	for _, p := range taken {
		b.bytes -= len(p.body)
	}
	return taken
}

// clear forgets all that sessions brought which are no more.
func (b *inbox) clear() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.parcels, b.bytes = nil, 0
	select {
	case <-b.news:
	default:
	}
}

// stir wakes the poller.
func (b *inbox) stir() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.wake()
}

func (b *inbox) wake() {
	select {
	case b.news <- struct{}{}:
	default:
	}
}
