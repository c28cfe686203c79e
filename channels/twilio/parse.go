package twilio

import (
	"net/http"

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
	form, err := channels.ParseForm(string(raw))
	if err != nil {
		return nil, reply, err
	}
	if !isMessage(form) {
		if report, found := reportOf(form); found {
			reply.Reports = []ingest.DeliveryReport{report}
		} else {
			reply.Ignored = 1
		}
		return nil, reply, nil
	}
	return []ingest.Arrival{reader.Arrival(h.host.Stamp(), raw)}, reply, nil
}

// isMessage tells a message that came in from the receipts of those that went
// out, which have their ids.
func isMessage(form channels.Form) bool {
	inbound := func(status string) bool { return status == "" || status == "received" || status == "receiving" }
	return sidOf(form) != "" && inbound(form.Get("MessageStatus")) && inbound(form.Get("SmsStatus"))
}

// deliveries are Twilio's words for how far something came. The others are for
// steps before.
var deliveries = map[string]ingest.Delivery{
	"sent": ingest.Sent, "delivered": ingest.Delivered, "read": ingest.Read,
	"undelivered": ingest.Failed, "failed": ingest.Failed, "canceled": ingest.Failed,
}

// reportOf is what a status callback says of a message that went out.
func reportOf(form channels.Form) (r ingest.DeliveryReport, found bool) {
	r = ingest.DeliveryReport{ID: sidOf(form), Code: channels.Line(form.Get("ErrorCode"), 40)}
	r.Status, found = deliveries[form.First("MessageStatus", "SmsStatus")]
	return r, found && r.ID != ""
}

// optOf is what Twilio made of a message by the words that the account has set
// for opting out (Advanced Opt-Out).
func optOf(form channels.Form) ingest.Opt {
	return map[string]ingest.Opt{"STOP": ingest.OptOut, "START": ingest.OptIn, "HELP": ingest.OptHelp}[form.Get("OptOutType")]
}

// sidOf is the message's id, which has had three names.
func sidOf(form channels.Form) string {
	return channels.Line(form.First("MessageSid", "SmsMessageSid", "SmsSid"), 100)
}
