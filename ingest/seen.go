package ingest

import (
	"net/netip"
	"time"
)

// Seen is what the device of a contact last said of itself: in a chat, never in
// a mail. It is read from the message that said it, and is gone with it.
type Seen struct {
	At       time.Time  `json:"at"`
	Message  ID         `json:"message_id"`
	Channel  string     `json:"channel"`
	Source   string     `json:"source"` // the channel's kind
	ClientIP netip.Addr `json:"client_ip"`
	Browser  string     `json:"browser"`
	OS       string     `json:"os"`
	Agent    string     `json:"user_agent"`
	Page     *Page      `json:"page"`
	Widget   string     `json:"widget"`
	Locale   string     `json:"locale"`
	TimeZone string     `json:"time_zone"`
	Region   string     `json:"region"` // where a proxy of ours saw the connection come from, as DE
}

// SeenIn is what a message says of its sender's device.
func SeenIn(r Record) *Seen {
	s := &Seen{At: r.ReceivedAt, Message: r.ID, Channel: r.Channel, Source: r.Kind, ClientIP: r.ClientIP}
	t := r.Technical
	if t == nil {
		return s
	}
	s.Agent, s.Page, s.Widget, s.Locale, s.TimeZone, s.Region = t.Agent, t.Page, t.Widget, t.Locale, t.TimeZone, t.Region
	if t.Device != nil {
		s.Browser, s.OS = t.Device.Browser, t.Device.OS
	}
	return s
}
