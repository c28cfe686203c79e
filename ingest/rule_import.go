package ingest

import "time"

// RuleItem is a rule of an import: one that is to stand, or to be lifted.
type RuleItem struct {
	Kind       RuleKind
	Target     Target
	Reason     string
	Comment    string
	Scope      []string // canonical
	SpareKnown bool
	ExpiresAt  *time.Time
	OnExpiry   OnExpiry
	Lifted     bool
}

// RuleImport asks for many rules to be set or lifted, all or none.
type RuleImport struct {
	Items  []RuleItem
	Held   HeldChoice // what becomes of what those that are lifted hold
	To     string
	DryRun bool // say what would be, and change nothing
	Forced []Alarm
	Actor  string
}

// RuleImported is what became of a RuleImport.
type RuleImported struct {
	Set      int   `json:"set"`
	Standing int   `json:"standing"` // stood already
	Lifted   int   `json:"lifted"`
	Absent   int   `json:"absent"` // to be lifted, and not standing
	Job      int64 `json:"job,string"`
}

// ImportStand is what stands of what an item of an import names.
type ImportStand struct {
	Same   int64   // the rule that says the same; 0: there is none
	Others []int64 // those of other kinds on the same target, in any scope
}
