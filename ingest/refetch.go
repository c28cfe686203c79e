package ingest

import "time"

// The kinds of job that ask a source once more for what it gave before.
const (
	JobRefetch JobKind = "refetch" // receives again what a ban refused
	JobFetch   JobKind = "fetch"   // completes a held message of which only the header was read
)

// Why something was not fetched again, or not deleted: what a job's SkippedWhy
// counts by.
const (
	SkipGone     = "gone"       // the source has it no longer
	SkipNoSource = "no_source"  // nobody keeps it: a chat, a webhook, a retired channel
	SkipRefused  = "refused"    // a ban that stands refuses it
	SkipTooLarge = "too_large"  // more than is fetched even by order
	SkipFailed   = "failed"     // the source does not give it, or asking for it failed again and again
	SkipOnHold   = "legal_hold" // it is a contact's who is under a legal hold
)

// RefetchOrder asks for the mail that a ban refused to be fetched again.
type RefetchOrder struct {
	Rule    int64
	Sources []string // the kinds of channel that have a source to ask
	// Standing goes on although the ban stands: an allow prevails over it for
	// some of those it refused.
	Standing bool
	Actor    string
}

// RefetchPart is what an order asks of one channel's source: the mail that a
// ban refused, or one message whole.
type RefetchPart struct {
	Job     int64
	Channel string
	Rule    int64     // 0: Message is set
	Message ID        // held, of which only the header was read
	Since   time.Time // of the rule: the hour of its first refusal here
}

// Want is what an order says of a key that a source still has.
type Want int

// The wants.
const (
	NotWanted Want = iota // another message
	Wanted                // what was refused, or is to be completed
	Unheard               // no message has this key: perhaps it was refused without keeping a row
	Earlier               // of a message accepted before the first refusal
)

// RefusedSender is one whom a rule refused, as its rows tell.
type RefusedSender struct {
	From    Identity
	Channel string
	Kind    string // of the channel
}
