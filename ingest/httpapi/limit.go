package httpapi

import (
	"cmp"
	"fmt"
	"math"
	"net/http"
	"sync"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"golang.org/x/time/rate"
)

// limits are how often each asker may ask, in this process's memory. There is
// an entry for each token and person who asked in the last minutes, and for
// nobody else: who cannot prove who they are is not counted here.
type limits struct {
	mu    sync.Mutex
	of    map[int64]*allowance
	swept time.Time
}

// An allowance fills up within a minute, and is forgotten when it has been full
// for longer.
type allowance struct {
	bucket *rate.Limiter
	used   time.Time
}

const forgetAfter = 2 * time.Minute

// take counts a request of somebody who may send so many a minute, of which
// all may come at once. It tells what is left, and how long to wait if that is
// nothing.
func (l *limits) take(asker int64, perMinute int, now time.Time) (left int, wait time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.sweep(now)
	a := l.of[asker]
	if a == nil {
		a = &allowance{bucket: rate.NewLimiter(perSecond(perMinute), perMinute)}
		l.of[asker] = a
	}
	if a.bucket.Burst() != perMinute { // it was changed
		a.bucket.SetLimitAt(now, perSecond(perMinute))
		a.bucket.SetBurstAt(now, perMinute)
	}
	a.used = now
	if a.bucket.AllowN(now, 1) {
		return int(a.bucket.TokensAt(now)), 0
	}
	missing := 1 - a.bucket.TokensAt(now)
	return 0, time.Duration(missing / float64(perSecond(perMinute)) * float64(time.Second))
}

func perSecond(perMinute int) rate.Limit { return rate.Limit(float64(perMinute) / 60) }

func (l *limits) sweep(now time.Time) {
	if now.Sub(l.swept) < forgetAfter {
		return
	}
	l.swept = now
	for asker, a := range l.of {
		if now.Sub(a.used) > forgetAfter {
			delete(l.of, asker)
		}
	}
}

// within counts a request and says on its answer how many more there may be
// (draft-ietf-httpapi-ratelimit-headers-10 §3); a problem is one too many.
func (a *api) within(ctx huma.Context, w asker) *Problem {
	perMinute := cmp.Or(w.Token.Rate, a.Judge.Settings().APIRate)
	left, wait := a.limits.take(w.key(), perMinute, a.Now())
	_, rw := unwrap(ctx)
	full := time.Duration(float64(perMinute-left) / float64(perSecond(perMinute)) * float64(time.Second))
	rw.Header().Set("RateLimit-Policy", fmt.Sprintf(`"asker";q=%d;w=60`, perMinute))
	rw.Header().Set("RateLimit", fmt.Sprintf(`"asker";r=%d;t=%d`, left, int(math.Ceil(max(full, wait).Seconds()))))
	if wait == 0 {
		return nil
	}
	return &Problem{Type: "too-many-requests", Status: http.StatusTooManyRequests, wait: wait,
		Detail: fmt.Sprintf("this token or person may send %d requests a minute: wait as long as Retry-After says", perMinute)}
}
