package channels

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"
)

type needsReauth struct{ error }

func (e needsReauth) Unwrap() error { return e.error }

// NeedsReauth marks err as one that only a person can mend, by a new password
// or consent. The runner tries again more slowly, so that the provider does
// not lock the account, and reports the channel as needs_reauth.
func NeedsReauth(err error) error {
	if err == nil {
		return nil
	}
	return needsReauth{err}
}

// ReauthNeeded reports whether err was marked by NeedsReauth.
func ReauthNeeded(err error) bool {
	return marked[needsReauth](err)
}

type throttled struct{ error }

func (e throttled) Unwrap() error { return e.error }

// Throttled marks err as a source's word that it is asked too often or too
// much. The runner tries again more slowly: each try counts there.
func Throttled(err error) error {
	if err == nil {
		return nil
	}
	return throttled{err}
}

type partly struct{ error }

func (e partly) Unwrap() error { return e.error }

// Partly marks what Poll returns as trouble with a part of its source: all
// else was taken over. The runner reports it, keeps the connection and goes on
// to Wait, so that the part harms nothing else.
func Partly(err error) error {
	if err == nil {
		return nil
	}
	return partly{err}
}

// InPart reports whether err was marked by Partly.
func InPart(err error) bool { return marked[partly](err) }

// marked reports whether err was marked by a function of this file.
func marked[M error](err error) bool {
	var mark M
	return errors.As(err, &mark)
}

// backoff is the pace of tries after failures: between first/2 and first after
// one failure, doubled with each further one, never beyond most.
type backoff struct{ first, most time.Duration }

var (
	afterFailure = backoff{first: 2 * time.Second, most: 5 * time.Minute}
	afterRefusal = backoff{first: 2 * time.Minute, most: 30 * time.Minute} // of the credentials, or for asking too much
)

// pause is how long to wait after the nth failure in a row, counted from 1. It
// is spread over its upper half, lest all channels of a provider that was away
// come back at once.
func (b backoff) pause(n int) time.Duration {
	d := b.most
	if doublings := max(n-1, 0); doublings < 20 {
		d = min(b.first<<doublings, b.most)
	}
	return d/2 + rand.N(d/2+1)
}

// pauseAfter is how long to wait after err, the nth failure in a row.
func pauseAfter(n int, err error) time.Duration {
	if ReauthNeeded(err) || marked[throttled](err) {
		return afterRefusal.pause(n)
	}
	return afterFailure.pause(n)
}

// sleep waits for d and reports whether ctx was still alive at the end.
func sleep(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
