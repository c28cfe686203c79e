package ingest

import "time"

// WatchedChannel is what a channel's state is told by, beside what its poller
// or listener reports.
type WatchedChannel struct {
	Name      string
	Since     time.Time // when it was first connected
	From      time.Time // since when somebody listens without a gap
	Heard     time.Time // when the last message came; zero: it is not known
	Rejecting time.Time // since when it is; zero: it is not
	Silent    time.Time
	Traffic   HookTraffic
	Refused   string // what its last refusal says
	Cause     string // and why it was refused
	Says      string // what is said of its rejecting
}

// Trouble is a state that a channel has beside what is reported of it.
type Trouble string

// The troubles.
const (
	Rejecting Trouble = "rejecting"
	Silent    Trouble = "silent"
)

// TroubleChange is the beginning or end of a trouble, as one process sees it.
type TroubleChange struct {
	Channel string
	Trouble Trouble
	Was     time.Time // as it was when the process looked; zero: not in trouble
	Since   time.Time // zero: it has ended
	Says    string
}

// Presence is one sign of life of a process that answers requests.
type Presence struct {
	At time.Time
	// Failed: it could not reach the database since its last sign.
	Failed bool
	// Pushed are the channels whose provider cannot be asked for what it had to
	// say, with the time for which it says it again by itself.
	Pushed map[string]time.Duration
}
