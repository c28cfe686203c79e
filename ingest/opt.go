package ingest

import "time"

// Opt is what somebody says of whether they may be written to.
type Opt string

// What somebody can say: by a word of their own, or through the provider.
const (
	OptOut  Opt = "out"  // they want nothing more
	OptIn   Opt = "in"   // they do again
	OptHelp Opt = "help" // they ask who writes; it changes nothing
)

// Opting is that somebody opted, as a provider tells it without a message.
type Opting struct {
	Identity Identity
	Opt      Opt
	At       time.Time // as the provider says; zero: it does not
}
