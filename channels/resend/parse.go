package resend

import (
	"bytes"
	"encoding/json"
	"errors"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// event is what Resend posts.
type event struct {
	Type    string          `json:"type"`
	Created string          `json:"created_at"` // the same in each of its tries
	Data    json.RawMessage `json:"data"`
}

var errBody = errors.New("the body is not as Resend writes them")

// Parse reads the one event of a post: a mail, which is fetched, or what became
// of one that was sent.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if len(bytes.TrimSpace(r.Raw)) == 0 {
		return nil, channels.Reply{Ignored: 1}, nil
	}
	var e event
	if err := json.Unmarshal(r.Raw, &e); err != nil || e.Type == "" {
		return nil, channels.Reply{}, errBody
	}
	if e.Type != "email.received" {
		return nil, e.reply(), nil
	}
	a, err := h.arrival(r, e)
	if err != nil {
		return nil, channels.Reply{}, err
	}
	return []ingest.Arrival{a}, channels.Reply{}, nil
}

// arrival is the mail of an event, as far as it can be had. The error is
// temporary.
func (h *hook) arrival(r channels.Request, e event) (a ingest.Arrival, err error) {
	stamp, element := h.host.Stamp(), []byte(e.Data)
	stamp.Product = ofNotice
	about := around{Settings: h.settings.Settings}
	if mail, err := readEmail(e.Data); err == nil && mail.id() != "" {
		about.ID = mail.id()
		product, content, err := h.fetch(r, about.ID)
		if err = h.host.Lacking(moment(e.Created), err); err != nil {
			return a, err
		}
		if content != nil {
			stamp.Product, element = product, content
		}
	}
	stamp.Outer, err = json.Marshal(about)
	if err != nil {
		return a, err
	}
	return reader.Arrival(stamp, element), nil
}

// fetch is the mail whole, or else what the API says of it. Where there is an
// error there may be content nevertheless.
func (h *hook) fetch(r channels.Request, id string) (product string, content []byte, err error) {
	fields, err := r.Fetch(h.host.Outside, h.api.mail(id))
	if err != nil {
		return "", nil, err
	}
	e, err := readEmail(fields)
	if err != nil || e.id() != id {
		return "", nil, errAnswer
	}
	if e.Raw.URL == "" {
		return ofFields, fields, nil
	}
	whole, err := r.Fetch(h.host.Outside, h.api.raw(e.Raw.URL))
	if err != nil || len(bytes.TrimSpace(whole)) == 0 {
		return ofFields, fields, err
	}
	return ofMail, whole, nil
}

// reply is what an event of mail that was sent becomes.
func (e event) reply() channels.Reply {
	var d struct {
		EmailID string `json:"email_id"`
		Bounce  struct {
			Type string `json:"type"`
		} `json:"bounce"`
	}
	report := ingest.DeliveryReport{At: moment(e.Created)}
	if json.Unmarshal(e.Data, &d) == nil {
		report.ID = channels.Line(d.EmailID, 200)
	}
	switch {
	case e.Type == "email.delivered":
		report.Status = ingest.Delivered
	case e.Type == "email.bounced" && d.Bounce.Type != "Transient", e.Type == "email.failed":
		report.Status, report.Code = ingest.Failed, channels.Line(d.Bounce.Type, 40)
	}
	if report.Status == "" || report.ID == "" {
		return channels.Reply{Ignored: 1}
	}
	return channels.Reply{Reports: []ingest.DeliveryReport{report}}
}
