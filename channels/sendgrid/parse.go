package sendgrid

import (
	"bytes"
	"encoding/json"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Parse reads the one mail of a post, or events of mail that was sent, which
// SendGrid may have been told to post to the same URL.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	media := r.Header.Get("Content-Type")
	if len(bytes.TrimSpace(r.Raw)) == 0 {
		return nil, channels.Reply{Ignored: 1}, nil
	}
	if strings.HasPrefix(strings.ToLower(media), "application/json") {
		reply, err := events(r.Raw)
		return nil, reply, err
	}
	form, err := pushmail.ParseForm(media, r.Raw)
	if err != nil {
		return nil, channels.Reply{}, err
	}
	if len(form.Form) == 0 && len(form.Files) == 0 {
		return nil, channels.Reply{Ignored: 1}, nil
	}
	stamp, err := h.Settings.Stamp(h.host, media)
	if err != nil {
		return nil, channels.Reply{}, err
	}
	return []ingest.Arrival{reader.Arrival(stamp, r.Raw)}, channels.Reply{}, nil
}

// event is one of the Event Webhook.
type event struct {
	Event     string           `json:"event"`
	Email     string           `json:"email"`
	MessageID string           `json:"sg_message_id"` // the id that sending answered, a dot, and more
	Timestamp channels.Written `json:"timestamp"`     // seconds since 1970
	Status    string           `json:"status"`        // of RFC 3463, of a bounce
}

func events(body []byte) (reply channels.Reply, err error) {
	elements, err := channels.Elements(body)
	if err != nil {
		return reply, err
	}
	for _, element := range elements {
		var e event
		if json.Unmarshal(element, &e) != nil || !e.tell(&reply) {
			reply.Ignored++
		}
	}
	return reply, nil
}

// deliveries are the events that say how far something came, at last.
var deliveries = map[string]ingest.Delivery{
	"delivered": ingest.Delivered, "bounce": ingest.Failed, "dropped": ingest.Failed,
}

// tell adds what the event means to us; false: nothing.
func (e event) tell(reply *channels.Reply) bool {
	at := time.Time{}
	if t := e.Timestamp.Unix(time.Second); t != nil {
		at = *t
	}
	id, _, _ := strings.Cut(e.MessageID, ".")
	if how, known := deliveries[e.Event]; known && id != "" {
		report := ingest.DeliveryReport{ID: id, Status: how, At: at}
		if how == ingest.Failed {
			report.Code = e.Status
		}
		reply.Reports = append(reply.Reports, report)
		return true
	}
	who, err := ingest.ParseIdentity("email", e.Email, ingest.Header)
	if err != nil || e.Event != "unsubscribe" && e.Event != "spamreport" {
		return false
	}
	reply.Opts = append(reply.Opts, ingest.Opting{Identity: who, Opt: ingest.OptOut, At: at})
	return true
}
