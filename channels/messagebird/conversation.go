package messagebird

import (
	"encoding/json"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// event is what a webhook of the Conversations API tells. A message in it
// has its own names for what an SMS has.
type event struct {
	Type    string `json:"type"`
	Contact struct {
		Number channels.Written `json:"msisdn"`
		Name   string           `json:"displayName"`
	} `json:"contact"`
	Message *struct {
		ID        string  `json:"id"`
		Platform  string  `json:"platform"`
		From      string  `json:"from"`
		To        string  `json:"to"`
		Type      string  `json:"type"`
		Content   content `json:"content"`
		Direction string  `json:"direction"`
		Status    string  `json:"status"`
		Created   string  `json:"createdDatetime"`
		Updated   string  `json:"updatedDatetime"`
		Error     struct {
			Code channels.Written `json:"code"`
		} `json:"error"`
	} `json:"message"`
}

// content is a message's, in the member that its type names.
type content struct {
	Text     string `json:"text"`
	Image    *file  `json:"image"`
	Video    *file  `json:"video"`
	Audio    *file  `json:"audio"`
	File     *file  `json:"file"`
	Location *struct {
		Latitude  json.Number `json:"latitude"`
		Longitude json.Number `json:"longitude"`
	} `json:"location"`
}

type file struct {
	URL     string `json:"url"`
	Caption string `json:"caption"`
}

func (h *hook) parseJSON(raw []byte, reply channels.Reply) ([]ingest.Arrival, channels.Reply, error) {
	var e event
	if len(raw) > 0 && json.Unmarshal(raw, &e) != nil {
		return nil, reply, errJSON
	}
	stamp := h.host.Stamp()
	var sms struct {
		Originator channels.Written `json:"originator"`
	}
	switch {
	case e.Message != nil && e.Type == "message.created" && e.Message.Direction == "received":
		stamp.Product = conversations
	case e.Message == nil && len(raw) > 0 && json.Unmarshal(raw, &sms) == nil && sms.Originator != "":
		stamp.Product = jsonSMS
	default:
		e.report(&reply)
		return nil, reply, nil
	}
	return []ingest.Arrival{reader.Arrival(stamp, raw)}, reply, nil
}

// report is what an event says of a message that was sent.
func (e event) report(reply *channels.Reply) {
	m := e.Message
	if m == nil || m.ID == "" || m.Direction != "sent" || e.Type != "message.updated" || delivery[m.Status] == "" {
		reply.Ignored = 1
		return
	}
	d := ingest.DeliveryReport{ID: m.ID, Status: delivery[m.Status]}
	if at := timeOf(m.Updated); at != nil {
		d.At = *at
	}
	if d.Status == ingest.Failed {
		d.Code = string(m.Error.Code)
	}
	reply.Reports = []ingest.DeliveryReport{d}
}

func readConversation(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var e event
	if err := json.Unmarshal(element, &e); err != nil || e.Message == nil {
		return r, errJSON
	}
	m := e.Message
	if id := channels.Line(m.ID, 100); id != "" {
		r.Keys = []string{id}
	}
	ids, err := identities(m.Platform, m.From, string(e.Contact.Number), s.Region)
	if err != nil {
		return r, err
	}
	r.Message = ingest.Message{
		From:       ingest.Sender{Identity: ids[0], Name: channels.Line(e.Contact.Name, 200), Address: channels.Line(m.From, 200)},
		Identities: ids, SentAt: timeOf(m.Created),
	}
	if to := channels.Line(m.To, 200); to != "" {
		r.Message.To = []ingest.Mailbox{{Address: to}}
	}
	return r, m.Content.into(&r, m.Type)
}

// into adds what was sent to a reading. What is of a type that nobody knows is an
// error: its bytes are kept, and not shown as if nothing had been said.
func (c content) into(r *channels.Reading, kind string) error {
	words := []string{c.Text}
	for _, f := range []*file{c.Image, c.Video, c.Audio, c.File} {
		if f != nil {
			words = append(words, f.Caption)
			r.Files = append(r.Files, channels.File{URL: f.URL, Attachment: ingest.Attachment{Filename: channels.URLName(f.URL)}})
		}
	}
	if c.Location != nil {
		f, err := channels.Location{Latitude: c.Location.Latitude, Longitude: c.Location.Longitude}.File()
		if err != nil {
			return err
		}
		r.Files = append(r.Files, f)
	}
	words = nonEmpty(words)
	if len(words) == 0 && len(r.Files) == 0 && kind != "text" {
		return errUnknown
	}
	r.Message.Text = channels.Text(strings.Join(words, "\n"))
	return nil
}
