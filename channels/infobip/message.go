package infobip

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// result is a message, as it is posted and as it is logged.
type result struct {
	ID          channels.Written `json:"messageId"`
	From        channels.Written `json:"from"`
	To          channels.Written `json:"to"`
	Text        string           `json:"text"`
	CleanText   string           `json:"cleanText"` // without its keyword
	ReceivedAt  string           `json:"receivedAt"`
	Integration string           `json:"integrationType"` // of other networks than SMS and MMS
	Contact     struct {
		Name string `json:"name"`
	} `json:"contact"`
	Message json.RawMessage `json:"message"` // of an MMS, and of other networks
}

// read is the message of a result.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var m result
	if err := json.Unmarshal(element, &m); err != nil {
		return r, errors.New("the message is not as Infobip writes them")
	}
	r.Keys = []string{channels.Line(string(m.ID), 100)}
	r.Message.Text, r.Message.SentAt = channels.Text(cmp.Or(m.Text, m.CleanText)), instant(m.ReceivedAt)
	if err := m.contents(&r); err != nil {
		return r, err
	}
	// The log has neither prices nor files, and a form of its own for the rest.
	r.Content = ingest.Sum(string(m.From), string(m.To), r.Message.Text)
	if err := m.sender(&r.Message, s.Region); err != nil {
		return r, err
	}
	r.Message.To = phone.Recipients(string(m.To), s.Region)
	return r, nil
}

// numbered are the networks whose senders are telephone numbers.
var numbered = []string{"", "sms", "mms", "rcs", "whatsapp", "viber", "viber_bm"}

// sender is a number, a name that nobody checks, or who they are on a network.
func (m result) sender(to *ingest.Message, region ingest.Region) error {
	network := strings.ToLower(m.Integration)
	id, err := phone.Sender(string(m.From), region)
	if !slices.Contains(numbered, network) {
		id, err = ingest.ParseIdentity(network, string(m.From), ingest.Verified)
	}
	if err != nil {
		return fmt.Errorf("the sender cannot be read: %w", err)
	}
	to.From = ingest.Sender{Identity: id, Name: channels.Line(m.Contact.Name, 200), Address: channels.Line(string(m.From), 200)}
	to.Identities = []ingest.Identity{id}
	if network == "whatsapp" && id.Kind == "phone" {
		if account, err := ingest.ParseIdentity(network, string(m.From), ingest.Verified); err == nil {
			to.Identities = append(to.Identities, account)
		}
	}
	return nil
}
