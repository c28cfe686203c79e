package whatsapp

import (
	"encoding/json"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/meta"
	"gatehouse/ingest"
)

// value is what happened to one number.
type value struct {
	Metadata metadata          `json:"metadata"`
	Contacts []json.RawMessage `json:"contacts"`
	Messages []json.RawMessage `json:"messages"`
	Statuses []json.RawMessage `json:"statuses"`
	Errors   []json.RawMessage `json:"errors"`
}

// metadata is the number.
type metadata struct {
	ID      channels.Written `json:"phone_number_id"`
	Display channels.Written `json:"display_phone_number"`
}

// outer is what a message must know of what stands around it.
type outer struct {
	To      metadata          `json:"to"`
	Contact []json.RawMessage `json:"contacts,omitempty"`
}

// Parse reads the messages of all entries and changes, and counts the rest.
func (h *hook) Parse(r channels.Request) (arrivals []ingest.Arrival, reply channels.Reply, err error) {
	if reply, asked := meta.Challenge(r); asked {
		return nil, reply, nil
	}
	entries, err := meta.Entries(r.Raw, "whatsapp_business_account")
	if err != nil {
		return nil, reply, err
	}
	for _, entry := range entries {
		for _, change := range entry.Changes {
			arrivals = append(arrivals, h.changed(change, &reply)...)
		}
	}
	return arrivals, reply, nil
}

// changed are the messages of a change. One of messages that cannot be read is
// kept whole: there may be some in it.
func (h *hook) changed(c meta.Change, reply *channels.Reply) []ingest.Arrival {
	var v value
	switch {
	case c.Field != "messages":
		reply.Ignored++ // another product's
		return nil
	case json.Unmarshal(c.Value, &v) != nil:
		return []ingest.Arrival{reader.Arrival(h.host.Stamp(), c.Value)}
	}
	return h.messages(v, reply)
}

func (h *hook) messages(v value, reply *channels.Reply) (arrivals []ingest.Arrival) {
	if !h.Ours(string(v.Metadata.ID)) {
		reply.Foreign += len(v.Messages)
		reply.Ignored += len(v.Statuses) + len(v.Errors)
		return nil
	}
	for _, element := range v.Messages {
		stamp := h.host.Stamp()
		o := outer{To: v.Metadata, Contact: contactsOf(element, v.Contacts)}
		stamp.Outer, _ = json.Marshal(o) // parts of a body that was JSON
		arrivals = append(arrivals, reader.Arrival(stamp, element))
	}
	for _, raw := range v.Statuses {
		if report, ok := reportOf(raw); ok {
			reply.Reports = append(reply.Reports, report)
		} else {
			reply.Ignored++
		}
	}
	reply.Ignored += len(v.Errors)
	return arrivals
}

// who is whom a message or a contact is of.
type who struct {
	From       channels.Written `json:"from"`
	FromUserID channels.Written `json:"from_user_id"`
	WaID       channels.Written `json:"wa_id"`
	UserID     channels.Written `json:"user_id"`
}

// contactsOf are those of a change's contacts that a message is from: they are
// not in the order of the messages.
func contactsOf(message json.RawMessage, all []json.RawMessage) []json.RawMessage {
	var m who
	if json.Unmarshal(message, &m) != nil {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(all), func(raw json.RawMessage) bool {
		var c who
		err := json.Unmarshal(raw, &c)
		same := c.WaID != "" && c.WaID == m.From || c.UserID != "" && c.UserID == m.FromUserID
		return err != nil || !same
	})
}

var deliveries = map[string]ingest.Delivery{
	"sent": ingest.Sent, "delivered": ingest.Delivered, "read": ingest.Read, "played": ingest.Read, "failed": ingest.Failed,
}

// reportOf is how far a message of the desk's came.
func reportOf(raw json.RawMessage) (r ingest.DeliveryReport, ok bool) {
	var s struct {
		ID        string           `json:"id"`
		Status    string           `json:"status"`
		Timestamp channels.Written `json:"timestamp"`
		Errors    []struct {
			Code channels.Written `json:"code"`
		} `json:"errors"`
	}
	if json.Unmarshal(raw, &s) != nil || s.ID == "" || deliveries[s.Status] == "" {
		return r, false
	}
	r = ingest.DeliveryReport{ID: s.ID, Status: deliveries[s.Status]}
	if at := moment(s.Timestamp); at != nil {
		r.At = *at
	}
	if len(s.Errors) > 0 {
		r.Code = string(s.Errors[0].Code)
	}
	return r, true
}

// moment reads a time, which is in seconds, and has been seen in milliseconds.
func moment(w channels.Written) *time.Time {
	if len(w) >= len("1000000000000") {
		return w.Unix(time.Millisecond)
	}
	return w.Unix(time.Second)
}
