package sinch

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// sms is a message of the SMS API, as it is posted and as it is listed.
type sms struct {
	Type       string           `json:"type"`
	ID         channels.Written `json:"id"`
	From       channels.Written `json:"from"`
	To         channels.Written `json:"to"`
	Body       json.RawMessage  `json:"body"` // text; octets in base64; or a media body
	ReceivedAt string           `json:"received_at"`
	SentAt     string           `json:"sent_at"`
}

// mediaBody is what an MMS has.
type mediaBody struct {
	Subject string      `json:"subject"`
	Message string      `json:"message"`
	Media   []mediaFile `json:"media"`
}

type mediaFile struct {
	URL         string `json:"url"`
	ContentType string `json:"content_type"`
	Status      string `json:"status"`
	Code        int    `json:"code"` // 0: it was stored
}

func readSMS(element []byte, region ingest.Region) (r channels.Reading, err error) {
	var m sms
	if err := json.Unmarshal(element, &m); err != nil {
		return r, errors.New("the message is not as Sinch writes them")
	}
	r.Keys = []string{channels.Line(string(m.ID), 100)}
	from, err := sender(string(m.From), region)
	if err != nil {
		return r, err
	}
	r.Message.From, r.Message.To = from, phone.Recipients(string(m.To), region)
	r.Message.SentAt = instant(m.ReceivedAt, m.SentAt)
	if err := m.body(&r); err != nil {
		return r, err
	}
	// Places of the same files may differ where the message is listed.
	r.Content = ingest.Sum(string(m.From), string(m.To), r.Message.Subject, r.Message.Text)
	return r, nil
}

// body reads what was written, or sent instead.
func (m sms) body(r *channels.Reading) error {
	if m.Type == "mo_media" {
		var b mediaBody
		if err := json.Unmarshal(m.Body, &b); err != nil {
			return errors.New("the body of the MMS cannot be read")
		}
		r.Message.Subject, r.Message.Text = channels.Line(b.Subject, 1000), channels.Text(b.Message)
		for _, f := range b.Media {
			f.add(r)
		}
		return nil
	}
	var text string
	if err := json.Unmarshal(m.Body, &text); err != nil && m.Body != nil {
		return errors.New("the body of the SMS is no text")
	}
	if m.Type != "mo_binary" {
		r.Message.Text = channels.Text(text)
		return nil
	}
	octets, err := base64.StdEncoding.DecodeString(text)
	if err != nil {
		return errors.New("the body of the binary SMS is no base64")
	}
	r.Files = []channels.File{{
		Attachment: ingest.Attachment{Filename: "sms.bin", ContentType: "application/octet-stream"}, Bytes: append([]byte{}, octets...),
	}}
	return nil
}

// add lists a file of an MMS. What Sinch could not store is lost, and said.
func (f mediaFile) add(r *channels.Reading) {
	if f.Code != 0 || f.URL == "" {
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{
			Code: "media", Detail: channels.Line(fmt.Sprintf("Sinch has no file of type %s: %s %d", f.ContentType, f.Status, f.Code), 200),
		})
		return
	}
	r.Files = append(r.Files, linked(f.URL, f.ContentType, ""))
}

// linked is a file at an address; its name is the address's last part, unless
// it has one.
func linked(address, contentType, name string) channels.File {
	return channels.File{URL: address, Attachment: ingest.Attachment{
		ContentType: channels.Line(contentType, 127), Filename: cmp.Or(channels.Line(name, 200), channels.URLName(address)),
	}}
}

// instant is the first of the times that can be read.
func instant(texts ...string) *time.Time {
	for _, text := range texts {
		if at, err := time.Parse(time.RFC3339Nano, text); err == nil {
			at = at.UTC()
			return &at
		}
	}
	return nil
}
