package ingest

import "time"

// Lease is the right to poll a channel, for a while. Its token fences: a
// write under an older token is refused with ErrFenced.
type Lease struct {
	Token   int64
	Careful bool      // the last holder did not give it back: it died at work
	Since   time.Time // when the channel was first connected
}

// Health is what a channel's runner reports of it.
type Health struct {
	State string // ok, failing, needs_reauth, rejecting or silent
	Error string // the last error, for people; "" when ok
}
