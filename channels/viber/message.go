package viber

import (
	"cmp"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// inbound is a callback that is a message.
type inbound struct {
	callback
	Sender  user    `json:"sender"`
	Message message `json:"message"`
}

// message is one as Viber writes it: what it says, by its type.
type message struct {
	Type     string           `json:"type"`
	Text     string           `json:"text"`
	AltText  string           `json:"alt_text"` // of a rich message, for who cannot show it
	Media    string           `json:"media"`    // of a file its link, of a link where it leads
	FileName string           `json:"file_name"`
	FileSize channels.Written `json:"file_size"`
	Size     channels.Written `json:"size"`
	Sticker  channels.Written `json:"sticker_id"`
	Contact  struct {
		Name  string           `json:"name"`
		Phone channels.Written `json:"phone_number"`
	} `json:"contact"`
	Location struct {
		Lat     json.Number `json:"lat"`
		Lon     json.Number `json:"lon"`
		Address string      `json:"address"`
	} `json:"location"`
}

// read is the message of a callback.
func read(_ channels.Stamp, element []byte) (r channels.Reading, err error) {
	var in inbound
	unread := json.Unmarshal(element, &in)
	r.Keys = []string{channels.Line(string(in.Token), 100)}
	r.Content = ingest.Sum(string(in.Sender.ID), in.Message.Type, in.Message.Text)
	if unread != nil || in.Event != "message" {
		return r, errors.New("the callback cannot be read")
	}
	from, err := in.Sender.identity()
	if err != nil {
		return r, errors.New("the message is from nobody")
	}
	r.Message.From = ingest.Sender{Identity: from, Name: channels.Line(in.Sender.Name, 200), Address: from.Value}
	r.Message.SentAt, r.Message.Text = in.Timestamp.Unix(time.Millisecond), channels.Text(in.Message.words())
	r.Files, r.Message.Defects = in.Message.files()
	if r.Message.Text == "" && r.Files == nil && r.Message.Defects == nil && in.Message.Type != "text" {
		detail := fmt.Sprintf("a message of type %q", channels.Line(in.Message.Type, 40))
		r.Message.Defects = []ingest.Defect{{Code: "unsupported", Detail: detail}}
	}
	return r, nil
}

// words is all that a person can read of it.
func (m message) words() string {
	var more string
	switch m.Type {
	case "url":
		more = m.Media
	case "contact":
		more = m.card().Text()
	case "rich_media":
		more = m.AltText
	case "sticker":
		more = "[sticker: " + string(m.Sticker) + "]"
	}
	if m.Text != "" && more != "" {
		return m.Text + "\n" + more
	}
	return m.Text + more
}

func (m message) card() channels.Card {
	c := channels.Card{Name: m.Contact.Name}
	if m.Contact.Phone != "" {
		c.Phones = []string{string(m.Contact.Phone)}
	}
	return c
}

// files is the message's file, its contact card or its place. A link leads to a
// page, which is not fetched.
func (m message) files() ([]channels.File, []ingest.Defect) {
	switch {
	case m.Type == "contact":
		return []channels.File{m.card().File()}, nil
	case m.Type == "location":
		return m.place()
	case m.Type == "picture", m.Type == "video", m.Type == "file", m.Type == "sticker" && m.Media != "":
		return []channels.File{m.file()}, nil
	}
	return nil, nil
}

func (m message) place() ([]channels.File, []ingest.Defect) {
	f, err := channels.Location{Latitude: m.Location.Lat, Longitude: m.Location.Lon, Address: channels.Line(m.Location.Address, 500)}.File()
	if err != nil {
		return nil, []ingest.Defect{{Code: "location", Detail: err.Error()}}
	}
	return []channels.File{f}, nil
}

func (m message) file() channels.File {
	return channels.File{URL: m.Media, Attachment: ingest.Attachment{
		Filename: cmp.Or(channels.Line(m.FileName, 200), channels.URLName(m.Media), m.Type), Size: cmp.Or(m.FileSize, m.Size).Size(),
	}}
}
