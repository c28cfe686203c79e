package ingest

import "time"

// The classes of what is kept for a time. Held is of the system's and of rules';
// audit goes as a whole beginning of the chain.
const (
	ClassHeld      = "held"
	ClassConversed = "conversed" // the content of messages in conversations
	ClassRaw       = "raw"       // the same as they came, with the files in them; what they say stays
	ClassDead      = "dead"
	ClassAudit     = "audit"
)

// Retention is how long a class is kept and what becomes of it.
type Retention struct {
	Class   string `json:"class"`
	Setting string `json:"setting"` // empty: it is fixed
	Keep    Keep   `json:"keep"`
	// Due is how many will be past their time within a week, by now; those of the
	// fixed classes are not counted.
	Due       int        `json:"due"`
	DeletedAt *time.Time `json:"deleted_at"` // when some were deleted last; of the fixed classes that is not noted
	Deleted   int        `json:"deleted"`    // how many then, in one step of at most 1,000
}

// FixedRetention is of the classes that no setting changes.
func FixedRetention() []Retention {
	const day = 24 * time.Hour
	list := []Retention{}
	for _, f := range []struct {
		class string
		keep  time.Duration
	}{{"events", 30 * day}, {"idempotency", day}, {"hook_refusals", 30 * day}, {"exports", 7 * day}, {"unknown_hours", 90 * day}} {
		list = append(list, Retention{Class: f.class, Keep: Keep(f.keep)})
	}
	return list
}
