package discord

import (
	"cmp"
	"encoding/json"
	"errors"
	"slices"
	"strconv"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// message is one as an event has it.
type message struct {
	ID        channels.Written `json:"id"`
	Type      *int             `json:"type"`
	Lobby     channels.Written `json:"lobby_id"`
	Channel   channels.Written `json:"channel_id"`
	Recipient channels.Written `json:"recipient_id"`
	Author    user             `json:"author"`
	Webhook   channels.Written `json:"webhook_id"`
	At        string           `json:"timestamp"`
	Edited    json.RawMessage  `json:"edited_timestamp"`
	Reference *struct {
		Type int              `json:"type"`
		ID   channels.Written `json:"message_id"`
	} `json:"message_reference"`

	content
}

// user is somebody with an account. The name that is theirs alone may change.
type user struct {
	ID       channels.Written `json:"id"`
	Username string           `json:"username"`
	Name     string           `json:"global_name"`
	Bot      bool             `json:"bot"`
	System   bool             `json:"system"`
}

// written are the types of what people write; others tell of calls, pins and
// members. A message between players has no account's type.
var written = []int{0, 19} // by itself, in answer to another

// human reports whether a person wrote the message, as far as it says.
func (m message) human() bool {
	return !m.Author.Bot && !m.Author.System && m.Webhook == "" && (m.Type == nil || slices.Contains(written, *m.Type))
}

// edited tells an edit from what Discord itself adds to a message: that says of
// itself that it was not edited. Some do not say.
func (m message) edited() bool { return string(m.Edited) != "null" }

// read is the message of an event.
func read(_ channels.Stamp, element []byte) (r channels.Reading, err error) {
	var e event
	var m message
	if json.Unmarshal(element, &e) != nil || json.Unmarshal(e.Data, &m) != nil {
		return r, errors.New("the event cannot be read")
	}
	id, does := channels.Line(string(m.ID), 40), e.does()
	at := e.At
	switch {
	case id == "":
		return r, errors.New("the message has no id")
	case does == "CREATE":
		r.Keys, r.Content, at = []string{id}, ingest.Sum("message", id, string(m.Author.ID)), cmp.Or(m.At, at)
	case does == "UPDATE":
		_ = json.Unmarshal(m.Edited, &at) // it may not say
		r.Keys, r.Content = []string{channels.Line("edit:"+id+":"+at, 200)}, ingest.Sum("edit", id, at)
		r.Message.Change = &ingest.Change{Kind: ingest.Edit, Of: id}
	case does == "DELETE":
		r.Keys, r.Content = []string{"unsend:" + id}, ingest.Sum("unsend", id)
		r.Message.Change = &ingest.Change{Kind: ingest.Unsend, Of: id}
	default:
		return r, errors.New("the event is about no message")
	}
	r.Message.From, err = m.sender()
	if err != nil && does == "DELETE" { // it does not say who it was
		r.Message.From, err = m.somebody()
	}
	r.Message.SentAt = moment(at)
	if to := cmp.Or(m.Lobby, m.Recipient, m.Channel); to != "" {
		r.Message.To = []ingest.Mailbox{{Address: channels.Line(string(to), 100)}}
	}
	if does != "DELETE" {
		m.fill(&r)
	}
	return r, err
}

// fill adds what the message says and carries. An edit adds no files.
func (m message) fill(r *channels.Reading) {
	r.Message.Text = channels.Text(m.words())
	if ref := m.Reference; ref != nil && ref.Type == 0 && ref.ID != "" {
		r.Message.Answers = []string{channels.Line(string(ref.ID), 40)}
	}
	if r.Message.Change == nil {
		for _, f := range m.files() {
			r.Files = append(r.Files, f.file())
		}
	}
	if r.Message.Text == "" && len(m.files()) == 0 {
		r.Message.Defects = []ingest.Defect{{Code: "unsupported", Detail: "a message without text and files"}}
	}
}

// sender is who wrote it.
func (m message) sender() (ingest.Sender, error) {
	id, err := ingest.ParseIdentity("discord", string(m.Author.ID), ingest.Verified)
	if err != nil {
		return ingest.Sender{}, errors.New("the message is from nobody")
	}
	address := id.Value
	if m.Author.Username != "" {
		address = "@" + m.Author.Username
	}
	return ingest.Sender{
		Identity: id, Name: channels.Line(cmp.Or(m.Author.Name, m.Author.Username), 200), Address: channels.Line(address, 200),
	}, nil
}

// somebody is one in the lobby of whom no more is known: they join no contact.
func (m message) somebody() (ingest.Sender, error) {
	id, err := ingest.ParseIdentity("discord", string(cmp.Or(m.Lobby, m.Channel)), ingest.Claimed)
	return ingest.Sender{Identity: id, Address: id.Value}, err
}

// moment reads a time: an event's has no zone and is UTC.
func moment(text string) *time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02T15:04:05"} { // both with fractions
		if at, err := time.Parse(form, text); err == nil {
			at = at.UTC()
			return &at
		}
	}
	return nil
}

// file is one that a message carries.
type file struct {
	Filename string           `json:"filename"`
	Title    string           `json:"title"`
	Type     string           `json:"content_type"`
	Size     channels.Written `json:"size"` // octets
	URL      string           `json:"url"`  // signed, for a day
}

func (f file) file() channels.File {
	size, err := strconv.ParseInt(string(f.Size), 10, 64)
	if err != nil || size < 0 {
		size = 0 // it says none
	}
	name := channels.Line(cmp.Or(f.Filename, f.Title), 200)
	return channels.File{URL: f.URL, Attachment: ingest.Attachment{Filename: name, ContentType: channels.Line(f.Type, 127), Size: size}}
}
