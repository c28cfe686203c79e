package pipeline

import (
	"time"

	"gatehouse/ingest"
)

// Without returns what would be decided by the rules in force if some of them
// were lifted; with none, by those in force. It changes nothing.
func (j *Judge) Without(rules []ingest.Rule, now time.Time) func(ingest.Message, ingest.Facts) ingest.Decision {
	b := j.Book()
	if len(rules) > 0 {
		lifted := make([]ingest.Rule, len(rules))
		for i, r := range rules {
			r.LiftedAt = &now
			lifted[i] = r
		}
		b = b.With(b.Epoch(), b.Settings(), lifted)
	}
	return func(m ingest.Message, f ingest.Facts) ingest.Decision { return Decide(b, m, f) }
}
