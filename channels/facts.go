package channels

import "time"

// Facts are what an operator asks of a kind that a provider pushes to, and how
// that provider wants its answers. The table of providers in the README is made
// of them.
type Facts struct {
	Signature string // how a request is proven; "": it is not
	Covers    string // what of the request the proof covers
	Replay    string // what bounds the sending of a recorded request once more
	Retries   string // what the provider does when it is not answered 2xx
	Backfill  string // how what was missed is asked for; "": it cannot be
	Media     string // how files come; "": none do
	Edits     string // what comes of edits and deletions; "": the network has none

	// Proof are the headers in which the proof stands. The suite changes each of
	// their bytes, and no refusal shows them.
	Proof []string
	// ProofFields are the fields of a form in which it stands instead.
	ProofFields []string
	// Refused is the status for who cannot prove themselves; 0: 401.
	Refused int
	// Again is the status for what must be sent again; 0: 503.
	Again int
	// Retried is for how long the provider tries again by itself what it was not
	// answered 2xx; 0: it does not, or nobody knows.
	Retried time.Duration
	// Limit is how long the provider waits for its answer; 0: nobody knows.
	Limit time.Duration
	// Largest is how many octets a body of its may have; 0: 32 MiB.
	Largest int64
}

// The bounds of the time for a request's commit: a provider that waits no longer
// is told to try again while it listens.
const (
	usualLimit = 15 * time.Second
	onTheWay   = 500 * time.Millisecond // of the answer's own time
)

// deadline is how long a request of the kind may wait for its commit.
func (f Facts) deadline() time.Duration {
	if f.Limit > onTheWay {
		return min(f.Limit, usualLimit) - onTheWay
	}
	return usualLimit
}
