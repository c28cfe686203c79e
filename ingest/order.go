package ingest

import (
	"fmt"
	"time"
)

// RuleOrder asks for a rule to be set.
type RuleOrder struct {
	Kind       RuleKind
	Target     Target
	Contact    ID // whom the order is about, if one: whose last IP AlsoIP means. Conversations close by Target alone
	Reason     string
	Comment    string
	Scope      []string
	ExpiresAt  *time.Time
	OnExpiry   OnExpiry
	SpareKnown bool
	AlsoIP     bool    // set the same on the contact's last known IP
	KeepOpen   bool    // leave the contact's unclosed conversations as they are
	Forced     []Alarm // what was suspicious about it and is wanted all the same; for the audit
	Actor      string
}

// RuleSet is what became of a RuleOrder.
type RuleSet struct {
	Rule   Rule
	Fresh  bool // false: the same rule stood already
	Also   []Rule
	Closed int // conversations that it closed
}

// LiftOrder asks for rules to be lifted: those named, or those of the kinds
// that stand on the contact, on its identities and those set with them.
type LiftOrder struct {
	Rules   []int64
	Contact ID
	Kinds   []RuleKind
	Held    HeldChoice // "" asks: ErrHeldChoice if something is held
	To      string     // where what is released goes: auto, bot or unassigned
	Actor   string
}

// Lifted is what became of a LiftOrder.
type Lifted struct {
	Rules []int64
	Job   int64 // that works off what was held; 0: nothing was
}

// TicketOrder asks for what is held to be released or deleted: whole tickets,
// single messages, or the tickets that a filter chooses.
type TicketOrder struct {
	Tickets  []ID
	Messages []ID
	Filter   *TicketFilter // instead of the two; needs AsOf
	AsOf     string        // of the list that was seen: only what was held by then is taken; "": now
	To       string        // where what is released goes: auto, bot or unassigned
	Also     *AlsoOrder
	Actor    string
}

// MaxAlso is how many contacts an order may set a rule on.
const MaxAlso = 1000

// AlsoOrder has a rule set on the contact of every ticket that an order takes
// from, or on the address that each was last written from, and on that of every
// message.
type AlsoOrder struct {
	RuleOrder      // without Target and Contact
	Identity  bool // on the address
}

// HeldChoiceError says that a lift needs to be told what becomes of what the
// rules hold.
type HeldChoiceError struct {
	Held     int // messages
	Tickets  int
	Unopened int // tickets that nobody opened
}

func (e *HeldChoiceError) Error() string {
	return fmt.Sprintf("%d messages in %d tickets are held: choose unblock_all, delete_all or keep", e.Held, e.Tickets)
}

// Settled is what one settle did.
type Settled struct {
	Busy    bool  // another settle has the lane
	Decided int   // messages that got their decision
	More    bool  // the lane may hold more
	Lanes   []int // lanes of ancestors that must be settled first
	Files   int   // how many of the decided messages name files to be fetched
}

// Violation is one law that does not hold, and where.
type Violation struct {
	Law  int      `json:"law"`
	Says string   `json:"says"`
	N    int      `json:"n"`
	IDs  []string `json:"ids"` // at most 20
}

// Verdict is the answer of verify: no violations, or which.
type Verdict struct {
	Messages   int64       `json:"messages"`
	Violations []Violation `json:"violations"`
}

// Stepped is what one round of job steps did.
type Stepped struct {
	Worked bool  // some job took rows or ended: there may be more at once
	Lanes  []int // where messages wait that were released, or have to be settled first
}

// And is what both did.
func (s Stepped) And(o Stepped) Stepped {
	return Stepped{Worked: s.Worked || o.Worked, Lanes: append(s.Lanes, o.Lanes...)}
}
