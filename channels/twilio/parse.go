package twilio

import (
	"bytes"
	"net/http"
	"net/url"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// noReply is TwiML that sends nothing back.
const noReply = "<Response></Response>"

// Parse reads the one message of a request, or counts what is none: receipts
// of what was sent, and events of other products.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	reply := channels.Reply{Type: "text/xml", Body: []byte(noReply)}
	raw := r.Raw
	if r.Method == http.MethodGet {
		raw = []byte(r.URL.RawQuery)
	} else if _, err := formOf(r); err != nil {
		reply.Ignored = 1
		return nil, reply, nil
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, reply, err
	}
	if !isMessage(form) {
		reply.Ignored = 1
		return nil, reply, nil
	}
	a, err := arrivalOf(envelope{At: h.host.Now().UTC().Truncate(time.Millisecond)}, raw, form, nil)
	return []ingest.Arrival{a}, reply, err
}

// isMessage tells a message that came in from the receipts of those that went
// out, which have their ids.
func isMessage(form url.Values) bool {
	inbound := func(status string) bool { return status == "" || status == "received" || status == "receiving" }
	return sidOf(form) != "" && inbound(form.Get("MessageStatus")) && inbound(form.Get("SmsStatus"))
}

// sidOf is the message's id, which has had three names.
func sidOf(form url.Values) string {
	for _, name := range []string{"MessageSid", "SmsMessageSid", "SmsSid"} {
		if sid := channels.Line(form.Get(name), 100); sid != "" {
			return sid
		}
	}
	return ""
}

// arrivalOf makes the arrival of a message's bytes, of the form that they hold
// or stand for, and of when it was sent.
func arrivalOf(e envelope, element []byte, form url.Values, sent *time.Time) (ingest.Arrival, error) {
	raw, err := channels.Seal(e, bytes.Clone(element))
	if err != nil {
		return ingest.Arrival{}, err
	}
	a := ingest.Arrival{
		Raw: raw, Derived: true, Keys: []string{sidOf(form)},
		// A repeat has another place of origin in it, or comes from the API.
		Content: ingest.Sum(form.Get("From"), form.Get("To"), form.Get("Body")),
	}
	if a.Message, err = e.message(form, sent); err != nil {
		a.Message = ingest.Message{ReceivedAt: e.At, Auto: ingest.AutoNone}
		a.Derived, a.Problem, a.Note = false, ingest.ReasonUnreadable, channels.Line(err.Error(), 500)
	}
	return a, nil
}
