package ingest

import "time"

// Record is a message as it is stored: what arrived and what became of it.
type Record struct {
	Message
	Kind         string     `json:"kind"` // the channel's kind
	Keys         []string   `json:"keys"` // key hashes, hexadecimal
	State        State      `json:"state"`
	Conversation ID         `json:"conversation_id"`
	Contact      ID         `json:"contact_id"`
	Ticket       ID         `json:"ticket_id"`
	Rule         *Rule      `json:"rule"`
	Reason       Reason     `json:"reason"`
	Note         string     `json:"note"` // detail of a problem
	Pass         *Pass      `json:"pass"`
	Trail        []Line     `json:"trail"`
	SettledAt    *time.Time `json:"settled_at"`
	// Changes is what became of it since, in the order of receipt: its content is
	// as it came.
	Changes []Amendment `json:"changes,omitempty"`
}

// Account is the books of one channel: what was accepted, and where it is.
// Accepted comes from the intake ledger, the rest from the messages, so that
// the two can disagree if something is lost.
type Account struct {
	Name      string `json:"name"`
	Kind      string `json:"kind"`
	Accepted  int64  `json:"accepted"`
	Conversed int64  `json:"conversed"`
	Held      int64  `json:"held"`
	Refused   int64  `json:"refused"`
	Dead      int64  `json:"dead"`
	Purged    int64  `json:"purged"`
	InFlight  int64  `json:"in_flight"`
	Repeats   int64  `json:"repeats"` // acknowledged again, stored once
	Ignored   int64  `json:"ignored"` // receipts, echoes, unknown events
	Foreign   int64  `json:"foreign"` // for another tenant of the provider's app
}

// HourAccount is what came on a channel within an hour, and where it is now.
type HourAccount struct {
	Channel   string    `json:"-"`
	Hour      time.Time `json:"hour"` // its beginning
	Accepted  int64     `json:"accepted"`
	Conversed int64     `json:"conversed"`
	Held      int64     `json:"held"`
	Refused   int64     `json:"refused"`
	Dead      int64     `json:"dead"`
	Purged    int64     `json:"purged"`
	InFlight  int64     `json:"in_flight"`
}

// Balances reports whether the account adds up.
func (a Account) Balances() bool {
	return a.Accepted == a.Conversed+a.Held+a.Refused+a.Dead+a.Purged+a.InFlight
}
