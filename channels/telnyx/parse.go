package telnyx

import (
	"encoding/json"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// event is what a request tells.
type event struct {
	Type    string          `json:"event_type"`
	At      string          `json:"occurred_at"`
	Payload json.RawMessage `json:"payload"`
}

// Parse reads the one event of a request: a message that came in, how far one
// went that was sent, or something else, which is counted.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	var reply channels.Reply
	var body struct {
		Data json.RawMessage `json:"data"`
	}
	if err := json.Unmarshal(r.Raw, &body); err != nil && len(r.Raw) > 0 {
		return nil, reply, errors.New("the body is no JSON")
	}
	if body.Data == nil {
		reply.Ignored = 1
		return nil, reply, nil
	}
	var e event
	if err := json.Unmarshal(body.Data, &e); err != nil {
		return nil, reply, errors.New("the body is no event")
	}
	switch e.Type {
	case "message.received":
		return []ingest.Arrival{reader.Arrival(h.host.Stamp(), body.Data)}, reply, nil
	case "message.sent", "message.finalized":
		reply.Reports = reports(e)
	}
	if reply.Reports == nil {
		reply.Ignored = 1
	}
	return nil, reply, nil
}

// delivery is what the status of a recipient means; others are steps on the way,
// or nobody knows.
var delivery = map[string]ingest.Delivery{
	"sent": ingest.Sent, "delivered": ingest.Delivered, "sending_failed": ingest.Failed, "delivery_failed": ingest.Failed,
}

// reports are the receipt that an event is, nil if it says nothing. Of a message
// to several it fails if it fails for one.
func reports(e event) []ingest.DeliveryReport {
	var sent struct {
		ID string `json:"id"`
		To []struct {
			Status string `json:"status"`
		} `json:"to"`
		Errors []struct {
			Code channels.Written `json:"code"`
		} `json:"errors"`
	}
	if json.Unmarshal(e.Payload, &sent) != nil {
		return nil
	}
	r := ingest.DeliveryReport{ID: sent.ID}
	r.At, _ = time.Parse(time.RFC3339, e.At)
	for _, to := range sent.To {
		if status := delivery[to.Status]; status != "" && r.Status != ingest.Failed {
			r.Status = status
		}
	}
	if r.Status == ingest.Failed && len(sent.Errors) > 0 {
		r.Code = string(sent.Errors[0].Code)
	}
	if r.ID == "" || r.Status == "" {
		return nil
	}
	return []ingest.DeliveryReport{r}
}
