package telnyx

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// party is whoever sent a message, or got it.
type party struct {
	Number string `json:"phone_number"`
}

// UnmarshalJSON reads it. Of what was sent some answers give the number alone.
func (p *party) UnmarshalJSON(b []byte) error {
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &p.Number)
	}
	type plain party
	return json.Unmarshal(b, (*plain)(p))
}

// message is one as an event has it, and the API by its id.
type message struct {
	Record    string  `json:"record_type"`
	ID        string  `json:"id"`
	UUID      string  `json:"uuid"` // in a detail record
	Type      string  `json:"type"`
	From      party   `json:"from"`
	To        []party `json:"to"`
	CC        []party `json:"cc"`
	Text      string  `json:"text"`
	Subject   string  `json:"subject"`
	Media     []media `json:"media"`
	Received  string  `json:"received_at"`
	Autoreply string  `json:"autoresponse_type"`
}

type media struct {
	URL    string           `json:"url"`
	Type   string           `json:"content_type"`
	Size   channels.Written `json:"size"` // octets
	SHA256 string           `json:"sha256"`
}

// opts are the words that Telnyx answers itself, and heeds.
var opts = map[string]ingest.Opt{"STOP": ingest.OptOut, "START": ingest.OptIn, "HELP": ingest.OptHelp}

// read is the message of an event, or what the API says of it by its id.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	payload := json.RawMessage(element)
	if !s.Row {
		var e event
		if err := json.Unmarshal(element, &e); err != nil {
			return r, errors.New("the event cannot be read")
		}
		payload = e.Payload
	}
	var m message
	if err := json.Unmarshal(payload, &m); err != nil {
		return r, errors.New("the message cannot be read")
	}
	return reading(m, s.Region)
}

func reading(m message, region ingest.Region) (r channels.Reading, err error) {
	if id := channels.Line(cmp.Or(m.ID, m.UUID), 100); id != "" {
		r.Keys = []string{id}
	}
	r.Content = ingest.Sum(m.From.Number, m.Text)
	if m.Record == detailRecord {
		return r, errors.New("a record of the message is left, and not its text")
	}
	if m.Type != "SMS" && m.Text == "" && len(m.Media) == 0 {
		return r, fmt.Errorf("a message of type %q without text and files", channels.Line(m.Type, 20))
	}
	from, err := phone.Sender(m.From.Number, region)
	if err != nil {
		return r, fmt.Errorf("the sender cannot be read: %w", err)
	}
	r.Message = ingest.Message{
		From: ingest.Sender{Identity: from, Address: channels.Line(m.From.Number, 200)}, To: recipients(m),
		Subject: channels.Line(m.Subject, 500), Text: channels.Text(m.Text), Opt: opts[m.Autoreply],
	}
	if at, err := time.Parse(time.RFC3339, m.Received); err == nil {
		at = at.UTC()
		r.Message.SentAt = &at
	}
	for _, f := range m.Media {
		r.Files = append(r.Files, f.file())
	}
	return r, nil
}

func (f media) file() channels.File {
	size, err := strconv.ParseInt(string(f.Size), 10, 64)
	if err != nil || size < 0 {
		size = 0 // it says none
	}
	return channels.File{URL: f.URL, Attachment: ingest.Attachment{
		Filename: channels.URLName(f.URL), ContentType: channels.Line(f.Type, 127), Size: size, SHA256: channels.Line(f.SHA256, 64),
	}}
}

// recipients are the desk's number and, of an MMS to a group, the others.
func recipients(m message) (all []ingest.Mailbox) {
	for _, list := range [][]party{m.To, m.CC} {
		for _, p := range list {
			all = append(all, ingest.Mailbox{Address: channels.Line(p.Number, 200)})
		}
	}
	return all
}
