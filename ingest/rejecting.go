package ingest

import "time"

// RejectingAfter is for how long requests must have been refused, and none
// believed, until a channel is rejecting.
const RejectingAfter = 5 * time.Minute

// strangersGone is after how long a channel is not rejecting any more if nobody
// who called had a signature at all: they were strangers, not the provider.
const strangersGone = time.Hour

// HookTraffic is what came to a channel's hook of late. Times are zero where
// nothing did.
type HookTraffic struct {
	Believed    time.Time // the last request that was
	First, Last time.Time // those refused since
	Unsigned    bool      // no request refused since had a signature
}

// Rejecting says since when all requests are refused; zero: they are not. since
// is what it said before: what has begun lasts until a request is believed.
func (t HookTraffic) Rejecting(now, since time.Time) time.Time {
	if t.Unsigned && now.Sub(t.Last) >= strangersGone {
		return time.Time{}
	}
	if !since.IsZero() && !t.Believed.After(since) {
		return since
	}
	if t.First.IsZero() || now.Sub(t.First) < RejectingAfter {
		return time.Time{}
	}
	return t.First
}
