package ingest

import (
	"fmt"
	"strconv"
	"time"
)

// DoubtCode is why somebody should look at a rule.
type DoubtCode string

// The doubts about rules that are not lifted.
const (
	DoubtIdle     DoubtCode = "idle"            // in force, and it met nothing for as long as the setting review_idle says
	DoubtWrong    DoubtCode = "often_wrong"     // people let go at least review_wrong percent of what they decided, of LeastDecided at least
	DoubtHolding  DoubtCode = "expired_holding" // it ended by the clock and still holds messages
	DoubtShadowed DoubtCode = "shadowed"        // another rule on its target always decides first
	DoubtErased   DoubtCode = "contact_erased"  // the contact that it is on was erased
	DoubtMerged   DoubtCode = "contact_merged"  // … was merged into another
)

// LeastDecided is of how many messages people must have decided before a rule's
// share of those that they let go says something.
const LeastDecided = 5

// Doubt is one reason to look at a rule, with a sentence that tells it.
type Doubt struct {
	Code DoubtCode `json:"code"`
	Says string    `json:"says"`
	Rule int64     `json:"rule,string,omitempty" doc:"with shadowed the rule that decides first"`
}

// RuleReview chooses the rules about which there are doubts, of those that are
// not lifted.
type RuleReview struct {
	Shadows map[int64]int64 // by the shadowed rule that which decides first
}

// Doubted makes the doubt of a rule that was read with its figures; by is the
// rule that shadows it.
func (r *Rule) Doubted(code DoubtCode, by int64) Doubt {
	d := Doubt{Code: code, Says: r.doubt(code)}
	if code == DoubtShadowed {
		d.Rule, d.Says = by, "Rule "+strconv.FormatInt(by, 10)+" is on the same target and decides first wherever this one would: lift one of the two."
	}
	return d
}

func (r *Rule) doubt(code DoubtCode) string {
	switch code {
	case DoubtIdle:
		if r.LastHitAt == nil {
			return "It has met nothing since it was set on " + day(r.CreatedAt) + "."
		}
		return "It has met nothing since " + day(*r.LastHitAt) + "."
	case DoubtWrong:
		f := r.Figures
		return fmt.Sprintf("Of %d messages that it held and people decided about they let %d go.", f.ReleasedWrong+f.Deleted, f.ReleasedWrong)
	case DoubtHolding:
		if r.Held == 1 {
			return fmt.Sprintf("It ended on %s and still holds 1 message: release or delete it.", day(*r.ExpiresAt))
		}
		return fmt.Sprintf("It ended on %s and still holds %d messages: release or delete them.", day(*r.ExpiresAt), r.Held)
	case DoubtErased:
		return "The contact that it is on was erased: nobody goes by it any more."
	case DoubtMerged:
		return "The contact that it is on was merged into another, to whom it applies now."
	}
	return ""
}

func day(t time.Time) string { return t.UTC().Format(time.DateOnly) }

func (s Settings) checkReview() error {
	if s.ReviewIdle != 0 && s.ReviewIdle < leastKept {
		return fmt.Errorf("review_idle %s: want at least %s, or never", time.Duration(s.ReviewIdle), leastKept)
	}
	if s.ReviewWrong < 0 || s.ReviewWrong > 100 {
		return fmt.Errorf("review_wrong %d: want 0 to 100 percent", s.ReviewWrong)
	}
	return nil
}
