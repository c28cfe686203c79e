package mailjet

import (
	"bytes"
	"encoding/json"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Parse reads the one mail of a post, or events of mail that was sent: Mailjet's
// other webhooks may have been told the same URL.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if len(bytes.TrimSpace(r.Raw)) == 0 {
		return nil, channels.Reply{Ignored: 1}, nil
	}
	if events, found := eventsOf(r.Raw); found {
		return nil, reply(events), nil
	}
	if _, err := readPost(r.Raw); err != nil {
		return nil, channels.Reply{}, err
	}
	stamp, err := h.Settings.Stamp(h.host, "")
	if err != nil {
		return nil, channels.Reply{}, err
	}
	return []ingest.Arrival{reader.Arrival(stamp, r.Raw)}, channels.Reply{}, nil
}

// event is what Mailjet's Event API tells, one by one or in lists.
type event struct {
	Event     string           `json:"event"`
	MessageID channels.Written `json:"MessageID"` // a number of 64 bits
	Time      int64            `json:"time"`      // in seconds
	Hard      bool             `json:"hard_bounce"`
	Error     string           `json:"error"`
}

func eventsOf(body []byte) (list []event, found bool) {
	if json.Unmarshal(body, &list) != nil {
		var one event
		if json.Unmarshal(body, &one) != nil || one.Event == "" {
			return nil, false
		}
		return []event{one}, true
	}
	return list, true
}

func reply(events []event) (r channels.Reply) {
	for _, e := range events {
		if report, found := e.report(); found {
			r.Reports = append(r.Reports, report)
		} else {
			r.Ignored++
		}
	}
	return r
}

// report is what became of a mail; false: nothing that counts.
func (e event) report() (r ingest.DeliveryReport, found bool) {
	r.ID = string(e.MessageID)
	switch {
	case e.Event == "sent": // to the receiver's server
		r.Status = ingest.Delivered
	case e.Event == "bounce" && e.Hard, e.Event == "blocked":
		r.Status, r.Code = ingest.Failed, channels.Line(e.Error, 40)
	}
	if e.Time > 0 {
		r.At = time.Unix(e.Time, 0).UTC()
	}
	return r, r.Status != "" && r.ID != ""
}
