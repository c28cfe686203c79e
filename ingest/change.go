package ingest

import "time"

// ChangeKind is what a message does to an earlier one.
type ChangeKind string

// The kinds of change.
const (
	Edit     ChangeKind = "edit"     // Text is what the earlier one says now
	Unsend   ChangeKind = "unsend"   // its author took it back
	Reaction ChangeKind = "reaction" // somebody answered it with a sign
)

// Change says that a message means an earlier one, which stays as it was: what
// came is never rewritten, and what was read once can be read again.
type Change struct {
	Kind ChangeKind `json:"kind"`
	Of   string     `json:"of"` // Thread of the message that is meant; also the message's first answer
	// Reaction is the sign, an emoji or the network's name of one; "" with
	// Removed: whichever its author gave.
	Reaction string `json:"reaction,omitempty"`
	Removed  bool   `json:"removed,omitempty"` // the sign was taken back
}

// Amendment is a change as it is shown with the message that it means.
type Amendment struct {
	ID       ID         `json:"id"` // of the message that is the change
	Kind     ChangeKind `json:"kind"`
	At       time.Time  `json:"at"` // as the network says, else of receipt
	By       Sender     `json:"by"`
	Text     string     `json:"text,omitempty"` // of an edit
	Reaction string     `json:"reaction,omitempty"`
	Removed  bool       `json:"removed,omitempty"`
	State    State      `json:"state"` // an edit may be held while what it edits is not
}

// AmendmentOf is a change's; nil for any other message.
func AmendmentOf(r Record) *Amendment {
	c := r.Change
	if c == nil {
		return nil
	}
	a := &Amendment{ID: r.ID, Kind: c.Kind, At: r.ReceivedAt, By: r.From, Reaction: c.Reaction, Removed: c.Removed, State: r.State}
	if r.SentAt != nil {
		a.At = *r.SentAt
	}
	if c.Kind == Edit {
		a.Text = r.Text
	}
	return a
}
