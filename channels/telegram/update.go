package telegram

import (
	"cmp"
	"encoding/json"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// update is one thing that happened: one of its parts is there.
type update struct {
	ID             channels.Written `json:"update_id"`
	Message        *message         `json:"message"`
	Post           *message         `json:"channel_post"`
	Business       *message         `json:"business_message"`
	EditedMessage  *message         `json:"edited_message"`
	EditedPost     *message         `json:"edited_channel_post"`
	EditedBusiness *message         `json:"edited_business_message"`
	Reaction       *reaction        `json:"message_reaction"`
	Member         *member          `json:"my_chat_member"`
}

// written is the message of the update, and whether it was changed since.
func (u update) written() (m *message, edited bool) {
	if m = cmp.Or(u.Message, u.Post, u.Business); m != nil {
		return m, false
	}
	return cmp.Or(u.EditedMessage, u.EditedPost, u.EditedBusiness), true
}

// tells reports whether the update is something that somebody wrote, or a sign.
func (u update) tells() bool {
	if u.Reaction != nil {
		return true
	}
	m, edited := u.written()
	switch {
	case m == nil, m.From != nil && m.From.IsBot, m.service():
		return false
	}
	return !edited || m.Location == nil || m.Venue != nil // else somebody walks about who shares where they are
}

// user is somebody with an account; a chat is a person, a group or a channel.
type user struct {
	ID        channels.Written `json:"id"`
	IsBot     bool             `json:"is_bot"`
	FirstName string           `json:"first_name"`
	LastName  string           `json:"last_name"`
	Username  string           `json:"username"`
	Title     string           `json:"title"` // of a chat
	Type      string           `json:"type"`  // of a chat
}

func (u user) name() string {
	return cmp.Or(strings.TrimSpace(u.FirstName+" "+u.LastName), u.Title, u.Username)
}

// sender is how a message names them.
func (u user) sender() (ingest.Sender, error) {
	id, err := ingest.ParseIdentity("telegram", string(u.ID), ingest.Verified)
	if err != nil {
		return ingest.Sender{}, err
	}
	address := id.Value
	if u.Username != "" {
		address = "@" + u.Username
	}
	return ingest.Sender{Identity: id, Name: channels.Line(u.name(), 200), Address: channels.Line(address, 200)}, nil
}

// reaction is the signs that somebody has on a message, before and now.
type reaction struct {
	Chat      user             `json:"chat"`
	MessageID channels.Written `json:"message_id"`
	User      *user            `json:"user"`
	Actor     *user            `json:"actor_chat"`
	Date      channels.Written `json:"date"`
	Old       []sign           `json:"old_reaction"`
	New       []sign           `json:"new_reaction"`
}

// sign is an emoji, or one of somebody's own making.
type sign struct {
	Emoji  string           `json:"emoji"`
	Custom channels.Written `json:"custom_emoji_id"`
}

func (s sign) text() string { return channels.Line(cmp.Or(s.Emoji, string(s.Custom)), 50) }

// change is the sign that is new, or the one that is gone.
func (r reaction) change() *ingest.Change {
	c := &ingest.Change{Kind: ingest.Reaction, Of: nameOf(r.Chat, r.MessageID)}
	if len(r.New) == 0 {
		c.Removed = true
		if len(r.Old) > 0 {
			c.Reaction = r.Old[0].text()
		}
		return c
	}
	c.Reaction = r.New[len(r.New)-1].text()
	return c
}

// member is how the bot stands in a chat: who blocks it wants no more messages.
type member struct {
	Chat user             `json:"chat"`
	Date channels.Written `json:"date"`
	New  struct {
		Status string `json:"status"`
	} `json:"new_chat_member"`
}

var optings = map[string]ingest.Opt{"kicked": ingest.OptOut, "member": ingest.OptIn}

// nameOf names a message: its number counts within its chat alone.
func nameOf(chat user, id channels.Written) string {
	return channels.Line(string(chat.ID)+":"+string(id), 100)
}

// raw keeps what of a message is only asked for whether it is there.
type raw = json.RawMessage
