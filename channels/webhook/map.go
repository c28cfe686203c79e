package webhook

import (
	"errors"
	"fmt"
	"strings"
)

// fields say where the parts of a message are. Each is an expression, or a list of
// them, whose texts are so many lines; see expression. What is not said is not there.
type fields struct {
	From    lines `yaml:"from" json:"from,omitempty"`       // the sender's address; default data.from with standard, else from
	Name    lines `yaml:"name" json:"name,omitempty"`       // the sender's name
	To      lines `yaml:"to" json:"to,omitempty"`           // whom it was written to, a line each
	Subject lines `yaml:"subject" json:"subject,omitempty"` // its subject
	Text    lines `yaml:"text" json:"text,omitempty"`       // its text; default data.text with standard, $ with body: text, else text
	HTML    lines `yaml:"html" json:"html,omitempty"`       // its text as HTML
	ID      lines `yaml:"id" json:"id,omitempty"`           // the system's own id of it: makes a repeat a repeat
	SentAt  lines `yaml:"sent_at" json:"sent_at,omitempty"` // when it was written: RFC 3339, a mail's date, or Unix time
	Answers lines `yaml:"answers" json:"answers,omitempty"` // the id of the message that it answers: it joins that one's conversation
	Edits   lines `yaml:"edits" json:"edits,omitempty"`     // the id of the message that it is the new text of
	Unsends lines `yaml:"unsends" json:"unsends,omitempty"` // the id of the message that its author took back
	Files   files `yaml:"files" json:"files,omitzero"`      // files that an element holds or names; those of a multipart form are its files anyway

	EnvelopeFrom lines `yaml:"envelope_from" json:"envelope_from,omitempty"` // the return path of a mail (body: mime), from a header or the query
	EnvelopeTo   lines `yaml:"envelope_to" json:"envelope_to,omitempty"`     // whom it was delivered to, likewise
}

// files say where the files of an element are.
type files struct {
	Each lines `yaml:"each" json:"each,omitempty"` // the list of them, as attachments[*]; "": the element is one
	URL  lines `yaml:"url" json:"url,omitempty"`   // where to fetch one; from its place in the list, as all that follow
	Data lines `yaml:"data" json:"data,omitempty"` // its bytes, in base64 or as a data: URL
	Name lines `yaml:"name" json:"name,omitempty"` // its name
	Type lines `yaml:"type" json:"type,omitempty"` // its media type
}

// usual is where the fields are if no map says so: Standard Webhooks puts the
// event's own fields under data.
func usual(scheme string) fields {
	if scheme == "standard" {
		return fields{From: at("data.from"), Text: at("data.text")}
	}
	return fields{From: at("from"), Text: at("text")}
}

// setting is one of a map's, by its name.
type setting struct {
	name string
	lines
}

func (f *fields) all() []setting {
	return []setting{
		{"from", f.From}, {"name", f.Name}, {"to", f.To}, {"subject", f.Subject}, {"text", f.Text}, {"html", f.HTML}, {"id", f.ID},
		{"sent_at", f.SentAt}, {"answers", f.Answers}, {"edits", f.Edits}, {"unsends", f.Unsends}, {"files.each", f.Files.Each},
		{"envelope_from", f.EnvelopeFrom}, {"envelope_to", f.EnvelopeTo},
	}
}

// ofFile are the settings that are of a file in its list.
func (f *fields) ofFile() []setting {
	return []setting{{"files.url", f.Files.URL}, {"files.data", f.Files.Data}, {"files.name", f.Files.Name}, {"files.type", f.Files.Type}}
}

// paths are all that the map says.
func (f *fields) paths() (all []path) {
	for _, s := range append(f.all(), f.ofFile()...) {
		all = append(all, s.paths()...)
	}
	return all
}

func (f *fields) isSet() bool { return len(f.paths()) > 0 }

var (
	errMap      = errors.New("map: from, and text, html or subject, must be said")
	errMailMap  = errors.New("map: a mail says itself who wrote what: with body: mime, map has only id, envelope_from and envelope_to, from headers and the query")
	errEnvelope = errors.New("map: envelope_from and envelope_to are for body: mime")
	errFiles    = errors.New("map: files must say url or data")
)

// check returns nil for a map that can make messages of such a body.
func (f *fields) check(body string, each bool) error {
	for _, s := range append(f.all(), f.ofFile()...) {
		for _, p := range s.paths() {
			if err := p.check(body); err != nil {
				return fmt.Errorf("map.%s: %w", s.name, err)
			}
		}
	}
	for _, p := range f.ID.paths() {
		if each && p.from != ofElement {
			return fmt.Errorf("map.id: %s is of the body: it would be the id of each element", p.text)
		}
	}
	if body == ofMail {
		return f.checkMail()
	}
	return f.checkMessage()
}

func (f *fields) checkMessage() error {
	files := len(f.Files.URL) + len(f.Files.Data)
	switch {
	case len(f.From) == 0 || len(f.Text)+len(f.HTML)+len(f.Subject) == 0:
		return errMap
	case len(f.EnvelopeFrom)+len(f.EnvelopeTo) > 0:
		return errEnvelope
	case files == 0 && len(f.Files.Each)+len(f.Files.Name)+len(f.Files.Type) > 0:
		return errFiles
	}
	return nil
}

func (f *fields) checkMail() error {
	only := fields{ID: f.ID, EnvelopeFrom: f.EnvelopeFrom, EnvelopeTo: f.EnvelopeTo}
	for i, s := range append(f.all(), f.ofFile()...) {
		if len(s.lines) != len(append(only.all(), only.ofFile()...)[i].lines) {
			return errMailMap
		}
	}
	return nil
}

// check returns nil for a path that such a body can have.
func (p path) check(body string) error {
	switch {
	case p.from == ofHeader && strings.EqualFold(p.name, "Authorization"):
		return errors.New("header:Authorization is a secret, and would be kept with each message")
	case body == ofMail && (p.from == ofElement || p.from == ofBody):
		return errMailMap
	case body == ofText && len(p.steps) > 0:
		return fmt.Errorf("%s: a text has no fields: want $, header:NAME, query:NAME or 'so many words'", p.text)
	}
	return nil
}
