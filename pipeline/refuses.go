package pipeline

import (
	"time"

	"gatehouse/ingest"
)

// Suspects returns the ban that may refuse a message of which only the header
// was read, nil if none does. Whose an address is it tells from memory: from
// what the contacts that have rules were known by when those were read. So it
// may name a ban that another rule prevails over, and miss one; [Judge.Refuses]
// says for certain.
func (j *Judge) Suspects(m ingest.Message, kind string, now time.Time) *ingest.Rule {
	b := j.Book()
	return b.refuses(m, ingest.Facts{Now: now, Kind: kind, Names: b.ownersOf(m)})
}

// Refuses returns the ban that refuses a message of which only the header was
// read, nil if there is none or if it cannot be told: it leaves out bans that
// spare people who are known. Names are all contacts that the message's joining
// identities name. What it returns, Decide would refuse, whatever the other
// facts.
func (j *Judge) Refuses(m ingest.Message, names []ingest.ID, kind string, now time.Time) *ingest.Rule {
	return j.Book().refuses(m, ingest.Facts{Now: now, Kind: kind, Names: names})
}

// refuses leaves out what says whether its sender may be written to: that is
// heard by a settle, which refuses it then.
func (b *Book) refuses(m ingest.Message, f ingest.Facts) *ingest.Rule {
	if m.Opt.Tells() {
		return nil
	}
	if w := winner(b.Matching(m, f)); w != nil && w.Kind == ingest.Ban && !w.SpareKnown {
		return w
	}
	return nil
}
