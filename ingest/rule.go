package ingest

import "time"

// RuleKind is what a rule does; the order is that of the design: a ban shuts
// out, a block sets aside, a blacklist files in silence, an allow lets through.
type RuleKind string

// The kinds of rule.
const (
	Ban       RuleKind = "ban"       // refused: nothing they write is kept
	Block     RuleKind = "block"     // held: supervisors see it and decide
	Blacklist RuleKind = "blacklist" // held: nobody is asked to look
	Allow     RuleKind = "allow"     // let through
)

// OnExpiry says what becomes of what a rule holds when it ends by the clock.
type OnExpiry string

// The choices at expiry.
const (
	ExpiryKeep    OnExpiry = "keep"
	ExpiryRelease OnExpiry = "release"
)

// HeldChoice says what becomes of what a rule holds when it is lifted.
type HeldChoice string

// The choices at a lift.
const (
	UnblockAll HeldChoice = "unblock_all"
	DeleteAll  HeldChoice = "delete_all"
	KeepHeld   HeldChoice = "keep"
)

// Rule keeps messages out of conversations, or lets them in. It is lifted,
// never deleted.
type Rule struct {
	ID         int64      `json:"id,string"`
	Kind       RuleKind   `json:"kind"`
	Target     Target     `json:"target"`
	Reason     string     `json:"reason"`
	Comment    string     `json:"comment"`
	Scope      []string   `json:"scope"` // channel names and "kind:chat"; empty: everywhere
	SpareKnown bool       `json:"spare_known"`
	CreatedBy  string     `json:"created_by"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	OnExpiry   OnExpiry   `json:"on_expiry"`
	LiftedAt   *time.Time `json:"lifted_at"`
	LiftedBy   string     `json:"lifted_by"`
	HeldChoice HeldChoice `json:"held_choice"`
	With       int64      `json:"with,string"` // the rule it was set together with (also_ip); 0: none
	Hits       int64      `json:"hits"`
	LastHitAt  *time.Time `json:"last_hit_at"`
	Held       int        `json:"held"`
	SharedBy   *int       `json:"shared_by"` // other known contacts its target also names; nil: not counted, as in lists
	// Figures are what people made of what it held; nil: not read.
	Figures *RuleFigures `json:"figures,omitempty"`
	Person  *Person      `json:"person,omitempty" doc:"the contact that it is on; absent where no contact is meant, or nobody asks"`
	Doubts  []Doubt      `json:"doubts,omitempty" doc:"why somebody should look at it; in the list of review alone"`
	Epoch   int64        `json:"-"` // of its last change
	Key     HashKey      `json:"-"` // by which a hashed target is compared; nil where it is none
	About   ID           `json:"-"` // the contact it was set from; zero: none
	Known   []Identity   `json:"-"` // of a rule on a contact: what the contact joined by when the rule was read
}

// InForce reports whether the rule holds at the moment now: not lifted, not
// expired. Expiry is enforced by the clock at matching.
func (r *Rule) InForce(now time.Time) bool {
	return r.LiftedAt == nil && (r.ExpiresAt == nil || now.Before(*r.ExpiresAt))
}
