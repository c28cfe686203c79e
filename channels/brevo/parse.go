package brevo

import (
	"bytes"
	"encoding/json"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

var errBody = errors.New("the body is not as Brevo writes them")

// Parse reads the mails of a post, or counts an event of something else.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if len(bytes.TrimSpace(r.Raw)) == 0 {
		return nil, channels.Reply{Ignored: 1}, nil
	}
	var body struct {
		Items json.RawMessage `json:"items"`
		event
	}
	if err := json.Unmarshal(r.Raw, &body); err != nil || body.Items == nil && body.Event == "" {
		return nil, channels.Reply{}, errBody
	}
	if body.Items == nil {
		return nil, body.reply(), nil
	}
	items, err := channels.Elements(body.Items)
	if err != nil {
		return nil, channels.Reply{}, errBody
	}
	stamp, err := h.Settings.Stamp(h.host, "")
	if err != nil {
		return nil, channels.Reply{}, err
	}
	var arrivals []ingest.Arrival
	for _, it := range items {
		arrivals = append(arrivals, reader.Arrival(stamp, it))
	}
	return arrivals, channels.Reply{}, nil
}

// event is what Brevo's other webhooks tell of mail that was sent.
type event struct {
	Event     string `json:"event"`
	MessageID string `json:"message-id"`
	At        int64  `json:"ts_event"` // in seconds
}

// outcomes are the events after which nothing more comes of a mail; others are
// delays and what its reader does.
var outcomes = map[string]ingest.Delivery{
	"delivered": ingest.Delivered, "hard_bounce": ingest.Failed, "blocked": ingest.Failed, "invalid_email": ingest.Failed, "error": ingest.Failed,
}

func (e event) reply() channels.Reply {
	status, found := outcomes[e.Event]
	if !found || e.MessageID == "" {
		return channels.Reply{Ignored: 1}
	}
	report := ingest.DeliveryReport{ID: channels.Line(e.MessageID, 200), Status: status}
	if status == ingest.Failed {
		report.Code = e.Event
	}
	if e.At > 0 {
		report.At = time.Unix(e.At, 0).UTC()
	}
	return channels.Reply{Reports: []ingest.DeliveryReport{report}}
}
