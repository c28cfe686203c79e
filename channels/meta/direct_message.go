package meta

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

// direct is a message, a pressed button, a sign or an edit, with whom it is from.
type direct struct {
	Sender    party            `json:"sender"`
	Recipient party            `json:"recipient"`
	Timestamp channels.Written `json:"timestamp"` // ms
	Message   *struct {
		MID  string `json:"mid"`
		Text string `json:"text"`
		To   struct {
			MID   string `json:"mid"`
			Story *story `json:"story"`
		} `json:"reply_to"`
		Attachments []attachment `json:"attachments"`
		Deleted     bool         `json:"is_deleted"`
		Unsupported bool         `json:"is_unsupported"`
	} `json:"message"`
	Postback *struct {
		MID     string `json:"mid"`
		Title   string `json:"title"`
		Payload string `json:"payload"`
	} `json:"postback"`
	Reaction *struct {
		MID    string `json:"mid"`
		Action string `json:"action"` // react, unreact
		Emoji  string `json:"emoji"`
		Name   string `json:"reaction"`
	} `json:"reaction"`
	Edit *struct {
		MID   string           `json:"mid"`
		Text  string           `json:"text"`
		Times channels.Written `json:"num_edit"`
	} `json:"message_edit"`
}

type party struct {
	ID  channels.Written `json:"id"`
	Ref channels.Written `json:"user_ref"` // of somebody who has no id yet
}

type story struct {
	URL string `json:"url"`
}

// reader reads the network's messages.
func (n Network) reader() channels.Reader {
	return func(_ channels.Stamp, element []byte) (r channels.Reading, err error) {
		var d direct
		if err := json.Unmarshal(element, &d); err != nil {
			return r, errElement
		}
		r.Keys = []string{d.key()}
		from, err := Identity(n.Name, cmp.Or(d.Sender.ID, d.Sender.Ref))
		if err != nil {
			return r, errors.New("the message is from nobody")
		}
		r.Message = ingest.Message{
			From: ingest.Sender{Identity: from, Address: from.Value}, SentAt: d.Timestamp.Unix(time.Millisecond),
			Text: channels.Text(d.text()), Change: d.change(),
		}
		if to := channels.Line(string(d.Recipient.ID), 100); to != "" {
			r.Message.To = []ingest.Mailbox{{Address: to}}
		}
		d.fill(&r)
		return r, nil
	}
}

// key names the message; what only changes one is named after it, and is nothing
// if it does not say which one.
func (d direct) key() string {
	at := string(d.Timestamp)
	var key string
	switch {
	case d.Message != nil && d.Message.MID == "", d.Reaction != nil && d.Reaction.MID == "", d.Edit != nil && d.Edit.MID == "":
	case d.Message != nil && d.Message.Deleted:
		key = "unsend:" + d.Message.MID
	case d.Message != nil:
		key = d.Message.MID
	case d.Postback != nil:
		key = cmp.Or(d.Postback.MID, "postback:"+string(d.Sender.ID)+":"+at)
	case d.Reaction != nil:
		key = strings.Join([]string{"reaction", string(d.Sender.ID), d.Reaction.MID, d.Reaction.Action, at}, ":")
	case d.Edit != nil:
		key = strings.Join([]string{"edit", d.Edit.MID, string(d.Edit.Times), at}, ":")
	}
	return channels.Line(key, 400)
}

func (d direct) text() string {
	switch {
	case d.Message != nil && !d.Message.Deleted:
		text := d.Message.Text
		for _, a := range d.Message.Attachments {
			if line := a.text(); line != "" && text != "" {
				text += "\n" + line
			} else {
				text += line
			}
		}
		return text
	case d.Postback != nil:
		return cmp.Or(d.Postback.Title, d.Postback.Payload)
	case d.Edit != nil:
		return d.Edit.Text
	}
	return ""
}

func (d direct) change() *ingest.Change {
	switch {
	case d.Message != nil && d.Message.Deleted:
		return &ingest.Change{Kind: ingest.Unsend, Of: channels.Line(d.Message.MID, 300)}
	case d.Edit != nil:
		return &ingest.Change{Kind: ingest.Edit, Of: channels.Line(d.Edit.MID, 300)}
	case d.Reaction != nil:
		return &ingest.Change{Kind: ingest.Reaction, Of: channels.Line(d.Reaction.MID, 300), Removed: d.Reaction.Action == "unreact",
			Reaction: channels.Line(cmp.Or(d.Reaction.Emoji, d.Reaction.Name), 50)}
	}
	return nil
}

// fill adds what a message answers and carries.
func (d direct) fill(r *channels.Reading) {
	m := d.Message
	if m == nil || m.Deleted {
		return
	}
	if m.To.MID != "" {
		r.Message.Answers = []string{channels.Line(m.To.MID, 300)}
	}
	unsupported := m.Unsupported
	for _, a := range m.Attachments {
		f, ok, err := a.file()
		switch {
		case err != nil:
			r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "location", Detail: err.Error()})
		case ok:
			r.Files = append(r.Files, f)
		}
	}
	if s := m.To.Story; s != nil && s.URL != "" {
		r.Files = append(r.Files, channels.File{URL: s.URL, Attachment: ingest.Attachment{Filename: "story"}})
	}
	if unsupported || m.Text == "" && r.Message.Text == "" && len(r.Files) == 0 && r.Message.Defects == nil {
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "unsupported", Detail: "the network hands over nothing of its content"})
	}
}

// attachment is a file, a place, or a link with a preview.
type attachment struct {
	Type    string `json:"type"`
	Title   string `json:"title"`
	URL     string `json:"url"`
	Payload struct {
		URL         string `json:"url"`
		Title       string `json:"title"`
		Coordinates *struct {
			Lat  json.Number `json:"lat"`
			Long json.Number `json:"long"`
		} `json:"coordinates"`
	} `json:"payload"`
}

// text is what of an attachment is words: where a link leads, that somebody
// sent a heart.
func (a attachment) text() string {
	switch a.Type {
	case "fallback", "share", "ig_reel", "reel", "ig_post":
		return strings.TrimSpace(fmt.Sprintf("%s %s", cmp.Or(a.Title, a.Payload.Title), cmp.Or(a.URL, a.Payload.URL)))
	case "like_heart":
		return "❤️"
	}
	return ""
}

// file is the attachment as a file; ok is false for what is none.
func (a attachment) file() (f channels.File, ok bool, err error) {
	if c := a.Payload.Coordinates; c != nil {
		f, err = channels.Location{Latitude: c.Lat, Longitude: c.Long, Name: channels.Line(a.Title, 200)}.File()
		return f, err == nil, err
	}
	if a.text() != "" || a.Payload.URL == "" {
		return f, false, nil
	}
	return channels.File{URL: a.Payload.URL, Attachment: ingest.Attachment{Filename: channels.URLName(a.Payload.URL)}}, true, nil
}
