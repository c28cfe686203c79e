package plivo

import (
	"net/http"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// noReply is Plivo's XML that sends nothing back.
const noReply = "<Response></Response>"

// Parse reads the one message of a request, or counts what is none: receipts of
// what was sent, and events of other products.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	reply := channels.Reply{Type: "application/xml", Body: []byte(noReply)}
	raw := r.Raw
	if r.Method == http.MethodGet {
		raw = []byte(r.URL.RawQuery)
	}
	form, err := channels.ParseForm(string(raw))
	if err != nil {
		return nil, reply, err
	}
	switch status := form.Get("Status"); {
	case delivery[status] != "":
		reply.Reports = []ingest.DeliveryReport{report(form)}
	case status != "" || !isMessage(form):
		reply.Ignored = 1
	default:
		return []ingest.Arrival{reader.Arrival(h.host.Stamp(), raw)}, reply, nil
	}
	return nil, reply, nil
}

// isMessage tells a message from what is about none. Receipts, which have a
// Status, have an id of a message, too.
func isMessage(form channels.Form) bool {
	return form.First("MessageUUID", "Text", "Body", "Media0") != ""
}

// delivery is what a receipt's Status means; queued is none of these.
var delivery = map[string]ingest.Delivery{
	"sent": ingest.Sent, "delivered": ingest.Delivered, "read": ingest.Read,
	"undelivered": ingest.Failed, "failed": ingest.Failed, "rejected": ingest.Failed,
}

// report is a receipt. One of a part names the whole, too, by the id that Plivo
// gave to whoever sent it.
func report(form channels.Form) ingest.DeliveryReport {
	r := ingest.DeliveryReport{ID: form.First("ParentMessageUUID", "MessageUUID"), Status: delivery[form.Get("Status")]}
	if r.Status == ingest.Failed {
		r.Code = form.Get("ErrorCode")
	}
	return r
}
