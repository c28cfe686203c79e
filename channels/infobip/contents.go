package infobip

import (
	"bytes"
	"encoding/json"
	"errors"
	"mime"
	"strings"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// part is one of an MMS.
type part struct {
	ContentType string `json:"contentType"`
	Name        string `json:"name"`
	ContentID   string `json:"contentId"`
	Value       string `json:"value"`
	URL         string `json:"url"`
}

// object is a message of another network, and what an MMS is within a string.
type object struct {
	Parts   []part `json:"mms_parts"`
	Subject string `json:"subject"`

	Text      string      `json:"text"`
	Title     string      `json:"title"` // of a choice
	Caption   string      `json:"caption"`
	URL       string      `json:"url"`
	Latitude  json.Number `json:"latitude"`
	Longitude json.Number `json:"longitude"`
	Name      string      `json:"name"`
	Address   string      `json:"address"`
	Context   struct {
		ID string `json:"id"` // of what is answered
	} `json:"context"`
}

var errContents = errors.New("the contents of the message cannot be read")

// contents adds what stands in message: the parts of an MMS as a list, the same
// within a string, or what was written on another network.
func (m result) contents(r *channels.Reading) error {
	message := bytes.TrimSpace(m.Message)
	if len(message) > 0 && message[0] == '"' {
		var within string
		if json.Unmarshal(message, &within) != nil {
			return errContents
		}
		message = []byte(strings.TrimSpace(within))
		if !json.Valid(message) || len(message) == 0 || message[0] != '{' && message[0] != '[' {
			write(r, within) // a text that is no more than that
			return nil
		}
	}
	if len(message) == 0 || bytes.Equal(message, []byte("null")) {
		return nil
	}
	var o object
	into := any(&o)
	if message[0] == '[' {
		into = &o.Parts
	}
	if json.Unmarshal(message, into) != nil {
		return errContents
	}
	o.add(r)
	return nil
}

func (o object) add(r *channels.Reading) {
	r.Message.Subject = channels.Line(o.Subject, 1000)
	for _, text := range []string{o.Text, o.Title, o.Caption} {
		write(r, text)
	}
	for _, p := range o.Parts {
		p.add(r)
	}
	if o.URL != "" {
		r.Files = append(r.Files, channels.File{URL: o.URL, Attachment: ingest.Attachment{Filename: channels.URLName(o.URL)}})
	}
	if id := channels.Line(o.Context.ID, 100); id != "" {
		r.Message.Answers = []string{id}
	}
	o.place(r)
	if r.Message.Text == "" && len(r.Files)+len(r.Message.Defects) == 0 {
		r.Message.Defects = []ingest.Defect{{Code: "unsupported", Detail: "what was sent has no form that Gatehouse reads"}}
	}
}

func (o object) place(r *channels.Reading) {
	if o.Latitude == "" && o.Longitude == "" {
		return
	}
	place := channels.Location{
		Latitude: o.Latitude, Longitude: o.Longitude, Name: channels.Line(o.Name, 200), Address: channels.Line(o.Address, 500),
	}
	f, err := place.File()
	if err != nil {
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "location", Detail: err.Error()})
		return
	}
	r.Files = append(r.Files, f)
}

// add takes a text for what was written, and anything else for a file: at a URL,
// or as it stands there.
func (p part) add(r *channels.Reading) {
	kind, _, _ := mime.ParseMediaType(p.ContentType)
	if kind == "text/plain" && p.URL == "" {
		write(r, p.Value)
		return
	}
	f := channels.File{URL: p.URL}
	if f.URL == "" && (strings.HasPrefix(p.Value, "https://") || strings.HasPrefix(p.Value, "http://")) {
		f.URL = p.Value
	}
	f.Attachment = ingest.Attachment{
		Filename: channels.Line(p.Name, 200), ContentType: channels.Line(p.ContentType, 127), ContentID: channels.Line(p.ContentID, 200),
	}
	if f.Attachment.Filename == "" {
		f.Attachment.Filename = channels.URLName(f.URL)
	}
	if f.URL == "" {
		f.Bytes = []byte(p.Value)
	}
	r.Files = append(r.Files, f)
}

// write adds a text to what was written, on a line of its own.
func write(r *channels.Reading, text string) {
	text = channels.Text(text)
	if r.Message.Text != "" && text != "" {
		text = "\n" + text
	}
	r.Message.Text += text
}
