package ingest

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// ErrGone says that a reader's place in the log is older than what is kept.
var ErrGone = errors.New("older than kept")

// ErrRunning says that a request with the same idempotency key is at work.
var ErrRunning = fmt.Errorf("the first request with this key is still running: %w", ErrConflict)

// Role is what the holder of a token may do; each may all that the one before
// it may.
type Role string

// The roles, least first.
const (
	RoleAgent      Role = "agent"
	RoleSupervisor Role = "supervisor"
	RoleAdmin      Role = "admin"
)

var roleRank = map[Role]int{RoleAgent: 1, RoleSupervisor: 2, RoleAdmin: 3}

// AtLeast reports whether r may do what least may. An unknown role may nothing,
// and nobody may what asks for one.
func (r Role) AtLeast(least Role) bool {
	return roleRank[least] > 0 && roleRank[r] >= roleRank[least]
}

// Token lets a program or a person use the API. Only the hash of its secret is
// kept.
type Token struct {
	ID         int64      `json:"id,string"`
	Name       string     `json:"name"`
	Role       Role       `json:"role"`
	Scopes     []Scope    `json:"scopes"`
	Rate       int        `json:"rate" doc:"requests a minute; 0: as many as the setting api_rate says"`
	Prefix     string     `json:"prefix" doc:"how the secret begins; of tokens made before this was kept, empty"`
	CreatedAt  time.Time  `json:"created_at"`
	ExpiresAt  *time.Time `json:"expires_at"`
	RevokedAt  *time.Time `json:"revoked_at"`
	LastUsedAt *time.Time `json:"last_used_at"` // to a minute
	Secret     string     `json:"secret,omitempty"`
}

// TokenOrder asks for a token to be made.
type TokenOrder struct {
	Name      string
	Role      Role
	Scopes    []Scope // none: everything
	Rate      int
	ExpiresAt *time.Time
	Actor     string
}

// Rotation asks for a token in the place of another, which ends when the
// overlap is over.
type Rotation struct {
	Token   int64
	Overlap time.Duration
	Latest  *time.Time // when the new token ends at the latest; nil: whenever
	Actor   string
}

// Part asks for a part of a list.
type Part struct {
	Limit int    // at most so many items; 0 means 50
	After string // Next of the part before; "" begins
}

// List is a part of a list. Next is empty when nothing follows.
type List[T any] struct {
	Items []T    `json:"items"`
	Next  string `json:"next"`
}

// Stored is a record as the store gives it. Bare means that its text is only
// in its raw bytes and has to be read from there.
type Stored struct {
	Record
	Family   Family
	Bare     bool
	RawBytes int64 // how many are kept; 0: none
}

// MessageFilter chooses messages; zero fields do not.
type MessageFilter struct {
	Part
	Channel      string
	States       []State // none: all
	Talked       bool    // only those in conversations
	Contact      ID
	Conversation ID
	Reason       Reason
}

// ConversationFilter chooses conversations; zero fields do not.
type ConversationFilter struct {
	Part
	Channel  string
	Status   string // a Status, or "unclosed"
	Contact  ID
	Assignee string
	Tag      string
}

// ConversationChange is what a desk changes of a conversation; nil keeps.
type ConversationChange struct {
	Status   *Status
	Assignee *string
	Subject  *string
	Tags     []string // nil keeps, empty clears
	Version  string   // that the conversation must be of; "": any
	Actor    string
}

// Fields names what changes, as the API does.
func (c ConversationChange) Fields() []string {
	list := []string{}
	for _, f := range []struct {
		name  string
		given bool
	}{{"status", c.Status != nil}, {"assignee", c.Assignee != nil}, {"subject", c.Subject != nil}, {"tags", c.Tags != nil}} {
		if f.given {
			list = append(list, f.name)
		}
	}
	return list
}

// NewConversation is one that the desk begins.
type NewConversation struct {
	Contact           ID
	Channel           string
	Subject, Assignee string
	Tags              []string
	Epoch             int64 // of the rules by which the contact may be written to
	Actor             string
}

// ContactFilter chooses contacts; zero fields do not.
type ContactFilter struct {
	Part
	Q        string // words, an address, a number as it is spoken, an id or its beginning
	Number   string // that Q is, where the region tells; "": it says so itself, or is none
	Tag      string
	From, To *time.Time
	Standing string // active, blocked, or of these banned or blacklisted
}

// Place is where somebody was met: what a rule set from there means by "this
// contact", "this address", "this IP".
type Place struct {
	Contact  ID
	Channel  string // "" for the contact's own page
	Kind     string // of the channel
	Family   Family
	State    State // of the message, if the place is one
	From     Identity
	ClientIP string
	Unproven bool // the sender is not proven
}

// Holder is what holds messages of a contact: a rule, or the system for a
// reason.
type Holder struct {
	Rule     int64    `json:"rule,string"` // 0: none
	Kind     RuleKind `json:"kind"`
	Target   string   `json:"target"`
	Reason   string   `json:"reason"`
	Messages int      `json:"messages"`
}

// RuleFilter chooses rules; zero fields do not.
type RuleFilter struct {
	Part
	Kind   RuleKind
	State  string // standing, expired, lifted
	Target string // canonical
	Review *RuleReview
}

// TicketFilter chooses tickets of the blocked list; zero fields do not. Without
// Kind and Rule the blacklist's tickets are left out.
type TicketFilter struct {
	Part
	Contact     ID
	Channel     string
	Kind        string // a RuleKind, or "system"
	Rule        int64
	Reason      string
	Text        string // in the subject, the sender or the beginning of the text of a held message
	Expired     *bool  // whether the rule that holds the newest message has expired
	Opened      *bool
	LikelyWrong *bool
	Review      *bool      // whether a review was asked for
	From, To    *time.Time // newest hold at or after, before
	Domain      string     // of the newest message's sender; NoDomain: it has none
	Sort        TicketSort
}

// TicketSort is an order of the blocked list; "" is SortLikely.
type TicketSort string

// NoDomain chooses, in a filter, senders without a domain.
const NoDomain = "none"

// The orders of the blocked list, the last one of its groups.
const (
	SortLikely TicketSort = "likely_wrong" // what is likely held in error first, then the newest
	SortNewest TicketSort = "newest"
	SortOldest TicketSort = "oldest"

	SortMessages TicketSort = "messages" // those with the most first
)

// TextCounted is how many tickets are counted of those with a text that more
// than 20,000 held messages have.
const TextCounted = 1_000

// Blocked is a part of the blocked list, with counts of all that was asked for.
type Blocked struct {
	List[Ticket]
	Total      int    `json:"total"`
	TotalMore  bool   `json:"total_more" doc:"there may be more: a text that very many have is counted in 1,000 tickets"`
	Unopened   int    `json:"unopened"`
	AsOf       string `json:"as_of"`      // names the moment of the list to orders, for an hour
	Unsearched int    `json:"unsearched"` // messages whose text cannot be searched yet: it will be soon
}

// EventFilter chooses events. After is the id of the last one read; "" begins
// with the oldest that is kept.
type EventFilter struct {
	After string
	Types []string
	Limit int
}

// Event is one line of the log that other programs follow: ids and codes only.
type Event struct {
	ID           string          `json:"id"` // "xid-n": the place in the log
	Type         string          `json:"type"`
	At           time.Time       `json:"at"`
	Conversation ID              `json:"conversation_id"`
	Contact      ID              `json:"contact_id"`
	Message      ID              `json:"message_id"`
	Data         json.RawMessage `json:"data"`
}

// ChannelHealth is how a channel does. LagS is by how many seconds it is late:
// the age of its oldest message that waits for its decision, or, of a poller,
// the time since its source last answered.
type ChannelHealth struct {
	Name      string     `json:"name"`
	Kind      string     `json:"kind"`
	Family    Family     `json:"family"`
	State     string     `json:"state"`
	LagS      int64      `json:"lag_s"`
	Cursor    string     `json:"cursor"`
	LastError string     `json:"last_error"`
	LastOKAt  *time.Time `json:"last_ok_at"`
	Since     time.Time  `json:"since"`
	// Since when it fails, and since when its credentials are refused; nil: it does not.
	FailingSince *time.Time `json:"failing_since"`
	ReauthSince  *time.Time `json:"reauth_since"`
	// Since when all requests are refused, and since when nothing came although
	// something should have; nil: that is not so.
	RejectingSince *time.Time `json:"rejecting_since"`
	SilentSince    *time.Time `json:"silent_since"`
	// Unknown are the last stretches in which the provider may have called in vain
	// and which nobody has settled yet.
	Unknown []UnknownHours `json:"unknown"`
}

// Once names a request that is to take effect once, however often it is sent.
type Once struct {
	Asker        int64 // the token's number, or the negative of the person's
	Method, Path string
	Key          string
	Body         Hash
}

// Outcome is what an effect came to, in ids and codes only: it is kept with the
// request's key, and the answer is made of it anew for every repeat. At most
// one of its ids is set, but for a change of a rule, and a merge, that lift rules
// and so begin a job.
type Outcome struct {
	Status  int     `json:"status"`
	Rule    int64   `json:"rule,omitempty"`
	Also    []int64 `json:"also,omitempty"`   // rules set together with it
	Closed  int     `json:"closed,omitempty"` // conversations that it closed
	Job     int64   `json:"job,omitempty"`
	Message ID      `json:"message,omitzero"`
	Consent ID      `json:"consent,omitzero"`
	Contact ID      `json:"contact,omitzero"`
	Merge   int64   `json:"merge,omitempty"`
	Channel string  `json:"channel,omitempty"`

	Endpoint ID    `json:"endpoint,omitzero"`
	Replay   int64 `json:"replay,omitempty"`
	Delivery int64 `json:"delivery,omitempty"`
	Alert    ID    `json:"alert,omitzero"`

	Backfill     int64 `json:"backfill,omitempty"`
	Conversation ID    `json:"conversation,omitzero"`
	Note         int64 `json:"note,omitempty"` // about Contact

	Imported *RuleImported `json:"imported,omitempty"`
}

// OnceState is what is known of such a request.
type OnceState struct {
	Done    bool // it took effect
	Other   bool // its key was used with another body
	Outcome Outcome
}
