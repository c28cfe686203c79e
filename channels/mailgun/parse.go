package mailgun

import (
	"bytes"
	"encoding/json"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Parse reads the one mail of a post, or an event of mail that was sent, which
// Mailgun may have been told to post to the same URL. Stored mail is fetched,
// whole, where Mailgun can be asked; the fields that tell of it are enough if it
// cannot.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	switch {
	case len(bytes.TrimSpace(r.Raw)) == 0:
		return nil, channels.Reply{Ignored: 1}, nil
	case isJSON(r):
		return nil, told(r.Raw), nil
	}
	media := r.Header.Get("Content-Type")
	form, err := pushmail.ParseForm(media, r.Raw)
	if err != nil {
		return nil, channels.Reply{}, err
	}
	p := post{form}
	if !p.isMail() {
		return nil, channels.Reply{Ignored: 1}, nil // an event as it was before 2018, or nothing
	}
	a, err := h.arrival(r, media, p)
	if err != nil {
		return nil, channels.Reply{}, err
	}
	return []ingest.Arrival{a}, channels.Reply{}, nil
}

// arrival is the mail of a post. The error is temporary.
func (h *hook) arrival(r channels.Request, media string, p post) (a ingest.Arrival, err error) {
	stamp, element := h.host.Stamp(), r.Raw
	f := facts{Around: pushmail.Around{Type: media, Settings: h.Settings}}
	address, key := h.storedAt(p)
	f.Key = key
	raw, err := h.fetch(r, address)
	if err != nil {
		return a, err
	}
	if raw != nil {
		d := p.delivery(p.header(), f)
		d.Verdicts = verdicts(h.Settings, pushmail.HeaderOf(raw), d.Envelope.From)
		f.Delivery, element = &d, raw
	}
	if stamp.Outer, err = json.Marshal(f); err != nil {
		return a, err
	}
	return reader.Arrival(stamp, element), nil
}

// event is one of mail that was sent.
type event struct {
	Event     string  `json:"event"`
	Severity  string  `json:"severity"`
	Timestamp float64 `json:"timestamp"` // seconds since 1970, with fractions
	Recipient string  `json:"recipient"`
	Message   struct {
		Headers struct {
			MessageID string `json:"message-id"`
		} `json:"headers"`
	} `json:"message"`
	Status struct {
		Code channels.Written `json:"code"`
	} `json:"delivery-status"`
}

// told is what an event means to us.
func told(body []byte) channels.Reply {
	var b struct {
		Event event `json:"event-data"`
	}
	if json.Unmarshal(body, &b) != nil {
		return channels.Reply{Ignored: 1}
	}
	e, id := b.Event, b.Event.Message.Headers.MessageID
	switch {
	case e.Event == "delivered" && id != "":
		return e.report(ingest.Delivered, "")
	case e.Event == "failed" && e.Severity == "permanent" && id != "":
		return e.report(ingest.Failed, string(e.Status.Code))
	case e.Event == "unsubscribed" || e.Event == "complained":
		return e.opting()
	}
	return channels.Reply{Ignored: 1}
}

func (e event) report(how ingest.Delivery, code string) channels.Reply {
	return channels.Reply{Reports: []ingest.DeliveryReport{{ID: e.Message.Headers.MessageID, Status: how, Code: code, At: e.at()}}}
}

// opting is that somebody wants no more mail.
func (e event) opting() channels.Reply {
	who, err := ingest.ParseIdentity("email", e.Recipient, ingest.Header)
	if err != nil {
		return channels.Reply{Ignored: 1}
	}
	return channels.Reply{Opts: []ingest.Opting{{Identity: who, Opt: ingest.OptOut, At: e.at()}}}
}

func (e event) at() time.Time {
	if e.Timestamp <= 0 || e.Timestamp > 1e11 {
		return time.Time{}
	}
	return time.UnixMilli(int64(e.Timestamp * 1000)).UTC()
}
