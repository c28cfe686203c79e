package ingest

// State is where a message is. The state is the place: a message cannot be in
// two.
type State string

// The states of a message. Purged is final.
const (
	Received  State = "received"  // stored, not yet decided
	Conversed State = "conversed" // in a conversation
	Held      State = "held"      // in the blocked list
	Refused   State = "refused"   // a ban met it: no content kept
	Dead      State = "dead"      // could not be read or settled: raw bytes kept
	Purged    State = "purged"    // deleted for good: no content kept
)

// follows lists the allowed pairs; the database holds the same in a trigger.
var follows = map[State][]State{
	Received:  {Conversed, Held, Refused, Dead},
	Held:      {Received, Purged},
	Dead:      {Received, Purged},
	Conversed: {Purged},
	Refused:   {Received},
}

// MayBecome reports whether a message may move from s to next.
func (s State) MayBecome(next State) bool {
	for _, f := range follows[s] {
		if f == next {
			return true
		}
	}
	return false
}
