package pipeline

import (
	"time"

	"gatehouse/ingest"
)

// Refuses returns the ban that refuses a mail whose header alone was read, nil
// if there is none or if it cannot be told: nobody has asked yet who the
// contact is. So it leaves out bans on contacts and bans that spare people who
// are known, and gives no answer where a rule on some contact could prevail.
// What it returns, Decide would refuse whatever the facts.
func (j *Judge) Refuses(m ingest.Message, kind string, now time.Time) *ingest.Rule {
	b := j.Book()
	w := winner(b.Matching(m, ingest.Facts{Now: now, Kind: kind}))
	if w == nil || w.Kind != ingest.Ban || w.SpareKnown || b.mayPrevail(w) {
		return nil
	}
	return w
}

// mayPrevail reports whether there are rules on contacts that would decide in
// place of the ban if the message came from one of those.
func (b *Book) mayPrevail(ban *ingest.Rule) bool {
	if b.contacts[ingest.Allow] > 0 {
		return true
	}
	contact := ingest.Target{Kind: "contact"}
	if ban.Target.Specificity() >= contact.Specificity() {
		return false
	}
	return b.contacts[ingest.Block] > 0 || b.contacts[ingest.Blacklist] > 0
}
