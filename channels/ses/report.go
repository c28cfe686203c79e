package ses

import (
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// outcome is what became of a mail that the desk sent, where SES tells the same
// topic.
type outcome struct {
	Bounce struct {
		Type       string `json:"bounceType"`
		SubType    string `json:"bounceSubType"`
		Timestamp  string `json:"timestamp"`
		Recipients []struct {
			Status string `json:"status"` // RFC 3463
		} `json:"bouncedRecipients"`
	} `json:"bounce"`
	Delivery struct {
		Timestamp string `json:"timestamp"`
	} `json:"delivery"`
}

// besides is what a notification holds that is no mail.
func (n notice) besides() channels.Reply {
	report := ingest.DeliveryReport{ID: channels.Line(n.Mail.MessageID, 200)}
	at := ""
	switch n.NotificationType + n.EventType {
	case "Bounce":
		report.Status, report.Code, at = ingest.Failed, n.code(), n.Bounce.Timestamp
	case "Delivery":
		report.Status, at = ingest.Delivered, n.Delivery.Timestamp
	}
	if report.Status == "" || report.ID == "" || n.Bounce.Type == "Transient" {
		return channels.Reply{Ignored: 1}
	}
	report.At, _ = time.Parse(time.RFC3339, at) // the zero time is none
	return channels.Reply{Reports: []ingest.DeliveryReport{report}}
}

// code says why a mail bounced: the status that its receiver gave, else SES's own
// words.
func (n notice) code() string {
	for _, r := range n.Bounce.Recipients {
		if r.Status != "" {
			return channels.Line(r.Status, 40)
		}
	}
	return channels.Line(strings.Trim(n.Bounce.Type+"/"+n.Bounce.SubType, "/"), 40)
}
