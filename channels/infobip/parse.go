package infobip

import (
	"bytes"
	"encoding/json"
	"errors"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

var errBody = errors.New("the body is not as Infobip writes them")

// Parse reads the results of a request, each for itself. Those with a status are
// receipts. An older form has one message and no list around it.
func (h *hook) Parse(r channels.Request) (arrivals []ingest.Arrival, reply channels.Reply, err error) {
	results, err := resultsOf(r.Raw)
	if err != nil {
		return nil, reply, err
	}
	if results == nil {
		reply.Ignored = 1
	}
	s := h.host.Stamp()
	for _, element := range results {
		switch report, kind := receiptOf(element); kind {
		case isReport:
			reply.Reports = append(reply.Reports, report)
		case isStep:
			reply.Ignored++
		default:
			arrivals = append(arrivals, reader.Arrival(s, element))
		}
	}
	return arrivals, reply, nil
}

// resultsOf are the elements of a body, as they are written; nil: it is of
// another kind, or empty.
func resultsOf(body []byte) ([]json.RawMessage, error) {
	if len(bytes.TrimSpace(body)) == 0 {
		return nil, nil
	}
	var b struct {
		Results   json.RawMessage  `json:"results"`
		MessageID channels.Written `json:"messageId"`
	}
	if err := json.Unmarshal(body, &b); err != nil {
		return nil, errBody
	}
	switch {
	case b.Results != nil:
		return channels.Elements(b.Results)
	case b.MessageID != "":
		return []json.RawMessage{body}, nil
	}
	return nil, nil
}

// What a result is.
const (
	isMessage = iota
	isReport  // how far something came that was sent
	isStep    // that it is on its way, or anything else that is no end
)

// receipt is a result that is no message.
type receipt struct {
	ID     channels.Written `json:"messageId"`
	Status *struct {
		Group string `json:"groupName"`
		Name  string `json:"name"`
	} `json:"status"`
	Error struct {
		Name string `json:"name"`
	} `json:"error"`
	DoneAt string `json:"doneAt"`
	SeenAt string `json:"seenAt"` // instead of a status
}

var deliveries = map[string]ingest.Delivery{
	"DELIVERED": ingest.Delivered, "UNDELIVERABLE": ingest.Failed, "EXPIRED": ingest.Failed, "REJECTED": ingest.Failed,
}

// receiptOf reads a receipt, and tells it from a message.
func receiptOf(element []byte) (report ingest.DeliveryReport, kind int) {
	var r receipt
	if json.Unmarshal(element, &r) != nil || r.Status == nil && r.SeenAt == "" {
		return report, isMessage
	}
	report = ingest.DeliveryReport{ID: string(r.ID), Status: ingest.Read, At: moment(r.SeenAt)}
	if r.Status != nil {
		known := false
		if report.Status, known = deliveries[strings.ToUpper(r.Status.Group)]; !known {
			return report, isStep
		}
		report.At = moment(r.DoneAt)
		if r.Status.Name == "DELIVERED_TO_OPERATOR" { // not yet to the handset
			report.Status = ingest.Sent
		}
		if report.Status == ingest.Failed {
			report.Code = r.code()
		}
	}
	if report.ID == "" {
		return report, isStep
	}
	return report, isReport
}

// code says why something failed.
func (r receipt) code() string {
	if r.Error.Name != "" && r.Error.Name != "NO_ERROR" {
		return r.Error.Name
	}
	return r.Status.Name
}

// instant reads Infobip's times, which have no colon in the zone.
func instant(text string) *time.Time {
	for _, layout := range []string{"2006-01-02T15:04:05.999-0700", time.RFC3339Nano} {
		if at, err := time.Parse(layout, text); err == nil {
			at = at.UTC()
			return &at
		}
	}
	return nil
}

func moment(text string) time.Time {
	if at := instant(text); at != nil {
		return *at
	}
	return time.Time{}
}
