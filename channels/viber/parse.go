package viber

import (
	"cmp"
	"encoding/json"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// callback is one thing that happened.
type callback struct {
	Event     string           `json:"event"`
	Timestamp channels.Written `json:"timestamp"`     // ms
	Token     channels.Written `json:"message_token"` // names the message, whoever sent it
	UserID    channels.Written `json:"user_id"`
	User      user             `json:"user"`
	// Subscribed says of who opens the chat whether the bot may write to them.
	Subscribed bool `json:"subscribed"`
}

// user is somebody with an account.
type user struct {
	ID   channels.Written `json:"id"`
	Name string           `json:"name"`
}

func (u user) identity() (ingest.Identity, error) {
	return ingest.ParseIdentity("viber", string(u.ID), ingest.Verified)
}

// Parse reads the one callback of a request.
func (h *hook) Parse(r channels.Request) (arrivals []ingest.Arrival, reply channels.Reply, err error) {
	if !json.Valid(r.Raw) {
		return nil, reply, errors.New("the body is no callback")
	}
	var c callback
	err = json.Unmarshal(r.Raw, &c)
	switch {
	case err != nil || c.Event == "message" || c.Event == "":
		return []ingest.Arrival{reader.Arrival(h.host.Stamp(), r.Raw)}, reply, nil
	case c.Event == "webhook": // set_webhook tries the URL
		return nil, reply, nil
	}
	report, isReport := c.report()
	opting, isOpting := c.opting()
	switch {
	case isReport:
		reply.Reports = []ingest.DeliveryReport{report}
	case isOpting:
		reply.Opts = []ingest.Opting{opting}
	default:
		reply.Ignored++
	}
	return nil, reply, nil
}

var deliveries = map[string]ingest.Delivery{"delivered": ingest.Delivered, "seen": ingest.Read, "failed": ingest.Failed}

// report is how far a message of the desk's came. Viber says in words of its own
// why one failed, and has no code for it.
func (c callback) report() (r ingest.DeliveryReport, ok bool) {
	status := deliveries[c.Event]
	return ingest.DeliveryReport{ID: string(c.Token), Status: status, At: c.at()}, status != "" && c.Token != ""
}

// opting says that somebody lets the bot write to them, or does so no more. Who
// writes after having unsubscribed is subscribed by that without a callback; it
// is told when they open the chat.
func (c callback) opting() (o ingest.Opting, ok bool) {
	switch {
	case c.Event == "subscribed", c.Event == "conversation_started" && c.Subscribed:
		o.Opt = ingest.OptIn
	case c.Event == "unsubscribed":
		o.Opt = ingest.OptOut
	default:
		return o, false
	}
	o.Identity, ok = c.who()
	o.At = c.at()
	return o, ok
}

func (c callback) who() (ingest.Identity, bool) {
	id, err := user{ID: cmp.Or(c.User.ID, c.UserID)}.identity()
	return id, err == nil
}

// at is when it happened, zero if that is not told.
func (c callback) at() time.Time {
	if at := c.Timestamp.Unix(time.Millisecond); at != nil {
		return *at
	}
	return time.Time{}
}
