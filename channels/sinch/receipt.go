package sinch

import (
	"encoding/json"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// receipt is what the receipts of both APIs say.
type receipt struct {
	Batch    string           `json:"batch_id"` // of the SMS API, by which it knows what was sent
	Status   string           `json:"status"`   // of one recipient
	Code     channels.Written `json:"code"`
	At       string           `json:"at"`
	Statuses []struct {       // of all recipients
		Status string           `json:"status"`
		Code   channels.Written `json:"code"`
	} `json:"statuses"`

	EventTime string    `json:"event_time"` // of the Conversation API
	Report    *progress `json:"message_delivery_report"`
	OptIn     *opting   `json:"opt_in_notification"`
	OptOut    *opting   `json:"opt_out_notification"`
}

type progress struct {
	ID     string `json:"message_id"`
	Status string `json:"status"`
	Reason struct {
		Code string `json:"code"`
	} `json:"reason"`
}

type opting struct {
	Channel  string           `json:"channel"`
	Identity channels.Written `json:"identity"`
	Status   string           `json:"status"`
}

// deliveries are what Sinch calls how far something came; other words are steps
// on the way.
var deliveries = map[string]ingest.Delivery{
	"dispatched": ingest.Sent, "queued_on_channel": ingest.Sent, "delivered": ingest.Delivered, "read": ingest.Read,
	"aborted": ingest.Failed, "cancelled": ingest.Failed, "rejected": ingest.Failed, "deleted": ingest.Failed,
	"failed": ingest.Failed, "expired": ingest.Failed,
}

// besides is what a callback that is no message says: how far something came
// that was sent, or that somebody wants no more or more of it.
func besides(body []byte, region ingest.Region) (reply channels.Reply) {
	var r receipt
	if json.Unmarshal(body, &r) != nil {
		return channels.Reply{Ignored: 1}
	}
	if r.Batch != "" {
		reply.Reports = report(reply.Reports, r.Batch, r.Status, string(r.Code), r.At)
		for _, s := range r.Statuses {
			reply.Reports = report(reply.Reports, r.Batch, s.Status, string(s.Code), "")
		}
	}
	if r.Report != nil {
		reply.Reports = report(reply.Reports, r.Report.ID, r.Report.Status, r.Report.Reason.Code, r.EventTime)
	}
	reply.Opts = r.OptIn.opt(reply.Opts, ingest.OptIn, r.EventTime, region)
	reply.Opts = r.OptOut.opt(reply.Opts, ingest.OptOut, r.EventTime, region)
	if len(reply.Reports)+len(reply.Opts) == 0 {
		reply.Ignored = 1
	}
	return reply
}

func report(all []ingest.DeliveryReport, id, status, code, at string) []ingest.DeliveryReport {
	how, known := deliveries[strings.ToLower(status)]
	if !known || id == "" {
		return all
	}
	if how != ingest.Failed {
		code = ""
	}
	return append(all, ingest.DeliveryReport{ID: id, Status: how, Code: code, At: moment(at)})
}

// opt is an opting that succeeded, of somebody who can be told.
func (o *opting) opt(all []ingest.Opting, opt ingest.Opt, at string, region ingest.Region) []ingest.Opting {
	if o == nil || strings.Contains(o.Status, "FAILED") {
		return all
	}
	from, _, err := contact(o.Channel, string(o.Identity), region)
	if err != nil {
		return all
	}
	return append(all, ingest.Opting{Identity: from.Identity, Opt: opt, At: moment(at)})
}

func moment(text string) time.Time {
	if at := instant(text); at != nil {
		return *at
	}
	return time.Time{}
}
