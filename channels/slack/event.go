package slack

import (
	"slices"
	"strings"
	"time"

	"gatehouse/channels"
)

// event is something that happened: a message in its own fields, what became of
// one, or a sign on one.
type event struct {
	message
	DeletedTS string   `json:"deleted_ts"`
	Message   *message `json:"message"`          // as it is now
	Previous  *message `json:"previous_message"` // as it was
	Reaction  string   `json:"reaction"`
	Item      struct {
		Type    string `json:"type"`
		Channel string `json:"channel"`
		TS      string `json:"ts"`
	} `json:"item"`
	EventTS string `json:"event_ts"`
}

// message is one as an event has it, and the history.
type message struct {
	Type     string `json:"type"`
	Subtype  string `json:"subtype"`
	User     string `json:"user"`
	BotID    string `json:"bot_id"`
	Channel  string `json:"channel"` // not in the history
	TS       string `json:"ts"`      // names it in its conversation
	ThreadTS string `json:"thread_ts"`
	Edited   *struct {
		User string `json:"user"`
		TS   string `json:"ts"`
	} `json:"edited"`
	Profile struct {
		DisplayName string `json:"display_name"`
		RealName    string `json:"real_name"`
	} `json:"user_profile"`

	content
}

// said are the subtypes of what people say; others tell of joins, topics and pins.
var said = []string{"", "file_share", "me_message", "thread_broadcast"}

// human reports whether a person wrote the message.
func (m message) human(own []string) bool {
	return m.BotID == "" && m.Subtype != "bot_message" && m.User != "USLACKBOT" && !slices.Contains(own, m.User)
}

// tells reports whether events of a type may be something that a person did with
// a message.
func tells(event string) bool {
	return slices.Contains([]string{"message", "app_mention", "reaction_added", "reaction_removed"}, event)
}

// tells reports whether the event is something that a person wrote, changed, took
// back or gave a sign to.
func (e event) tells(own []string) bool {
	switch e.Type {
	case "message", "app_mention":
		return e.human(own) && e.written(own)
	case "reaction_added", "reaction_removed":
		return e.Item.Type == "message" && e.human(own)
	}
	return false
}

func (e event) written(own []string) bool {
	before := message{}
	if e.Previous != nil {
		before = *e.Previous
	}
	switch {
	case e.Subtype == "message_deleted":
		return before.human(own)
	case e.Subtype != "message_changed":
		return slices.Contains(said, e.Subtype)
	case e.buried():
		return before.human(own)
	case e.Message != nil && !(e.Message.human(own) && slices.Contains(said, e.Message.Subtype)):
		return false
	}
	return e.changed()
}

// buried reports whether a message was deleted to which there are answers: a
// tombstone takes its place.
func (e event) buried() bool {
	return e.Subtype == "message_changed" && e.Message != nil && e.Message.Subtype == "tombstone"
}

// changed tells an edit from what Slack itself adds to a message: a preview, its
// language.
func (e event) changed() bool {
	now, before := e.Message, e.Previous
	switch {
	case now == nil:
		return true // and cannot be read
	case before == nil:
		return now.Edited != nil
	}
	return now.words() != before.words() || now.editedTS() != before.editedTS() || !slices.Equal(now.fileIDs(), before.fileIDs())
}

func (m message) editedTS() string {
	if m.Edited == nil {
		return ""
	}
	return m.Edited.TS
}

// nameOf names a message everywhere.
func nameOf(channel, ts string) string {
	if channel == "" || ts == "" {
		return ""
	}
	return channels.Line(channel+":"+ts, 200)
}

// moment is the second that a ts is in; what follows the point tells messages of
// that second from each other.
func moment(ts string) *time.Time {
	seconds, _, _ := strings.Cut(ts, ".")
	return channels.Written(seconds).Unix(time.Second)
}
