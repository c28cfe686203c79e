package discord

import (
	"encoding/json"
	"errors"
	"net/http"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// delivery is a request: a webhook event, or a user's command to the app.
type delivery struct {
	Type  channels.Written `json:"type"`
	App   channels.Written `json:"application_id"`
	Event json.RawMessage  `json:"event"`
}

// The types of delivery. A command's check of the URL has the number of an event.
const (
	ping    = "0"
	happens = "1"
)

// pong is what a command's check wants to hear.
const pong = `{"type":1}`

// done is what Discord wants to hear of events; it insists on a Content-Type.
func done() channels.Reply {
	return channels.Reply{Status: http.StatusNoContent, Type: "application/json"}
}

// Parse reads the one event of a request. Commands are not answered: this is no
// bot.
func (h *hook) Parse(r channels.Request) (arrivals []ingest.Arrival, reply channels.Reply, err error) {
	reply = done()
	var d delivery
	if err := json.Unmarshal(r.Raw, &d); err != nil {
		return nil, reply, errors.New("the body is no event")
	}
	switch event := len(d.Event) > 0 && string(d.Event) != "null"; {
	case d.Type == ping:
	case d.Type == happens && !event:
		reply = channels.Reply{Type: "application/json", Body: []byte(pong)}
	case d.Type != happens || !h.tells(d.Event):
		reply.Ignored = 1
	case !h.ours(d.App):
		reply.Foreign = 1
	default:
		stamp := h.host.Stamp()
		stamp.Outer, _ = json.Marshal(outer{d.App}) // a part of a body that was JSON
		arrivals = []ingest.Arrival{reader.Arrival(stamp, d.Event)}
	}
	return arrivals, reply, nil
}

// outer is what of a message stands around it.
type outer struct {
	App channels.Written `json:"application"`
}

// event is something that happened.
type event struct {
	Type string          `json:"type"`
	At   string          `json:"timestamp"`
	Data json.RawMessage `json:"data"`
}

// does is what an event does with a message: CREATE, UPDATE, DELETE, "" if it is
// about none.
func (e event) does() string {
	for _, place := range []string{"LOBBY_MESSAGE_", "GAME_DIRECT_MESSAGE_"} {
		if does, found := strings.CutPrefix(e.Type, place); found && slices.Contains([]string{"CREATE", "UPDATE", "DELETE"}, does) {
			return does
		}
	}
	return ""
}

// tells reports whether the event is of a message that a person wrote. One that
// cannot be read may be.
func (h *hook) tells(element json.RawMessage) bool {
	var e event
	var m message
	switch err := json.Unmarshal(element, &e); {
	case err != nil:
		return true
	case e.does() == "":
		return false
	case json.Unmarshal(e.Data, &m) != nil:
		return true
	}
	return m.human() && !slices.Contains(h.OwnUserIDs, string(m.Author.ID)) && (e.does() != "UPDATE" || m.edited())
}
