package postmark

import (
	"bytes"
	"encoding/json"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Parse reads the one mail of a post, or a record of something else: Postmark's
// other webhooks may have been told the same URL.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if len(bytes.TrimSpace(r.Raw)) == 0 {
		return nil, channels.Reply{Ignored: 1}, nil
	}
	var kind struct {
		RecordType string
		event
	}
	if err := json.Unmarshal(r.Raw, &kind); err != nil {
		return nil, channels.Reply{}, errBody
	}
	if kind.RecordType != "" && kind.RecordType != "Inbound" {
		return nil, kind.reply(kind.RecordType), nil
	}
	stamp, err := h.Settings.Stamp(h.host, "")
	if err != nil {
		return nil, channels.Reply{}, err
	}
	return []ingest.Arrival{reader.Arrival(stamp, r.Raw)}, channels.Reply{}, nil
}

// event is what a record says of mail that was sent.
type event struct {
	MessageID       string
	Type            string // of a bounce
	DeliveredAt     string
	BouncedAt       string
	ChangedAt       string
	Recipient       string
	Origin          string // whose wish the change was
	SuppressSending bool
}

// final are the types of bounces after which nothing is tried again; others are
// delays, or answers of programs.
var final = map[string]bool{
	"HardBounce": true, "BadEmailAddress": true, "Blocked": true, "SpamNotification": true, "DMARCPolicy": true, "SMTPApiError": true,
}

// reply is what a record becomes.
func (e event) reply(record string) channels.Reply {
	switch {
	case record == "Delivery" && e.MessageID != "":
		return e.report(ingest.Delivered, "", e.DeliveredAt)
	case record == "Bounce" && e.MessageID != "" && final[e.Type]:
		return e.report(ingest.Failed, e.Type, e.BouncedAt)
	case record == "SubscriptionChange" && e.Origin == "Recipient":
		return e.opting()
	}
	return channels.Reply{Ignored: 1}
}

func (e event) report(how ingest.Delivery, code, at string) channels.Reply {
	return channels.Reply{Reports: []ingest.DeliveryReport{{ID: e.MessageID, Status: how, Code: code, At: moment(at)}}}
}

// opting is that somebody wants no more mail, or does again.
func (e event) opting() channels.Reply {
	who, err := ingest.ParseIdentity("email", e.Recipient, ingest.Header)
	if err != nil {
		return channels.Reply{Ignored: 1}
	}
	opt := ingest.OptIn
	if e.SuppressSending {
		opt = ingest.OptOut
	}
	return channels.Reply{Opts: []ingest.Opting{{Identity: who, Opt: opt, At: moment(e.ChangedAt)}}}
}

// moment is the time that Postmark writes; zero: it wrote none.
func moment(s string) time.Time {
	at, err := time.Parse(time.RFC3339, s)
	if err != nil {
		return time.Time{}
	}
	return at.UTC()
}
