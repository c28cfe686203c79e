package clickatell

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/phone"
	"gatehouse/ingest"
)

// sms is a callback: of a message that came in, or of how far one came that was sent.
type sms struct {
	ID        channels.Written `json:"messageId"`
	From      channels.Written `json:"fromNumber"`
	To        channels.Written `json:"toNumber"`
	Timestamp channels.Written `json:"timestamp"` // milliseconds since 1970
	Text      string           `json:"text"`
	Charset   string           `json:"charset"`

	StatusCode channels.Written `json:"statusCode"`
}

var errBody = errors.New("the body is not as Clickatell writes them")

// Parse reads the one message of a callback, or a receipt.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if len(bytes.TrimSpace(r.Raw)) == 0 {
		return nil, channels.Reply{Ignored: 1}, nil
	}
	var m sms
	if err := json.Unmarshal(r.Raw, &m); err != nil {
		return nil, channels.Reply{}, errBody
	}
	switch {
	case m.StatusCode != "":
		return nil, m.receipt(), nil
	case m.ID == "" && m.From == "":
		return nil, channels.Reply{Ignored: 1}, nil
	}
	return []ingest.Arrival{reader.Arrival(h.host.Stamp(), r.Raw)}, channels.Reply{}, nil
}

// deliveries are Clickatell's codes for how far something came; others are steps
// on the way.
var deliveries = map[channels.Written]ingest.Delivery{
	"3": ingest.Sent, "4": ingest.Delivered,
	"1": ingest.Failed, "5": ingest.Failed, "6": ingest.Failed, "7": ingest.Failed, "9": ingest.Failed,
	"10": ingest.Failed, "12": ingest.Failed, "13": ingest.Failed, "14": ingest.Failed,
}

func (m sms) receipt() channels.Reply {
	status, known := deliveries[m.StatusCode]
	if !known || m.ID == "" {
		return channels.Reply{Ignored: 1}
	}
	report := ingest.DeliveryReport{ID: string(m.ID), Status: status}
	if status == ingest.Failed {
		report.Code = string(m.StatusCode)
	}
	if at := m.Timestamp.Unix(time.Millisecond); at != nil {
		report.At = *at
	}
	return channels.Reply{Reports: []ingest.DeliveryReport{report}}
}

// read is the message of a callback.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var m sms
	if err := json.Unmarshal(element, &m); err != nil {
		return r, errBody
	}
	r.Keys = []string{channels.Line(string(m.ID), 100)}
	id, err := phone.Sender(string(m.From), s.Region)
	if err != nil {
		return r, fmt.Errorf("the sender cannot be read: %w", err)
	}
	text, decoded := plain(m.Text, m.Charset)
	r.Message = ingest.Message{
		From: ingest.Sender{Identity: id, Address: channels.Line(string(m.From), 200)},
		To:   phone.Recipients(string(m.To), s.Region), Text: channels.Text(text), SentAt: m.Timestamp.Unix(time.Millisecond),
	}
	r.Content = ingest.Sum(string(m.From), string(m.To), r.Message.Text)
	if !decoded {
		r.Message.Defects = []ingest.Defect{{Code: "charset", Detail: "the text is not in its charset " + channels.Line(m.Charset, 40)}}
	}
	return r, nil
}
