package whatsapp

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"

	"gatehouse/channels"
	"gatehouse/channels/meta"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// message is one as the network writes it. What it says is under the name of its
// type.
type message struct {
	who
	ID        string           `json:"id"`
	Timestamp channels.Written `json:"timestamp"`
	Type      string           `json:"type"`
	Context   struct {
		ID string `json:"id"`
	} `json:"context"`
	Errors []struct {
		Code  channels.Written `json:"code"`
		Title string           `json:"title"`
	} `json:"errors"`

	content
}

// contact is what somebody calls themselves.
type contact struct {
	who
	Profile struct {
		Name     string `json:"name"`
		Username string `json:"username"`
	} `json:"profile"`
}

// read is the message of an element.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var m message
	if err := json.Unmarshal(element, &m); err != nil {
		return r, errors.New("the message cannot be read")
	}
	r.Keys, r.Content = []string{channels.Line(m.ID, 300)}, ingest.Sum(string(m.From+m.FromUserID), m.Type, m.words(), string(m.Timestamp))
	var o outer
	if err := json.Unmarshal(s.Outer, &o); err != nil {
		return r, errors.New("it is not known to whom the message came")
	}
	if r.Message, err = m.from(s, o); err != nil {
		return r, err
	}
	if to := channels.Line(string(cmp.Or(o.To.Display, o.To.ID)), 100); to != "" {
		r.Message.To = []ingest.Mailbox{{Address: number(to, s.Region)}}
	}
	r.Message.SentAt, r.Message.Text = moment(m.Timestamp), channels.Text(m.words())
	if answered := channels.Line(m.Context.ID, 300); answered != "" {
		r.Message.Answers = []string{answered}
	}
	r.Message.Change = m.change()
	r.Files, r.Message.Defects = m.files()
	if !m.known() {
		r.Message.Defects = append(r.Message.Defects, m.unsupported())
	}
	return r, nil
}

// from is who wrote it.
func (m message) from(s channels.Stamp, o outer) (ingest.Message, error) {
	var c contact
	for _, raw := range o.Contact {
		if err := json.Unmarshal(raw, &c); err != nil {
			return ingest.Message{}, errors.New("the sender's contact cannot be read")
		}
	}
	var ids []ingest.Identity
	if m.From != "" {
		if id, err := phone.Sender("+"+string(m.From), s.Region); err == nil {
			ids = append(ids, id)
		}
	}
	for _, id := range []channels.Written{m.From, cmp.Or(m.FromUserID, c.UserID)} {
		if id, err := meta.Identity("whatsapp", id); err == nil {
			ids = append(ids, id)
		}
	}
	if len(ids) == 0 {
		return ingest.Message{}, errors.New("the message is from nobody")
	}
	name, address := cmp.Or(c.Profile.Name, c.Profile.Username), cmp.Or(m.From, m.FromUserID)
	return ingest.Message{Identities: ids, From: ingest.Sender{
		Identity: ids[0], Name: channels.Line(name, 200), Address: channels.Line(string(address), 200),
	}}, nil
}

// number is one of the desk's own, as numbers are written.
func number(written string, region ingest.Region) string {
	if id, err := phone.Sender("+"+written, region); err == nil {
		return id.Value
	}
	return written
}

// unsupported says what the network could not hand over, or this cannot read.
func (m message) unsupported() ingest.Defect {
	detail := fmt.Sprintf("a message of type %q", channels.Line(m.Type, 40))
	for _, e := range m.Errors {
		detail = fmt.Sprintf("%s: %s", channels.Line(string(e.Code), 20), channels.Line(e.Title, 120))
	}
	return ingest.Defect{Code: "unsupported", Detail: detail}
}
