package ingest

import (
	"fmt"
	"time"
)

// Reconciliation compares what a source has with what became of it.
type Reconciliation struct {
	Channel string        `json:"channel"`
	AskedAt *time.Time    `json:"asked_at"` // by AskedBy; null: it was its time
	AskedBy string        `json:"asked_by"`
	DoneAt  *time.Time    `json:"done_at"` // null: it never was
	NextAt  time.Time     `json:"next_at"`
	Error   string        `json:"error"` // why it could not be done, the last time
	Folders []FolderBooks `json:"folders"`
}

// Waits reports that it was asked for and is not done.
func (r *Reconciliation) Waits() bool {
	return r.AskedAt != nil && (r.DoneAt == nil || r.DoneAt.Before(*r.AskedAt))
}

// FolderBooks is where the mails are that lie in a folder. OnServer is the sum
// of the states, LeftOut, Waiting and Missing.
type FolderBooks struct {
	Folder    string `json:"folder"`
	Validity  uint32 `json:"uidvalidity"`
	OnServer  int    `json:"on_server"`
	Conversed int    `json:"conversed"`
	Held      int    `json:"held"`
	Refused   int    `json:"refused"` // those without a row among them
	Dead      int    `json:"dead"`
	Purged    int    `json:"purged"`
	InFlight  int    `json:"in_flight"`
	LeftOut   int    `json:"left_out"` // older than `start` takes
	Waiting   int    `json:"waiting"`  // came since the last poll
	Missing   int    `json:"missing"`  // nobody knows of them, and they could not be taken now
	Mended    int    `json:"mended"`   // nobody knew of them: taken now, and in flight
	// Gaps are the first of those missing and mended.
	Gaps []Gap  `json:"gaps"`
	Says string `json:"says"` // why there are no figures; empty: there are
}

// Gap is a mail that should have been taken and was not.
type Gap struct {
	UID    uint32 `json:"uid"`
	ID     string `json:"id,omitempty"` // where messages have no UID
	Mended bool   `json:"mended"`
	Says   string `json:"says"` // why not
}

// maxGaps bounds the gaps that are named.
const maxGaps = 1000

// Gap notes a mail that nobody knew of.
func (b *FolderBooks) Gap(uid uint32, mended bool, says string) {
	b.gap(Gap{UID: uid, Mended: mended, Says: says})
}

// GapOf is Gap for a mail that the source knows by an id.
func (b *FolderBooks) GapOf(id string, mended bool, says string) {
	b.gap(Gap{ID: id, Mended: mended, Says: says})
}

func (b *FolderBooks) gap(g Gap) {
	if g.Mended {
		b.Mended++
		b.InFlight++
	} else {
		b.Missing++
	}
	if len(b.Gaps) < maxGaps {
		b.Gaps = append(b.Gaps, g)
	}
}

// Name is by what the source knows the mail.
func (g Gap) Name() string {
	if g.ID != "" {
		return g.ID
	}
	return fmt.Sprintf("UID %d", g.UID)
}

// Count adds a mail that is in a state.
func (b *FolderBooks) Count(s State) {
	switch s {
	case Conversed:
		b.Conversed++
	case Held:
		b.Held++
	case Refused:
		b.Refused++
	case Dead:
		b.Dead++
	case Purged:
		b.Purged++
	case Received:
		b.InFlight++
	}
}

// Balances reports that every mail is accounted for.
func (b *FolderBooks) Balances() bool {
	return b.OnServer == b.Conversed+b.Held+b.Refused+b.Dead+b.Purged+b.InFlight+b.LeftOut+b.Waiting+b.Missing
}

// Whole reports that nothing is missing.
func (r *Reconciliation) Whole() bool {
	if r.DoneAt == nil || r.Error != "" {
		return false
	}
	for _, f := range r.Folders {
		if f.Missing > 0 || !f.Balances() {
			return false
		}
	}
	return true
}
