package ingest

import (
	"errors"
	"time"
)

// ErrLegalHold says that something may not be deleted: it is a contact's who is
// under a legal hold.
var ErrLegalHold = errors.New("the contact is under a legal hold")

// LegalHold says that what is stored of a contact must stay. While it stands
// neither erasure nor retention, nor an order of the desk, deletes any of it.
type LegalHold struct {
	At     time.Time  `json:"at"`
	By     string     `json:"by"`
	Reason string     `json:"reason"`
	Until  *time.Time `json:"until"` // nil: until it is lifted
}

// Ended reports whether there is no hold, or none any more.
func (h *LegalHold) Ended(now time.Time) bool {
	return h == nil || h.Until != nil && !h.Until.After(now)
}

// HoldOrder puts a contact under a legal hold, or changes the one that stands.
type HoldOrder struct {
	Contact ID
	Reason  string     // a code: a case's number, not a person's name
	Until   *time.Time // nil: until it is lifted
	Actor   string
}
