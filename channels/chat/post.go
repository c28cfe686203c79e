package chat

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"gatehouse/ingest"
)

// post is a message as a widget sends it.
type post struct {
	ID          string         `json:"id"` // the client's own; with visitor_id it is the message's key
	VisitorID   string         `json:"visitor_id"`
	VisitorHash string         `json:"visitor_hash,omitempty"`
	EmailHash   string         `json:"email_hash,omitempty"`
	Name        string         `json:"name,omitempty"`  // as typed
	Email       string         `json:"email,omitempty"` // as typed
	Text        string         `json:"text"`
	Attachments []file         `json:"attachments,omitempty"`
	Page        *page          `json:"page,omitempty"`
	Widget      string         `json:"widget,omitempty"`
	Locale      string         `json:"locale,omitempty"`
	TimeZone    string         `json:"time_zone,omitempty"`
	Device      *ingest.Device `json:"device,omitempty"`
}

// file is an attachment; Data is base64 (RFC 4648 §4, padding optional).
type file struct {
	Filename    string `json:"filename"`
	ContentType string `json:"content_type"`
	Data        string `json:"data"`
}

// bytes decodes the file.
func (f file) bytes() ([]byte, error) {
	return base64.RawStdEncoding.DecodeString(strings.TrimRight(f.Data, "="))
}

// The longest names and addresses, in octets.
const (
	maxID    = 200
	maxEmail = 320
)

// readPost decodes a body strictly: JSON, one object, no unknown names.
func readPost(body []byte, into any) error {
	d := json.NewDecoder(bytes.NewReader(body))
	d.DisallowUnknownFields()
	if err := d.Decode(into); err != nil {
		return malformed(err)
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return trouble(400, "one JSON object is wanted, and nothing after it")
	}
	return nil
}

// malformed says what is wrong with JSON that does not decode.
func malformed(err error) *problem {
	var kind *json.UnmarshalTypeError
	if errors.As(err, &kind) && kind.Field != "" {
		return invalid(fieldError{kind.Field, "must be a " + wanted(kind)})
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok {
		return invalid(fieldError{strings.Trim(name, `"`), "is not known"})
	}
	return trouble(400, "the body is not a JSON object")
}

func wanted(kind *json.UnmarshalTypeError) string {
	switch kind.Type.Kind().String() {
	case "string":
		return "string"
	case "slice":
		return "list"
	}
	return "JSON object"
}

func invalid(errs ...fieldError) *problem {
	p := trouble(422, "")
	p.Errors = errs
	return p
}

// check says what is wrong with the fields, all of them at once.
func (p *post) check(s settings) []fieldError {
	var errs []fieldError
	wrong := func(field, says string) {
		if says != "" {
			errs = append(errs, fieldError{field, says})
		}
	}
	wrong("id", badID(p.ID))
	wrong("visitor_id", badID(p.VisitorID))
	wrong("email", badEmail(p.Email))
	if len(p.Attachments) == 0 && strings.TrimSpace(strip(p.Text)) == "" {
		wrong("text", "is empty, and there are no attachments")
	}
	if len(p.Attachments) > s.MaxAttachments {
		wrong("attachments", fmt.Sprintf("are more than %d", s.MaxAttachments))
	}
	for i, f := range p.Attachments {
		if _, err := f.bytes(); err != nil {
			wrong(fmt.Sprintf("attachments[%d].data", i), "is not base64")
		}
		if !s.takes(f.mediaType()) {
			wrong(fmt.Sprintf("attachments[%d].content_type", i), "is not taken here: want "+strings.Join(s.AttachmentTypes, ", "))
		}
	}
	return errs
}

// badID says what is wrong with an id that others must be able to repeat.
func badID(s string) string {
	switch {
	case s == "":
		return "is missing"
	case len(s) > maxID:
		return fmt.Sprintf("is longer than %d octets", maxID)
	case strings.ContainsFunc(s, func(r rune) bool { return unicode.IsControl(r) || r == utf8.RuneError }):
		return "has control characters or is not UTF-8"
	case strings.TrimSpace(s) != s:
		return "begins or ends with a space"
	}
	return ""
}

func badEmail(s string) string {
	if s == "" {
		return ""
	}
	if _, err := ingest.ParseIdentity("email", s, ingest.Claimed); err != nil || len(s) > maxEmail {
		return "is no e-mail address"
	}
	return ""
}

// tooLarge reports whether the attachments together, or all the rest of what
// said it, are beyond their limits.
func (p *post) tooLarge(s settings, rest int) bool {
	var decoded int
	for _, f := range p.Attachments {
		decoded += base64.RawStdEncoding.DecodedLen(len(strings.TrimRight(f.Data, "=")))
	}
	return int64(decoded) > s.MaxAttachmentBytes || int64(rest) > s.MaxBodyBytes
}

// encoded is the size of the attachments in JSON.
func (p *post) encoded() (n int) {
	for _, f := range p.Attachments {
		n += len(f.Data)
	}
	return n
}

// strip drops NUL, which no text column takes. JSON has already been read as
// valid UTF-8.
func strip(s string) string {
	if strings.IndexByte(s, 0) < 0 {
		return s
	}
	return strings.ReplaceAll(s, "\x00", "")
}

// word makes a line of at most most runes out of what a stranger's page says
// of itself.
func word(s string, most int) string {
	s = strings.TrimSpace(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return -1
		}
		return r
	}, s))
	for i := range s {
		if most == 0 {
			return s[:i]
		}
		most--
	}
	return s
}
