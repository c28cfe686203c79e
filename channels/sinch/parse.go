package sinch

import (
	"bytes"
	"encoding/json"
	"errors"
	"slices"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// callback is what tells the events of both APIs apart: those of the SMS API by
// their type, those of the Conversation API by the one member that they have.
type callback struct {
	Type string `json:"type"` // of the SMS API

	AppID   string           `json:"app_id"` // of the Conversation API
	Message *json.RawMessage `json:"message"`
}

var incoming = []string{"mo_text", "mo_binary", "mo_media"}

// Parse reads the one message of a callback, or counts what is none: receipts,
// and events of conversations, contacts and channels.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if len(bytes.TrimSpace(r.Raw)) == 0 {
		return nil, channels.Reply{Ignored: 1}, nil
	}
	var c callback
	if err := json.Unmarshal(r.Raw, &c); err != nil {
		return nil, channels.Reply{}, errors.New("the body is no callback of Sinch")
	}
	s, foreign := h.host.Stamp(), h.AppID != "" && c.AppID != h.AppID
	isMessage := c.Message != nil && isIncoming(*c.Message)
	switch {
	case slices.Contains(incoming, c.Type):
	case isMessage && foreign:
		return nil, channels.Reply{Foreign: 1}, nil
	case isMessage:
		s.Product = conversation
	case foreign && c.AppID != "": // the SMS API knows no apps
		return nil, channels.Reply{Ignored: 1}, nil
	default:
		return nil, besides(r.Raw, s.Region), nil
	}
	return []ingest.Arrival{reader.Arrival(s, r.Raw)}, channels.Reply{}, nil
}

// read is the message of a callback, or of a row of the SMS API's list.
func read(s channels.Stamp, element []byte) (channels.Reading, error) {
	if s.Product == conversation {
		return readConversation(element, s.Region)
	}
	return readSMS(element, s.Region)
}
