package ingest

import "time"

// GroupBy is what the tickets of a group have in common.
type GroupBy string

// What tickets are grouped by.
const (
	GroupByRule    GroupBy = "rule"
	GroupByContact GroupBy = "contact"
	GroupByDomain  GroupBy = "domain"
	GroupByChannel GroupBy = "channel"
	GroupByReason  GroupBy = "reason"
)

// Group is tickets of the blocked list that have something in common, and what
// that is: a rule or, where the system holds, the reason; a contact; a domain,
// "" for senders without one; a channel; a reason.
type Group struct {
	Rule        *Rule     `json:"rule"`
	Reason      string    `json:"reason"`
	Contact     *Person   `json:"contact"`
	Domain      string    `json:"domain"`
	Channel     string    `json:"channel"`
	HeldAt      time.Time `json:"held_at"` // of the newest hold
	Tickets     int       `json:"tickets"`
	Messages    int       `json:"messages"`
	Unopened    int       `json:"unopened"`
	LikelyWrong int       `json:"likely_wrong"`
}

// Groups is a part of a list of groups, with counts of all that was asked for.
type Groups struct {
	List[Group]
	Total      int `json:"total"`      // groups
	Tickets    int `json:"tickets"`    // in all of them
	Unopened   int `json:"unopened"`   // of these
	Unsearched int `json:"unsearched"` // messages whose text cannot be searched yet: it will be soon
}

// Person is a contact as a list names it.
type Person struct {
	ID      ID     `json:"id"`
	Name    string `json:"name"`
	Address string `json:"address"` // that they are longest known by
}

// HeldOrder names what an order, or a lift of rules, would take of the blocked
// list.
type HeldOrder struct {
	Tickets  []ID
	Messages []ID
	Filter   *TicketFilter
	Rules    []int64 // all that they hold
}

// HeldCase is a held message with the facts that rules ask for.
type HeldCase struct {
	Message Message
	Facts   Facts
}

// HeldCases is what an order would take, counted, and so many of the messages
// as were asked for.
type HeldCases struct {
	AsOf     string // names the moment to orders, as the list does
	Messages int
	Tickets  int
	People   int
	Cases    []HeldCase
}
