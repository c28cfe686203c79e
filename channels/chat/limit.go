package chat

import (
	"net/netip"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// generation is how many callers a limiter remembers before it begins to
// forget those that it has not heard of for longest.
const generation = 10_000

// limiter gives each caller a bucket of its own, in bounded memory: at most
// two generations of buckets are kept, and a caller is forgotten only after
// that many others came since it was last seen.
type limiter struct {
	rate  rate.Limit
	burst int

	mu         sync.Mutex
	young, old map[string]*rate.Limiter
}

// newLimiter allows perSecond requests, burst of them at once. 0 a second: any.
func newLimiter(perSecond float64, burst int) *limiter {
	return &limiter{rate: rate.Limit(perSecond), burst: burst, young: map[string]*rate.Limiter{}}
}

// allow takes a token of the caller's, or says when there will be one.
func (l *limiter) allow(caller string, now time.Time) (wait time.Duration, ok bool) {
	if l.rate == 0 {
		return 0, true
	}
	r := l.bucket(caller).ReserveN(now, 1)
	if wait = r.DelayFrom(now); wait > 0 {
		r.CancelAt(now)
		return wait, false
	}
	return 0, true
}

func (l *limiter) bucket(caller string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if b, ok := l.young[caller]; ok {
		return b
	}
	b, ok := l.old[caller]
	if !ok {
		b = rate.NewLimiter(l.rate, l.burst)
	}
	if len(l.young) >= generation {
		l.old, l.young = l.young, make(map[string]*rate.Limiter, generation)
	}
	l.young[caller] = b
	return b
}

// network is what one subscriber may be expected to have: an IPv4 address, or
// the /64 of an IPv6 address.
func network(ip string) string {
	a, err := netip.ParseAddr(ip)
	if err != nil || a.Is4() {
		return ip
	}
	p, err := a.Prefix(64)
	if err != nil {
		return ip
	}
	return p.String()
}
