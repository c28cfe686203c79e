package vonage

import (
	"bytes"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// element is what of a request is read: the query of a GET, else the body.
func element(r channels.Request) []byte {
	if r.Method == http.MethodGet {
		return []byte(r.URL.RawQuery)
	}
	return r.Raw
}

// Parse reads the one message of a request, or counts what is none.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if isProbe(r) {
		return nil, channels.Reply{}, nil
	}
	if h.productOf(r) == productMessages {
		return h.parseMessages(r)
	}
	form, err := parameters(element(r))
	if err != nil {
		return nil, channels.Reply{}, err
	}
	switch {
	case form.Get("status") != "" && form.Get("type") == "":
		return nil, told(smsReport(form)), nil
	case form.Get("messageId") == "" || form.Get("msisdn") == "":
		return nil, channels.Reply{Ignored: 1}, nil
	}
	return h.arrival(productSMS, element(r)), channels.Reply{}, nil
}

func (h *hook) parseMessages(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	var m inbound
	err := json.Unmarshal(r.Raw, &m)
	switch {
	case err != nil && m.UUID == "":
		return nil, channels.Reply{}, errors.New("the body is no message in JSON")
	case m.Status != "" && m.kind() == "":
		return nil, told(m.report()), nil
	case err == nil && (m.UUID == "" || m.kind() == ""): // else whether it is a message nobody can tell
		return nil, channels.Reply{Ignored: 1}, nil
	}
	return h.arrival(productMessages, r.Raw), channels.Reply{}, nil
}

func (h *hook) arrival(product string, element []byte) []ingest.Arrival {
	stamp := h.host.Stamp()
	stamp.Product = product
	return []ingest.Arrival{reader.Arrival(stamp, element)}
}

// told is the answer to a report, counted only if it says nothing new.
func told(r ingest.DeliveryReport) channels.Reply {
	if r.Status == "" || r.ID == "" {
		return channels.Reply{Ignored: 1}
	}
	return channels.Reply{Reports: []ingest.DeliveryReport{r}}
}

// smsStates are a receipt's; buffered and unknown are none of these.
var smsStates = map[string]ingest.Delivery{
	"accepted": ingest.Sent, "delivered": ingest.Delivered,
	"failed": ingest.Failed, "rejected": ingest.Failed, "expired": ingest.Failed, "deleted": ingest.Failed,
}

// smsReport is a receipt of the SMS API.
func smsReport(form channels.Form) ingest.DeliveryReport {
	r := ingest.DeliveryReport{ID: form.Get("messageId"), Status: smsStates[form.Get("status")]}
	if r.Status == ingest.Failed {
		r.Code = form.Get("err-code")
	}
	if at := sentAt(form.Get("message-timestamp")); at != nil {
		r.At = *at
	}
	return r
}

// The forms in which Vonage writes times; those without a zone are UTC.
var timeForms = []string{time.RFC3339, time.DateTime, "2006-01-02T15:04:05-0700"}

func sentAt(text string) *time.Time {
	for _, form := range timeForms {
		if at, err := time.Parse(form, text); err == nil {
			at = at.UTC()
			return &at
		}
	}
	return nil
}

// parameters are those of a request to the SMS API: a query, a form, or an object
// in JSON with nothing but simple values.
func parameters(element []byte) (channels.Form, error) {
	if text := bytes.TrimSpace(element); len(text) == 0 || text[0] != '{' {
		return channels.ParseForm(string(element))
	}
	var values map[string]json.RawMessage
	if err := json.Unmarshal(element, &values); err != nil {
		return nil, errors.New("this is no JSON")
	}
	var form channels.Form
	for name, value := range values {
		text, err := simple(value)
		if err != nil {
			return nil, err
		}
		form = append(form, channels.Field{Name: name, Value: text})
	}
	return form, nil
}

func simple(value json.RawMessage) (string, error) {
	if text := string(value); text == "true" || text == "false" {
		return text, nil
	}
	var w channels.Written
	err := json.Unmarshal(value, &w)
	return string(w), err
}
