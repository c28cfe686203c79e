package ingest

import "time"

// Contact is a person, known by identities. One is made by a first admitted or
// held message, or by the API; never by a refused one.
type Contact struct {
	ID   ID     `json:"id"`
	Name string `json:"name"` // as the first message gave it, until the desk says another
	Profile
	Identities []ContactIdentity `json:"identities"`
	Tags       []string          `json:"tags"`
	Fields     map[string]string `json:"fields"`
	FieldOrder []string          `json:"field_order"` // the names of fields as they are shown
	Standing   Standing          `json:"standing"`
	Held       int               `json:"held"`     // messages in the blocked list
	Unopened   int               `json:"unopened"` // tickets there that nobody opened
	Review     *Review           `json:"review"`   // a second look that somebody asked for
	LegalHold  *LegalHold        `json:"legal_hold"`
	MergedInto ID                `json:"merged_into"`              // set if the id that was asked for was merged: into this contact
	Suggested  []Suggestion      `json:"suggested"`                // who may be the same person; lists leave it out
	Erasure    int64             `json:"erasure,string,omitempty"` // that left nothing but the id; absent: none
	CreatedAt  time.Time         `json:"created_at"`
	LastSeenAt *time.Time        `json:"last_seen_at"` // last message conversed or held
	Technical  *Seen             `json:"technical"`    // from its last chat; lists leave it out
	Version    int64             `json:"-"`            // raised by each change that the desk makes
}

// ContactIdentity is an identity as a contact has it.
type ContactIdentity struct {
	ID int64 `json:"id,string"`
	Identity
	AddedAt time.Time `json:"added_at"`
}

// Standing answers whether a person may write, be written to, be answered by a
// machine, and have conversations opened.
type Standing struct {
	MaySend     bool       `json:"may_send"`
	MayReceive  bool       `json:"may_receive"`
	MayAuto     bool       `json:"may_auto"`
	MayConverse bool       `json:"may_converse"`
	Effect      Effect     `json:"effect"`
	Widget      string     `json:"widget"` // show, hide or notice
	Notices     Notices    `json:"-"`      // what it says, where that is notice
	Until       *time.Time `json:"until"`
	Rule        *Rule      `json:"rule"`
	// OptedOut says where they opted out, of what was asked for: why they may not
	// receive, unless a rule says so, too.
	OptedOut []OptedOut `json:"opted_out,omitempty"`
}

// Effect is what a rule does to the next message.
type Effect string

// The effects of a standing.
const (
	EffectNone   Effect = "none"
	EffectRefuse Effect = "refuse"
	EffectHold   Effect = "hold"
)

// StandingUnder returns the standing of somebody the rule applies to; nil
// means nobody's rule does.
func StandingUnder(r *Rule) Standing {
	s := Standing{MaySend: true, MayReceive: true, MayAuto: true, MayConverse: true, Effect: EffectNone, Widget: "show"}
	if r == nil || r.Kind == Allow {
		s.Rule = r
		return s
	}
	s.Rule, s.Until, s.Effect = r, r.ExpiresAt, EffectHold
	s.MayAuto = false
	switch r.Kind {
	case Ban:
		s.MaySend, s.MayReceive, s.MayConverse = false, false, false
		s.Effect, s.Widget = EffectRefuse, "hide"
	case Blacklist:
		s.MayConverse = false
	}
	return s
}
