package ingest

import "time"

// RuleReach is what rules would have met of the last 30 days' messages, had
// they stood: conversed and held ones, since of refused and deleted ones
// nothing is left. What other rules say of the same messages is not asked.
type RuleReach struct {
	Messages          int       `json:"messages"`
	Contacts          int       `json:"contacts"`
	OpenConversations int       `json:"open_conversations"` // unclosed ones that the messages are in
	AnsweredContacts  int       `json:"answered_contacts"`  // those of them with whom an agent ever talked
	Examples          []Reached `json:"examples"`           // the newest, at most five
	Since             time.Time `json:"since"`              // how far back was looked
	Complete          bool      `json:"complete"`           // false: there were too many messages to look back for 30 days
}

// Reached is a message that a rule would have met.
type Reached struct {
	Message    ID        `json:"message_id"`
	Contact    ID        `json:"contact_id"`
	Channel    string    `json:"channel"`
	ReceivedAt time.Time `json:"received_at"`
	State      State     `json:"state"`
}
