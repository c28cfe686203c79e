package messagebird

import (
	"cmp"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// maxMedia is more than MessageBird allows in one message.
const maxMedia = 20

var errUnknown = errors.New("a message of a type without text and files")

// sms is one as a form has it, or JSON, or a row of the list.
type sms struct {
	ID         string           `json:"id"`
	Originator channels.Written `json:"originator"`
	Recipient  channels.Written `json:"recipient"`
	Body       string           `json:"body"`
	Created    string           `json:"createdDatetime"`
	Media      []string         `json:"mediaUrls"`
	Type       string           `json:"type"` // binary has its octets in hexadecimal
	Direction  string           `json:"direction"`
	Recipients struct {
		Items []struct {
			Recipient channels.Written `json:"recipient"`
		} `json:"items"`
	} `json:"recipients"` // in a row
}

// read is the message of a request, or of a row of the list.
func read(s channels.Stamp, element []byte) (channels.Reading, error) {
	switch {
	case s.Product == conversations:
		return readConversation(s, element)
	case s.Row || s.Product == jsonSMS:
		var m sms
		if err := json.Unmarshal(element, &m); err != nil {
			return channels.Reading{}, errJSON
		}
		if len(m.Recipients.Items) > 0 {
			m.Recipient = m.Recipients.Items[0].Recipient
		}
		return m.reading(s.Region)
	}
	form, err := channels.ParseForm(string(element))
	if err != nil {
		return channels.Reading{}, err
	}
	return formOf(form).reading(s.Region)
}

// formOf is an SMS of a form. Those to short codes have other names for the same.
func formOf(form channels.Form) sms {
	return sms{
		ID: form.First("id", "mid"), Originator: channels.Written(form.Get("originator")),
		Recipient: channels.Written(form.First("recipient", "shortcode")), Body: form.First("body", "message"),
		Created: form.First("createdDatetime", "receive_datetime"), Media: nonEmpty(slices.Concat(form.All("mediaUrls"), form.All("mediaUrls[]"))),
	}
}

func (m sms) reading(region ingest.Region) (r channels.Reading, err error) {
	if id := channels.Line(m.ID, 100); id != "" {
		r.Keys = []string{id}
	}
	// The list may write numbers in another way than the webhook.
	r.Content = ingest.Sum(strings.TrimPrefix(string(m.Originator), "+"), m.Body)
	from, err := phone.Sender(string(m.Originator), region)
	if err != nil {
		return r, fmt.Errorf("the sender cannot be read: %w", err)
	}
	r.Message = ingest.Message{From: ingest.Sender{Identity: from, Address: channels.Line(string(m.Originator), 200)}, SentAt: timeOf(m.Created)}
	r.Message.To = phone.Recipients(string(m.Recipient), region)
	if octets, err := hex.DecodeString(m.Body); err == nil && m.Type == "binary" {
		r.Files = []channels.File{{Bytes: octets, Attachment: ingest.Attachment{Filename: "message.bin", ContentType: "application/octet-stream"}}}
		return r, nil
	}
	r.Message.Text = channels.Text(m.Body)
	for _, url := range m.Media[:min(len(m.Media), maxMedia)] {
		r.Files = append(r.Files, channels.File{URL: url, Attachment: ingest.Attachment{Filename: channels.URLName(url)}})
	}
	return r, nil
}

// identities are the sender's: on SMS and WhatsApp a number, elsewhere an id of
// the network's own.
func identities(platform, from, number string, region ingest.Region) ([]ingest.Identity, error) {
	address := cmp.Or(from, number)
	switch platform {
	case "sms":
		id, err := phone.Sender(address, region)
		return []ingest.Identity{id}, err
	case "whatsapp":
		if id, err := phone.Number(address, region); err == nil {
			account, err := ingest.ParseIdentity("whatsapp", strings.TrimPrefix(id.Value, "+"), ingest.Verified)
			return []ingest.Identity{id, account}, err
		}
	case "facebook":
		platform = "messenger"
	}
	id, err := ingest.ParseIdentity(platform, address, ingest.Verified)
	if err != nil {
		return nil, fmt.Errorf("the sender cannot be read: %w", err)
	}
	return []ingest.Identity{id}, nil
}

func nonEmpty(list []string) []string {
	return slices.DeleteFunc(list, func(s string) bool { return s == "" })
}
