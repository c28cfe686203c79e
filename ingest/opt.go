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

// Tells reports whether it says that somebody may be written to, or may not.
func (o Opt) Tells() bool { return o == OptOut || o == OptIn }

// Opting is that somebody opted, as a provider tells it without a message.
type Opting struct {
	Identity Identity
	Opt      Opt
	At       time.Time // as the provider says; zero: it does not
}

// OptSource is how it was learned that somebody opted.
type OptSource string

// How it can be learned.
const (
	OptByWord     OptSource = "word"     // they wrote a word that means it, and nothing else
	OptByProvider OptSource = "provider" // the provider says so
	OptByDesk     OptSource = "desk"     // somebody of the desk set it
)

// OptedOut is why somebody may not be written to on a channel: by their own
// wish.
type OptedOut struct {
	Channel  string    `json:"channel"`
	Identity string    `json:"identity"` // the address, as its Key
	Since    time.Time `json:"since"`
	Source   OptSource `json:"source"`
	Word     string    `json:"word,omitempty"`
	Actor    string    `json:"actor,omitempty"` // of the desk
	Reason   string    `json:"reason,omitempty"`
}

// OptChange is that the desk opts a contact out of a channel, or in again.
type OptChange struct {
	Contact  ID
	Channel  string
	Identity Identity // zero: all that it has for channels other than mail
	Opt      Opt      // OptOut or OptIn
	Reason   string
	Actor    string
}

// AfterOptOuts is the standing of somebody who has these addresses and opted out
// so, by Key. On a channel one address that did is enough: nobody knows which the
// desk would write to. Without a channel ("") they may be written to as long as an
// address is left that opted out of none. Where they may not be written to, a
// machine may not either; they may write, as before.
func (s Standing) AfterOptOuts(addresses []Identity, channel string, outs map[string][]OptedOut) Standing {
	left := false
	for _, id := range addresses {
		before := len(s.OptedOut)
		for _, o := range outs[id.Key()] {
			if channel == "" || o.Channel == channel {
				s.OptedOut = append(s.OptedOut, o)
			}
		}
		left = left || len(s.OptedOut) == before
	}
	if len(s.OptedOut) > 0 && (channel != "" || !left) {
		s.MayReceive, s.MayAuto = false, false
	}
	return s
}
