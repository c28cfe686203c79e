package slack

import (
	"encoding/json"
	"errors"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// callback is a request: an event, or something else that Slack has to say.
type callback struct {
	Type        string           `json:"type"`
	Challenge   string           `json:"challenge"`
	Limited     channels.Written `json:"minute_rate_limited"` // Unix seconds
	Team        string           `json:"team_id"`
	Enterprise  string           `json:"enterprise_id"`
	ContextTeam string           `json:"context_team_id"` // where the app is, of a conversation with another workspace
	EventID     string           `json:"event_id"`
	Event       json.RawMessage  `json:"event"`
	Authorized  []authorization  `json:"authorizations"`
}

// authorization is of an installation that may see the event.
type authorization struct {
	Team       string `json:"team_id"`
	Enterprise string `json:"enterprise_id"`
	User       string `json:"user_id"`
	Bot        bool   `json:"is_bot"`
}

// outer is what of a message stands around it.
type outer struct {
	Event   string `json:"event,omitempty"`   // its id
	Team    string `json:"team,omitempty"`    // the workspace
	Channel string `json:"channel,omitempty"` // of a row of the history, which does not say it
}

// Parse reads the one event of a request.
func (h *hook) Parse(r channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	if isForm(r) { // a command or a button
		return nil, channels.Reply{Ignored: 1}, nil
	}
	var c callback
	if err := json.Unmarshal(r.Raw, &c); err != nil {
		return nil, channels.Reply{}, errors.New("the body is no callback")
	}
	switch c.Type {
	case "event_callback":
		arrivals, reply := h.happened(c)
		return arrivals, reply, nil
	case "url_verification":
		return nil, channels.Reply{Type: "text/plain", Body: []byte(c.Challenge)}, nil
	case "app_rate_limited":
		return nil, h.limited(c), nil
	}
	return nil, channels.Reply{Ignored: 1}, nil
}

// happened is the arrival of an event that tells something, and else a count.
func (h *hook) happened(c callback) ([]ingest.Arrival, channels.Reply) {
	var kind struct {
		Type string `json:"type"`
	}
	var e event
	known := json.Unmarshal(c.Event, &kind) == nil // others write users and channels in other ways
	err := json.Unmarshal(c.Event, &e)
	switch {
	case known && !tells(kind.Type), err == nil && !e.tells(h.own(c.Authorized)):
		h.heed(kind.Type)
		return nil, channels.Reply{Ignored: 1}
	case !h.ours(c.workspaces()):
		return nil, channels.Reply{Foreign: 1}
	}
	stamp := h.host.Stamp()
	stamp.Outer, _ = json.Marshal(outer{Event: c.EventID, Team: c.Team}) // texts of a body that was JSON
	return []ingest.Arrival{reader.Arrival(stamp, c.Event)}, channels.Reply{}
}

// own are the ids of the app's bot, as far as the settings and an event say them.
func (s settings) own(authorized []authorization) []string {
	own := []string{s.BotUserID}
	for _, a := range authorized {
		if a.Bot {
			own = append(own, a.User)
		}
	}
	return slices.DeleteFunc(own, func(id string) bool { return id == "" })
}

// workspaces are those for which the app was told.
func (c callback) workspaces() []string {
	ids := []string{c.Team, c.Enterprise, c.ContextTeam}
	for _, a := range c.Authorized {
		ids = append(ids, a.Team, a.Enterprise)
	}
	return slices.DeleteFunc(ids, func(id string) bool { return id == "" })
}

// limited says that Slack dropped events of a minute: there were more than
// 30,000 of the workspace within an hour. The history has them.
func (h *hook) limited(c callback) channels.Reply {
	reply := channels.Reply{Ignored: 1}
	minute := c.Limited.Unix(time.Second)
	h.host.Log.Warn("Slack dropped events: more came than it delivers in an hour", "channel", h.host.Channel,
		"workspace", channels.Line(c.Team, 40), "minute", minute, "asked_again", h.Backfill != 0)
	if h.Backfill == 0 && minute != nil && h.ours(c.workspaces()) {
		reply.Missed = []ingest.UnknownHours{{From: *minute, Until: minute.Add(time.Minute), Why: ingest.DroppedByProvider}}
	}
	return reply
}

// heed says that nothing more will come, where an event means that.
func (h *hook) heed(event string) {
	if event == "app_uninstalled" || event == "tokens_revoked" {
		h.host.Log.Warn("Slack ends the app's access: no more events may come, and files cannot be fetched",
			"channel", h.host.Channel, "event", event)
	}
}
