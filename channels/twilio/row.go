package twilio

import (
	"encoding/json"
	"errors"
	"net/mail"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// row is a message as the API lists it.
type row struct {
	raw json.RawMessage
	err error

	SID       string `json:"sid"`
	Direction string `json:"direction"`
	From      string `json:"from"`
	To        string `json:"to"`
	Body      string `json:"body"`
	NumMedia  string `json:"num_media"`
	DateSent  string `json:"date_sent"`
	Created   string `json:"date_created"`
}

func readRow(raw json.RawMessage) row {
	r := row{raw: raw}
	if r.err = json.Unmarshal(raw, &r); r.err == nil && r.SID == "" {
		r.err = errors.New("the row has no sid")
	}
	return r
}

// outbound reports whether we sent it. What cannot be read is kept.
func (r row) outbound() bool { return r.err == nil && r.Direction != "inbound" }

// sentBefore reports whether it came before the window: DateSent counts in days.
func (r row) sentBefore(from time.Time) bool {
	at := r.sentAt()
	return at != nil && at.Before(from)
}

// sentAt is when Twilio called the webhook (RFC 5322 §3.3), nil if unknown.
func (r row) sentAt() *time.Time {
	for _, text := range []string{r.DateSent, r.Created} {
		if at, err := mail.ParseDate(text); err == nil {
			at = at.UTC()
			return &at
		}
	}
	return nil
}

func (r row) key() string {
	if r.err != nil {
		return "row:" + string(r.raw)
	}
	return r.SID
}

// form is the row as the webhook would have said it.
func (r row) form() channels.Form {
	return channels.Form{{Name: "MessageSid", Value: r.SID}, {Name: "From", Value: r.From}, {Name: "To", Value: r.To},
		{Name: "Body", Value: r.Body}, {Name: "NumMedia", Value: r.NumMedia}}
}

// arrival is the row's message, received at the given time.
func (r row) arrival(at time.Time) ingest.Arrival {
	a := reader.Arrival(channels.Stamp{At: at, Row: true}, r.raw)
	if r.err != nil {
		a.Keys = []string{r.key()}
	}
	return a
}
