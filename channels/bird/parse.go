package bird

import (
	"encoding/json"
	"errors"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// event is what a webhook subscription tells: of which network, and whether it
// came in or was sent.
type event struct {
	Event   string          `json:"event"` // sms.inbound
	Payload json.RawMessage `json:"payload"`
}

// Parse reads the one event of a request: a message that came in, how far one
// went that was sent, or something else, which is counted.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	var reply channels.Reply
	var e event
	if len(r.Raw) > 0 && json.Unmarshal(r.Raw, &e) != nil {
		return nil, reply, errors.New("the body is no event")
	}
	network, what, _ := strings.Cut(e.Event, ".")
	var about struct {
		Direction string `json:"direction"`
	}
	_ = json.Unmarshal(e.Payload, &about) // the reader says what is wrong with it
	switch {
	case what == "inbound" && e.Payload == nil:
		return nil, reply, errors.New("the event has no payload")
	case what == "inbound" && about.Direction != "outgoing":
		stamp := h.host.Stamp()
		stamp.Product = network
		return []ingest.Arrival{reader.Arrival(stamp, e.Payload)}, reply, nil
	case what == "outbound":
		reply.Reports = reports(e.Payload)
	}
	if reply.Reports == nil {
		reply.Ignored = 1
	}
	return nil, reply, nil
}

// delivery is what a status means; the others are steps on the way.
var delivery = map[string]ingest.Delivery{
	"sent": ingest.Sent, "delivered": ingest.Delivered, "read": ingest.Read, "sending_failed": ingest.Failed, "delivery_failed": ingest.Failed,
	"rejected": ingest.Failed, "failed": ingest.Failed,
}

// reports are the receipt that an event is, nil if it says nothing. Bird says in
// words why something failed, and in no code.
func reports(payload json.RawMessage) []ingest.DeliveryReport {
	var sent struct {
		ID     string `json:"id"`
		Status string `json:"status"`
		At     string `json:"lastStatusAt"`
	}
	if json.Unmarshal(payload, &sent) != nil || sent.ID == "" || delivery[sent.Status] == "" {
		return nil
	}
	r := ingest.DeliveryReport{ID: sent.ID, Status: delivery[sent.Status]}
	r.At, _ = time.Parse(time.RFC3339, sent.At)
	return []ingest.DeliveryReport{r}
}
