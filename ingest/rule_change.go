package ingest

import (
	"encoding/hex"
	"fmt"
	"strconv"
	"time"
)

// ErrStale says that what is to be changed was changed by somebody else since
// it was read.
var ErrStale = fmt.Errorf("it was changed meanwhile: read it again: %w", ErrConflict)

// RuleChange asks for a rule that is not lifted to be changed; nil keeps. What
// it holds stays held by it. Target and scope never change: that would be
// another rule.
type RuleChange struct {
	Rule      int64
	Version   string // that the rule must be of; "": any
	Kind      *RuleKind
	Reason    *string
	Comment   *string
	OnExpiry  *OnExpiry
	NewEnd    bool       // ExpiresAt is to be its end
	ExpiresAt *time.Time // nil: it has none
	KeepOpen  bool       // leave unclosed conversations as they are when it becomes a ban or block
	Forced    []Alarm
	Actor     string
}

// Version tells whether a rule was changed since it was read.
func (r *Rule) Version() string {
	said := Sum(r.Reason, r.Comment, string(r.OnExpiry))
	return strconv.FormatInt(r.Epoch, 10) + "-" + hex.EncodeToString(said[:4])
}

// Apply gives the rule as it is to be.
func (c RuleChange) Apply(r Rule) Rule {
	set(&r.Kind, c.Kind)
	set(&r.Reason, c.Reason)
	set(&r.Comment, c.Comment)
	set(&r.OnExpiry, c.OnExpiry)
	if c.NewEnd {
		r.ExpiresAt = c.ExpiresAt
	}
	return r
}

func set[T any](field *T, to *T) {
	if to != nil {
		*field = *to
	}
}

// Widens reports whether the rule will meet more messages than it does: another
// kind that keeps out, or a later end.
func (c RuleChange) Widens(r Rule) bool {
	changed := c.Apply(r)
	later := c.NewEnd && r.ExpiresAt != nil && (c.ExpiresAt == nil || c.ExpiresAt.After(*r.ExpiresAt))
	return changed.Kind != Allow && (later || changed.Kind != r.Kind)
}
