package outbound

import (
	"encoding/json"
	"strings"
	"time"

	"gatehouse/ingest"
)

// told is an event as endpoints are told of it: as the log has it, with the
// timestamp that Standard Webhooks gives every payload.
type told struct {
	Type         string          `json:"type"`
	Timestamp    string          `json:"timestamp"`
	ID           string          `json:"id"`
	At           string          `json:"at"`
	Conversation string          `json:"conversation_id"`
	Contact      string          `json:"contact_id"`
	Message      string          `json:"message_id"`
	Data         json.RawMessage `json:"data"`
}

// Body is what is posted of an event: the same octets each time.
func Body(format ingest.EndpointFormat, e ingest.Event) ([]byte, error) {
	if format == ingest.FormatSlack {
		return json.Marshal(map[string]string{"text": sentence(e)})
	}
	at := e.At.UTC().Truncate(time.Millisecond).Format("2006-01-02T15:04:05.000Z")
	t := told{Type: e.Type, Timestamp: at, ID: e.ID, At: at, Conversation: e.Conversation.String(), Contact: e.Contact.String(),
		Message: e.Message.String(), Data: e.Data}
	if len(t.Data) == 0 {
		t.Data = json.RawMessage("{}")
	}
	return json.Marshal(t)
}

// slackEscaper takes their meaning from the characters that have one in Slack's text.
var slackEscaper = strings.NewReplacer("&", "&amp;", "<", "&lt;", ">", "&gt;")

// alerted is what a line tells of an alert.
type alerted struct {
	Says string `json:"says"`
	Do   string `json:"do"`
}

// lines are how a line about an alert begins.
var lines = map[string]string{"alert.raised": "Alert: ", "alert.reminded": "Still so: ", "alert.cleared": "Over: "}

// sentence says in one line what an event is about.
func sentence(e ingest.Event) string {
	var a alerted
	if begin := lines[e.Type]; begin != "" && json.Unmarshal(e.Data, &a) == nil && a.Says != "" {
		return slackEscaper.Replace(strings.TrimSpace(begin + a.Says + " " + a.Do))
	}
	words := []string{e.Type}
	for _, of := range []struct {
		what string
		id   ingest.ID
	}{{"conversation", e.Conversation}, {"contact", e.Contact}, {"message", e.Message}} {
		if !of.id.IsZero() {
			words = append(words, of.what+" "+of.id.String())
		}
	}
	return strings.Join(words, ", ")
}
