package telegram

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// message is one as Telegram writes it.
type message struct {
	ID       channels.Written `json:"message_id"`
	From     *user            `json:"from"`
	As       *user            `json:"sender_chat"` // a channel, or a group's nameless admin
	Chat     user             `json:"chat"`
	Date     channels.Written `json:"date"`
	EditDate channels.Written `json:"edit_date"`
	Text     string           `json:"text"`
	Caption  string           `json:"caption"`
	ReplyTo  *struct {
		ID   channels.Written `json:"message_id"`
		Chat user             `json:"chat"`
	} `json:"reply_to_message"`

	content
}

// opting says that somebody blocked the bot, or took it back. In groups it is
// not a person who does.
func (m member) opting() (ingest.Opting, bool) {
	opt := optings[m.New.Status]
	id, err := ingest.ParseIdentity("telegram", string(m.Chat.ID), ingest.Verified)
	if opt == "" || err != nil || m.Chat.Type != "private" {
		return ingest.Opting{}, false
	}
	o := ingest.Opting{Identity: id, Opt: opt}
	if at := m.Date.Unix(time.Second); at != nil {
		o.At = *at
	}
	return o, true
}

// read is the message of an update.
func read(_ channels.Stamp, element []byte) (r channels.Reading, err error) {
	var u update
	if err := json.Unmarshal(element, &u); err != nil {
		return r, errors.New("the update cannot be read")
	}
	if u.Reaction != nil {
		return u.reacted()
	}
	m, edited := u.written()
	if m == nil {
		return r, errors.New("the update holds no message")
	}
	name := nameOf(m.Chat, m.ID)
	r.Keys, r.Content = []string{name}, ingest.Sum(name, m.words(), string(m.EditDate))
	if m.ID == "" || m.Chat.ID == "" {
		r.Keys = nil
	}
	if r.Message.From, err = cmp.Or(m.As, m.From, &m.Chat).sender(); err != nil {
		return r, errors.New("the message is from nobody")
	}
	r.Message.SentAt, r.Message.Text = m.Date.Unix(time.Second), channels.Text(m.words())
	if m.ReplyTo != nil {
		r.Message.Answers = []string{nameOf(user{ID: cmp.Or(m.ReplyTo.Chat.ID, m.Chat.ID)}, m.ReplyTo.ID)}
	}
	if r.Files, r.Message.Defects = m.files(); !m.known() {
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "unsupported", Detail: "a message of a kind that is not read here"})
	}
	if edited {
		r.Keys = []string{"edit:" + name + ":" + channels.Line(string(u.ID), 30)}
		r.Message.Change, r.Message.SentAt = &ingest.Change{Kind: ingest.Edit, Of: name}, m.EditDate.Unix(time.Second)
	}
	return r, nil
}

// reacted is the sign that an update is.
func (u update) reacted() (r channels.Reading, err error) {
	x := u.Reaction
	r.Keys = []string{"reaction:" + nameOf(x.Chat, x.MessageID) + ":" + channels.Line(string(u.ID), 30)}
	if r.Message.From, err = cmp.Or(x.User, x.Actor, &x.Chat).sender(); err != nil {
		return r, errors.New("the sign is from nobody")
	}
	r.Message.Change, r.Message.SentAt = x.change(), x.Date.Unix(time.Second)
	return r, nil
}

// content is what a message carries besides its text.
type content struct {
	Photo     []file `json:"photo"` // one picture in several sizes
	Document  *file  `json:"document"`
	Video     *file  `json:"video"`
	Voice     *file  `json:"voice"`
	Audio     *file  `json:"audio"`
	VideoNote *file  `json:"video_note"`
	Animation *file  `json:"animation"` // stands as a document, too
	Sticker   *struct {
		file
		Emoji string `json:"emoji"`
	} `json:"sticker"`
	Location *place `json:"location"`
	Venue    *struct {
		Location place  `json:"location"`
		Title    string `json:"title"`
		Address  string `json:"address"`
	} `json:"venue"` // stands as a location, too
	Contact *struct {
		Phone     channels.Written `json:"phone_number"`
		FirstName string           `json:"first_name"`
		LastName  string           `json:"last_name"`
	} `json:"contact"`
	Dice *struct {
		Emoji string `json:"emoji"`
		Value int    `json:"value"`
	} `json:"dice"`
	Poll *struct {
		Question string `json:"question"`
		Options  []struct {
			Text string `json:"text"`
		} `json:"options"`
	} `json:"poll"`
	Story raw `json:"story"`

	services
}

// services are messages that Telegram itself puts into a chat: nobody wrote them.
type services struct {
	Joined    raw `json:"new_chat_members"`
	Left      raw `json:"left_chat_member"`
	Title     raw `json:"new_chat_title"`
	Picture   raw `json:"new_chat_photo"`
	NoPicture raw `json:"delete_chat_photo"`
	Group     raw `json:"group_chat_created"`
	Super     raw `json:"supergroup_chat_created"`
	Channel   raw `json:"channel_chat_created"`
	MovedTo   raw `json:"migrate_to_chat_id"`
	MovedFrom raw `json:"migrate_from_chat_id"`
	Pinned    raw `json:"pinned_message"`
	Timer     raw `json:"message_auto_delete_timer_changed"`
	Topic     raw `json:"forum_topic_created"`
	Edited    raw `json:"forum_topic_edited"`
	Closed    raw `json:"forum_topic_closed"`
	Reopened  raw `json:"forum_topic_reopened"`
	Call      raw `json:"video_chat_started"`
	CallEnd   raw `json:"video_chat_ended"`
	Boost     raw `json:"boost_added"`
	WriteTo   raw `json:"write_access_allowed"`
}

// service reports whether Telegram itself put the message there.
func (s services) service() bool {
	for _, part := range []raw{s.Joined, s.Left, s.Title, s.Picture, s.NoPicture, s.Group, s.Super, s.Channel, s.MovedTo, s.MovedFrom,
		s.Pinned, s.Timer, s.Topic, s.Edited, s.Closed, s.Reopened, s.Call, s.CallEnd, s.Boost, s.WriteTo} {
		if part != nil {
			return true
		}
	}
	return false
}

type place struct {
	Latitude  json.Number `json:"latitude"`
	Longitude json.Number `json:"longitude"`
}

type file struct {
	ID       string           `json:"file_id"`
	Name     string           `json:"file_name"`
	MIMEType string           `json:"mime_type"`
	Size     channels.Written `json:"file_size"`
}

func (f file) file(usual string) channels.File {
	return channels.File{ID: f.ID, Attachment: ingest.Attachment{
		Filename: channels.Line(f.Name, 200), ContentType: cmp.Or(channels.Line(f.MIMEType, 127), usual), Size: f.Size.Size(),
	}}
}

// words is all that a person can read of it.
func (m message) words() string {
	text := cmp.Or(m.Text, m.Caption)
	if text != "" {
		return text
	}
	switch {
	case m.Contact != nil:
		return m.card().Text()
	case m.Sticker != nil:
		return m.Sticker.Emoji
	case m.Dice != nil:
		return fmt.Sprintf("%s %d", m.Dice.Emoji, m.Dice.Value)
	case m.Poll != nil:
		lines := []string{m.Poll.Question}
		for _, o := range m.Poll.Options {
			lines = append(lines, "– "+o.Text)
		}
		return strings.Join(lines, "\n")
	}
	return ""
}

func (m message) card() channels.Card {
	c := channels.Card{Name: strings.TrimSpace(m.Contact.FirstName + " " + m.Contact.LastName)}
	if m.Contact.Phone != "" {
		c.Phones = []string{string(m.Contact.Phone)}
	}
	return c
}

// known reports whether the message's content is of a kind that is read here.
func (m message) known() bool {
	return m.words() != "" || m.file() != nil || m.Location != nil || m.Contact != nil || m.Story != nil
}

// file is the one file of a message, with the type that it has if none is said.
func (m message) file() *channels.File {
	var f channels.File
	switch {
	case len(m.Photo) > 0:
		f = largest(m.Photo).file("image/jpeg")
	case m.Animation != nil:
		f = m.Animation.file("video/mp4")
	case m.Document != nil:
		f = m.Document.file("")
	case m.Video != nil:
		f = m.Video.file("video/mp4")
	case m.Voice != nil:
		f = m.Voice.file("audio/ogg")
	case m.Audio != nil:
		f = m.Audio.file("audio/mpeg")
	case m.VideoNote != nil:
		f = m.VideoNote.file("video/mp4")
	case m.Sticker != nil:
		f = m.Sticker.file.file("image/webp")
	default:
		return nil
	}
	return &f
}

// largest is the picture in its largest size; they are listed from the smallest.
func largest(sizes []file) file {
	best := sizes[len(sizes)-1]
	for _, f := range sizes {
		if f.Size.Size() > best.Size.Size() {
			best = f
		}
	}
	return best
}

// files are the message's file, its place and its contact card.
func (m message) files() (list []channels.File, defects []ingest.Defect) {
	if f := m.file(); f != nil {
		list = append(list, *f)
	}
	var at channels.Location
	switch {
	case m.Venue != nil:
		at = channels.Location{Latitude: m.Venue.Location.Latitude, Longitude: m.Venue.Location.Longitude,
			Name: channels.Line(m.Venue.Title, 200), Address: channels.Line(m.Venue.Address, 500)}
	case m.Location != nil:
		at = channels.Location{Latitude: m.Location.Latitude, Longitude: m.Location.Longitude}
	}
	if m.Venue != nil || m.Location != nil {
		f, err := at.File()
		if err != nil {
			return list, []ingest.Defect{{Code: "location", Detail: err.Error()}}
		}
		list = append(list, f)
	}
	if m.Contact != nil {
		list = append(list, m.card().File())
	}
	return list, nil
}
