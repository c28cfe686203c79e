package webhook

import (
	"encoding/json"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// envelope is what must be known beside an element to make its message: the message
// is made of the two and of nothing else, at arrival as at any later reading,
// whatever the settings are by then.
type envelope struct {
	At       time.Time         `json:"at"`
	Type     string            `json:"type"` // "json" or "form"
	Delivery string            `json:"delivery,omitempty"`
	Map      fields            `json:"map"`
	Kind     string            `json:"kind,omitempty"`
	How      ingest.How        `json:"how"`
	Outer    map[string]string `json:"outer,omitempty"` // what the map takes from around the element
}

// Reread makes the message of a raw form again.
func Reread(raw []byte) (ingest.Message, error) {
	var e envelope
	element, err := channels.Unseal(raw, &e)
	if err != nil {
		return ingest.Message{}, err
	}
	if e.Type == "form" {
		values, err := url.ParseQuery(string(element))
		if err != nil {
			return ingest.Message{}, errors.New("webhook message: no form")
		}
		return e.message(form(values))
	}
	if !json.Valid(element) {
		return ingest.Message{}, errors.New("webhook message: no JSON")
	}
	return e.message(&node{raw: element})
}

// outer keeps a value from around the element. What cannot be read is absent.
func (e *envelope) outer(path string, whole source) {
	if e.Outer == nil {
		e.Outer = map[string]string{}
	}
	e.Outer[path], _ = whole.value(path)
}

// value is what the map finds at a path; "" is no path.
func (e envelope) value(from source, path string) (string, error) {
	if path == "" {
		return "", nil
	}
	if text, found := e.Outer[path]; found {
		return text, nil
	}
	return from.value(path)
}

func (e envelope) message(from source) (ingest.Message, error) {
	var values [6]string
	for i, path := range []string{e.Map.From, e.Map.Name, e.Map.To, e.Map.Subject, e.Map.Text, e.Map.SentAt} {
		var err error
		if values[i], err = e.value(from, path); err != nil {
			return ingest.Message{}, err
		}
	}
	m := ingest.Message{
		To: recipients(values[2]), Subject: channels.Line(values[3], 1000), Text: channels.Text(values[4]),
		ReceivedAt: e.At, Auto: ingest.AutoNone,
	}
	m.ReplyText = m.Text
	if strings.TrimSpace(m.Text) == "" && m.Subject == "" {
		return ingest.Message{}, fmt.Errorf("there is no text at %q", e.Map.Text)
	}
	if m.SentAt = sentAt(values[5]); m.SentAt == nil && values[5] != "" {
		m.Defects = []ingest.Defect{{Code: "date", Detail: "sent_at is no time"}}
	}
	who, err := ingest.ParseIdentity(kindOf(e.Kind, values[0]), values[0], e.How)
	if err != nil {
		return ingest.Message{}, fmt.Errorf("there is no sender at %q: %w", e.Map.From, err)
	}
	m.From = ingest.Sender{Identity: who, Name: channels.Line(values[1], 200), Address: channels.Line(values[0], ingest.MaxValue)}
	m.Identities = []ingest.Identity{who}
	return m, nil
}

func recipients(list string) []ingest.Mailbox {
	var to []ingest.Mailbox
	for line := range strings.SplitSeq(list, "\n") {
		if address := channels.Line(line, ingest.MaxValue); address != "" {
			to = append(to, ingest.Mailbox{Address: address})
		}
	}
	return to
}

// kindOf tells by its looks what an address is, unless kind says it.
func kindOf(kind, address string) string {
	if kind != "" {
		return kind
	}
	if _, err := ingest.CanonicalEmail(address); err == nil {
		return "email"
	}
	address = strings.TrimSpace(address)
	if phone, err := ingest.CanonicalPhone(address); err == nil && strings.HasPrefix(address, "+") && len(phone) > 7 {
		return "phone"
	}
	return "external"
}
