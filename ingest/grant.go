package ingest

import "time"

// Secret is a text that shows in no log, error or document: it has to be
// converted to be read.
type Secret string

// String hides it.
func (Secret) String() string { return "(secret)" }

// GoString hides it.
func (Secret) GoString() string { return "(secret)" }

// MarshalText hides it.
func (Secret) MarshalText() ([]byte, error) { return []byte("(secret)"), nil }

// Grant is what the owner of a mailbox has granted, taken for one exchange with
// the provider: a refresh token (RFC 6749 §1.5), which may be good for one use.
type Grant struct {
	Version int64 // grows with every token that is stored
	Lease   int64 // names the taking
	Token   Secret
}

// GrantEnd is how an exchange with a grant ended that brought no new refresh
// token.
type GrantEnd string

const (
	GrantKept    GrantEnd = "kept"    // it was taken, and stays good
	GrantFailed  GrantEnd = "failed"  // nobody knows
	GrantRefused GrantEnd = "refused" // the provider takes it no longer
)

// GrantState is what is told of a channel's grant.
type GrantState struct {
	GrantedAt *time.Time // nil: there is none
	GrantedBy string
	RefusedAt *time.Time // since when the provider takes it no longer
}

// Consent is a link by which the owner of a mailbox grants access, once.
type Consent struct {
	ID        ID
	Channel   string
	CreatedBy string
	CreatedAt time.Time
	ExpiresAt time.Time
	GrantedAt *time.Time
	Says      string // why the last try did not succeed; "": there was none
}

// Open reports whether the link can be used at a time.
func (c Consent) Open(now time.Time) bool { return c.GrantedAt == nil && now.Before(c.ExpiresAt) }

// State is waiting, granted, or expired.
func (c Consent) State(now time.Time) string {
	switch {
	case c.GrantedAt != nil:
		return "granted"
	case now.Before(c.ExpiresAt):
		return "waiting"
	}
	return "expired"
}

// ConsentOrder asks for a link.
type ConsentOrder struct {
	Channel   string
	ExpiresAt time.Time
	Actor     string
}
