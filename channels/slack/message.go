package slack

import (
	"cmp"
	"encoding/json"
	"errors"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// edits is the Product of a row that is read for what was changed in it.
const edits = "edit"

var errEvent = errors.New("the event cannot be read")

// read is the message of an event, or of a row of the history.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var e event
	var o outer
	if json.Unmarshal(element, &e) != nil || s.Outer != nil && json.Unmarshal(s.Outer, &o) != nil {
		return r, errEvent
	}
	e.Channel = cmp.Or(e.Channel, o.Channel)
	switch {
	case e.Reaction != "" || e.Type == "reaction_added" || e.Type == "reaction_removed":
		return e.reacted()
	case e.Subtype == "message_deleted", e.buried():
		return e.unsent()
	case e.Subtype == "message_changed" && e.Message == nil:
		return r, errEvent
	case e.Subtype == "message_changed":
		now := *e.Message
		now.Channel = e.Channel
		return now.edited(cmp.Or(e.EventTS, e.TS), now.fresh(e.Previous))
	case s.Product == edits:
		return e.edited(e.TS, nil) // its files are the message's
	}
	return e.reading()
}

// reading is the message itself. What it says may have been edited by the time
// that the history is read: its content is who wrote it where and when.
func (m message) reading() (r channels.Reading, err error) {
	name := nameOf(m.Channel, m.TS)
	r.Keys, r.Content = []string{name}, ingest.Sum("message", name, m.User)
	if r.Message.From, err = m.sender(); err != nil {
		return r, err
	}
	r.Message.SentAt = moment(m.TS)
	if root := nameOf(m.Channel, m.ThreadTS); root != "" && root != name {
		r.Message.Answers = []string{root}
	}
	m.fill(&r, m.Files)
	return r, nil
}

// edited is what a message says since it was changed, with the files that are new in it.
func (m message) edited(at string, files []file) (r channels.Reading, err error) {
	name := nameOf(m.Channel, m.TS)
	if m.Edited != nil {
		at = cmp.Or(m.Edited.TS, at)
	}
	if name == "" || at == "" {
		return r, errEvent
	}
	r.Keys, r.Content = []string{editOf(name, at)}, ingest.Sum("edit", name, at)
	if m.Edited != nil {
		m.User = cmp.Or(m.User, m.Edited.User)
	}
	if r.Message.From, err = m.sender(); err != nil {
		return r, err
	}
	r.Message.SentAt, r.Message.Change = moment(at), &ingest.Change{Kind: ingest.Edit, Of: name}
	m.fill(&r, files)
	return r, nil
}

// editOf names what became of a message at a time.
func editOf(name, at string) string { return channels.Line("edit:"+name+":"+at, 400) }

// fill adds what the message says and carries.
func (m message) fill(r *channels.Reading, files []file) {
	r.Message.To = []ingest.Mailbox{{Address: channels.Line(m.Channel, 100)}}
	r.Message.Text = channels.Text(m.words())
	for _, f := range files {
		if f.there() {
			r.Files = append(r.Files, f.file())
		}
	}
	if r.Message.Text == "" && len(m.Files) == 0 {
		r.Message.Defects = []ingest.Defect{{Code: "unsupported", Detail: "a message without text and files"}}
	}
}

// unsent says that a message was taken back. Slack says whose it was, as far as
// is known by the message that it was.
func (e event) unsent() (r channels.Reading, err error) {
	gone := message{Channel: e.Channel, TS: e.DeletedTS}
	if e.Message != nil {
		gone.TS = cmp.Or(gone.TS, e.Message.TS)
	}
	if e.Previous != nil {
		gone.User, gone.TS, gone.Profile = e.Previous.User, cmp.Or(gone.TS, e.Previous.TS), e.Previous.Profile
	}
	name := nameOf(gone.Channel, gone.TS)
	if name == "" {
		return r, errEvent
	}
	r.Keys, r.Content = []string{"unsend:" + name}, ingest.Sum("unsend", name)
	if r.Message.From, err = gone.sender(); err != nil {
		r.Message.From, err = unknownIn(gone.Channel)
	}
	r.Message.SentAt, r.Message.Change = moment(cmp.Or(e.EventTS, e.TS)), &ingest.Change{Kind: ingest.Unsend, Of: name}
	return r, err
}

// reacted is a sign that somebody gave a message, or took back.
func (e event) reacted() (r channels.Reading, err error) {
	of := nameOf(e.Item.Channel, e.Item.TS)
	if of == "" || e.User == "" {
		return r, errEvent
	}
	r.Keys = []string{channels.Line("reaction:"+of+":"+e.User+":"+e.Reaction+":"+e.Type+":"+e.EventTS, 500)}
	if r.Message.From, err = e.sender(); err != nil {
		return r, err
	}
	r.Message.To = []ingest.Mailbox{{Address: channels.Line(e.Item.Channel, 100)}}
	r.Message.SentAt = moment(e.EventTS)
	r.Message.Change = &ingest.Change{Kind: ingest.Reaction, Of: of, Reaction: channels.Line(e.Reaction, 100), Removed: e.Type == "reaction_removed"}
	return r, nil
}

// sender is who wrote it.
func (m message) sender() (ingest.Sender, error) {
	id, err := ingest.ParseIdentity("slack", m.User, ingest.Verified)
	if err != nil {
		return ingest.Sender{}, errors.New("the message is from nobody")
	}
	return ingest.Sender{Identity: id, Name: channels.Line(cmp.Or(m.Profile.DisplayName, m.Profile.RealName), 200), Address: id.Value}, nil
}

// unknownIn is somebody in a conversation of whom no more is known: it joins no contact.
func unknownIn(channel string) (ingest.Sender, error) {
	id, err := ingest.ParseIdentity("slack", channel, ingest.Claimed)
	return ingest.Sender{Identity: id, Address: id.Value}, err
}
