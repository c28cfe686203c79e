package twilio

import (
	"encoding/json"
	"errors"
	"net/mail"
	"time"

	"gatehouse/channels"
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

// listed is what of the row matters to the list. What cannot be read is kept.
func (r row) listed() channels.Row {
	if r.err != nil {
		return channels.Row{Element: r.raw}
	}
	listed := channels.Row{Element: r.raw, Key: r.SID, To: r.To, Sent: r.Direction != "inbound"}
	if at := r.sentAt(); at != nil {
		listed.At = *at
	}
	return listed
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

// form is the row as the webhook would have said it.
func (r row) form() channels.Form {
	return channels.Form{{Name: "MessageSid", Value: r.SID}, {Name: "From", Value: r.From}, {Name: "To", Value: r.To},
		{Name: "Body", Value: r.Body}, {Name: "NumMedia", Value: r.NumMedia}}
}
