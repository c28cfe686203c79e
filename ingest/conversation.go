package ingest

import (
	"encoding/hex"
	"time"
)

// Status is where a conversation is on its way. Unclosed means any but closed.
type Status string

// The statuses of a conversation.
const (
	Bot        Status = "bot"
	Unassigned Status = "unassigned"
	Open       Status = "open"
	Closed     Status = "closed"
)

// Conversation is the messages of one contact on one channel.
type Conversation struct {
	ID            ID         `json:"id"`
	Number        int64      `json:"number"` // for people; unique, may have gaps
	ContactID     ID         `json:"contact_id"`
	Channel       string     `json:"channel"`
	Kind          string     `json:"kind"` // the channel's kind
	Status        Status     `json:"status"`
	Assignee      string     `json:"assignee"`
	Subject       string     `json:"subject"`
	Messages      int        `json:"messages"` // placeholders of purged ones included
	Tags          []string   `json:"tags"`
	OpenedAt      time.Time  `json:"opened_at"`
	ClosedAt      *time.Time `json:"closed_at"`
	ClosedBy      string     `json:"closed_by"` // a person, "rule 7", "idle" …
	LastMessageAt time.Time  `json:"last_message_at"`
	Continues     ID         `json:"continues"`          // the closed conversation before it
	Claims        ID         `json:"claims"`             // the conversation that its first message says it answers, though its sender has no part in it
	ReleasedBy    int64      `json:"released_by,string"` // the job that let its first message go; 0: none
	Imported      bool       `json:"imported"`           // history: no bot, no events
	Standing      *Standing  `json:"standing"`
}

// Version tells whether what a desk may change of a conversation was changed
// since it was read; messages that came do not count.
func (c *Conversation) Version() string {
	closed := ""
	if c.ClosedAt != nil {
		closed = c.ClosedAt.UTC().Format(time.RFC3339Nano) // closed again is not as it was
	}
	said := Sum(append([]string{string(c.Status), closed, c.Assignee, c.Subject}, c.Tags...)...)
	return hex.EncodeToString(said[:8])
}

// Ticket is the held messages that would have made one conversation.
type Ticket struct {
	ID        ID         `json:"id"`
	ContactID ID         `json:"contact_id"`
	Channel   string     `json:"channel"`
	Subject   string     `json:"subject"`
	Sender    string     `json:"sender"`  // of its newest message: the address, then the name they give themselves
	Preview   string     `json:"preview"` // the beginning of its newest message's text, on one line; "" until that was read
	Messages  int        `json:"messages"`
	Rule      *Rule      `json:"rule"`   // what holds its newest message: a rule,
	Reason    Reason     `json:"reason"` // or a reason
	Expired   bool       `json:"expired"`
	HeldAt    time.Time  `json:"held_at"`
	OpenedAt  *time.Time `json:"opened_at"`
	OpenedBy  string     `json:"opened_by"`
	// LikelyWrong: a review was asked for, or the desk answered the contact
	// before. The codes, the weightiest first: review_asked, answered_before,
	// sender_check_passed.
	LikelyWrong    bool     `json:"likely_wrong"`
	WhyLikelyWrong []string `json:"why_likely_wrong"`
	Review         *Review  `json:"review"`
}

// Review is an agent's open request for a second look at what is held of a
// contact.
type Review struct {
	At     time.Time `json:"at"`
	By     string    `json:"by"`
	Reason string    `json:"reason"` // a code
}
