package ingest

import "time"

// Reason says why a message is where it is when no rule does.
type Reason string

// The reasons of system holds and of dead messages.
const (
	ReasonFlood      Reason = "flood"
	ReasonLoop       Reason = "loop"
	ReasonAutoReply  Reason = "auto_reply"
	ReasonBounce     Reason = "bounce"
	ReasonFeedback   Reason = "feedback"
	ReasonList       Reason = "list"
	ReasonUnverified Reason = "unverified_sender"
	ReasonClosedMode Reason = "closed_mode"
	ReasonSpam       Reason = "spam_header"
	ReasonSize       Reason = "size"

	ReasonUnreadable  Reason = "unreadable"   // the bytes could not be read
	ReasonKeyConflict Reason = "key_conflict" // same provider id, other content
	ReasonCrashed     Reason = "crashed"      // reading it ended the process three times
	ReasonRejected    Reason = "rejected"     // the store refuses its data
	ReasonUnsettled   Reason = "unsettled"    // settling it alone fails
)

// Pass lets a released message through: whatever held it up to Epoch.
type Pass struct {
	Job   int64     `json:"job,string"`
	By    string    `json:"by"`
	At    time.Time `json:"at"`
	Epoch int64     `json:"epoch"`
	// Order is a release by hand: it also passes blocks and blacklists that
	// stand, up to Epoch. A pass never covers a ban.
	Order bool `json:"order"`
	// To is where it goes: auto, bot or unassigned.
	To string `json:"to"`
}

// Line is one stage's word in a message's trail.
type Line struct {
	Stage string `json:"stage"`
	Says  string `json:"says"`
}

// Facts is all that a decision may rest on besides the message: one snapshot,
// read under the locks of a settle.
type Facts struct {
	Now      time.Time
	Kind     string        // the channel's kind, for rule scopes
	Pass     *Pass         // set if it was released
	Contact  *Contact      // whom its joining identities name: ID and CreatedAt; nil: nobody yet
	Names    []ID          // every contact that a joining identity names, unproven mail's too: rules on them match
	TalkedAt time.Time     // when the contact's first conversation began; zero: never
	Current  *Conversation // one-at-a-time families: the contact's unclosed one on this channel
	Last     *Conversation // …: its last closed one there
	Thread   []Ancestor    // mail, and what changes another message: what it answers, the nearest first, but before them what it holds a token of
	Copy     *Conversation // mail: where the desk sent it; it is our own, come back
	Ticket   ID            // one-at-a-time families: the contact's ticket here that still holds something
	Buckets  []Bucket      // those that it draws from if it is let through
}

// Ancestor is a message that this one answers. Exactly one of Conversation and
// Ticket is set.
type Ancestor struct {
	Conversation *Conversation
	Ticket       ID
	Ours         bool // it was the desk's own, registered as outgoing
	Belongs      bool // the sender has a part in it or holds its token, so may claim it; never by an unproven From
	Token        bool // by a token
}

// Decision is what to do with a message, and why. The zero Decision is none.
type Decision struct {
	To     State // Conversed, Held or Refused
	Rule   *Rule // what holds or refuses it,
	Reason Reason
	// Contact is whose it is; zero with To Conversed or Held means that a new
	// contact is made of its joining identities, of none if the mail is unproven.
	Contact ID
	// Appended says that a program, or the desk itself, wrote into the
	// conversation of Contact, in which its own address has no part and gets none
	// by it.
	Appended bool
	// Conversation it joins; zero means that Opens says how a new one begins.
	Conversation ID
	Opens        *Opening
	Reopens      bool     // the conversation is closed and becomes what Opens.Status says
	Ticket       ID       // the ticket it joins; zero with To Held means a new one
	Hit          *Rule    // the rule that decided, allow included; for its count of hits
	Draws        []Bucket // it is let through and counted: one more in each of these
	Trail        []Line
}

// Opening is how a new conversation begins.
type Opening struct {
	Status    Status
	Continues ID
	Claims    ID // the conversation that it says it answers, though its sender has no part in it
	Imported  bool
}
