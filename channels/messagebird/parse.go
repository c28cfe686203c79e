package messagebird

import (
	"errors"
	"mime"
	"net/http"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// The products, which have forms of their own; that of SMS is a form.
const (
	jsonSMS       = "json"
	conversations = "conversations"
)

// Parse reads the one message of a request, or what it says of one that was sent.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	reply := channels.Reply{Type: "text/plain", Body: []byte("OK")}
	raw := r.Raw
	if r.Method == http.MethodGet {
		raw = []byte(r.URL.RawQuery)
	} else if kind, _, _ := mime.ParseMediaType(r.Header.Get("Content-Type")); kind == "application/json" {
		return h.parseJSON(raw, reply)
	}
	form, err := channels.ParseForm(string(raw))
	if err != nil {
		return nil, reply, err
	}
	switch {
	case form.First("body", "message", "mediaUrls") != "" || form.Get("originator") != "" && form.Get("status") == "":
		return []ingest.Arrival{reader.Arrival(h.host.Stamp(), raw)}, reply, nil
	case form.Get("status") != "":
		h.receipt(form, &reply)
	default:
		reply.Ignored = 1
	}
	return nil, reply, nil
}

// delivery is what a status means; the others are steps on the way.
var delivery = map[string]ingest.Delivery{
	"sent": ingest.Sent, "delivered": ingest.Delivered, "read": ingest.Read,
	"expired": ingest.Failed, "delivery_failed": ingest.Failed, "failed": ingest.Failed, "rejected": ingest.Failed,
}

// stopped is the error of what was sent to somebody who had opted out.
const stopped = "103"

func (h *hook) receipt(form channels.Form, reply *channels.Reply) {
	d := ingest.DeliveryReport{ID: form.Get("id"), Status: delivery[form.Get("status")]}
	if at := timeOf(form.Get("statusDatetime")); at != nil {
		d.At = *at
	}
	code := form.Get("statusErrorCode")
	if d.Status == ingest.Failed {
		d.Code = code
	}
	if d.Status == "" || d.ID == "" {
		reply.Ignored = 1
	} else {
		reply.Reports = []ingest.DeliveryReport{d}
	}
	if to, err := phone.Number(form.Get("recipient"), h.host.Region); err == nil && code == stopped {
		reply.Opts = []ingest.Opting{{Identity: to, Opt: ingest.OptOut, At: d.At}}
	}
}

// timeOf reads both ways in which MessageBird writes moments: with a zone, whose
// + may have become a space, and for short codes as 14 digits, in UTC.
func timeOf(text string) *time.Time {
	at, err := time.Parse(time.RFC3339, strings.ReplaceAll(text, " ", "+"))
	if err != nil {
		at, err = time.Parse("20060102150405", text)
	}
	if err != nil {
		return nil
	}
	at = at.UTC()
	return &at
}

var errJSON = errors.New("the body is no JSON")
