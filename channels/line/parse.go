package line

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// outer is what an event must know of what stands around it.
type outer struct {
	Destination channels.Written `json:"destination"` // the bot
}

// Parse reads the messages among a request's events, which may be of different
// people, and counts the rest. There are no events when LINE tries the URL.
func (h *hook) Parse(r channels.Request) (arrivals []ingest.Arrival, reply channels.Reply, err error) {
	var batch struct {
		outer
		Events []json.RawMessage `json:"events"`
	}
	if err := json.Unmarshal(r.Raw, &batch); err != nil || batch.Events == nil {
		return nil, reply, errors.New("the body is no batch of events")
	}
	for _, element := range batch.Events {
		if a := h.happened(batch.outer, element, &reply); a != nil {
			arrivals = append(arrivals, *a)
		}
	}
	return arrivals, reply, nil
}

// happening is what an event is, and of whom.
type happening struct {
	Type      string           `json:"type"`
	Timestamp channels.Written `json:"timestamp"` // ms, of the event, however often it is delivered
	Source    source           `json:"source"`
}

// happened is the arrival of an event, nil for what is only counted.
func (h *hook) happened(o outer, element json.RawMessage, reply *channels.Reply) *ingest.Arrival {
	var x happening
	err := json.Unmarshal(element, &x)
	ours := h.ours(o.Destination)
	switch told := err == nil && x.Type != "message" && x.Type != "unsend" && x.Type != ""; {
	case told:
		if opting, ok := x.opting(); ok && ours {
			reply.Opts = append(reply.Opts, opting)
		} else {
			reply.Ignored++
		}
	case !ours:
		reply.Foreign++
	default:
		stamp := h.host.Stamp()
		stamp.Outer, _ = json.Marshal(o) // part of a body that was JSON
		a := reader.Arrival(stamp, element)
		return &a
	}
	return nil
}

// optings are the events by which somebody lets the account write to them, or
// blocks it.
var optings = map[string]ingest.Opt{"follow": ingest.OptIn, "unfollow": ingest.OptOut}

func (x happening) opting() (o ingest.Opting, ok bool) {
	id, err := identity(x.Source.UserID)
	if o.Opt = optings[x.Type]; o.Opt == "" || err != nil {
		return o, false
	}
	o.Identity = id
	if at := x.Timestamp.Unix(time.Millisecond); at != nil {
		o.At = *at
	}
	return o, true
}

// source is who did something, and where.
type source struct {
	UserID  channels.Written `json:"userId"` // in a group "" for who did not consent
	GroupID channels.Written `json:"groupId"`
	RoomID  channels.Written `json:"roomId"`
}

// group is the group or the room, "" for a chat with one person.
func (s source) group() channels.Written { return cmp.Or(s.GroupID, s.RoomID) }

// sender is how a message names them.
func (s source) sender() (ingest.Sender, error) {
	id, err := identity(cmp.Or(s.UserID, s.group()))
	return ingest.Sender{Identity: id, Address: id.Value}, err
}

func identity(id channels.Written) (ingest.Identity, error) {
	return ingest.ParseIdentity("line", string(id), ingest.Verified)
}
