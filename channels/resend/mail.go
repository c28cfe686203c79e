package resend

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// What an element is: the mail itself, what the API has of it, or what a post
// says.
const (
	ofMail   = "mail"
	ofFields = "fields"
	ofNotice = "notice"
)

// email is a mail as the API has it, and in posts and lists without its content.
type email struct {
	EmailID     string          `json:"email_id"` // in posts
	ID          string          `json:"id"`       // in the API
	Created     string          `json:"created_at"`
	From        string          `json:"from"` // as the header has it, decoded
	To          []string        `json:"to"`
	CC          []string        `json:"cc"`
	BCC         []string        `json:"bcc"`
	ReplyTo     []string        `json:"reply_to"`
	MessageID   string          `json:"message_id"`
	Subject     string          `json:"subject"`
	Text        string          `json:"text"`
	HTML        string          `json:"html"`
	Headers     pushmail.Header `json:"headers"`
	Attachments []attachment    `json:"attachments"`
	Raw         struct {
		URL string `json:"download_url"` // signed, for a while
	} `json:"raw"`
}

type attachment struct {
	ID          string `json:"id"`
	Filename    string `json:"filename"`
	Type        string `json:"content_type"`
	Disposition string `json:"content_disposition"`
	ContentID   string `json:"content_id"`
	Size        int64  `json:"size"`
}

var errEmail = errors.New("the mail is not as Resend writes them")

func readEmail(element []byte) (e email, err error) {
	if json.Unmarshal(element, &e) != nil {
		err = errEmail
	}
	return e, err
}

func (e *email) id() string { return channels.Line(e.EmailID+e.ID, 200) } // each form has one

// around is what must be known beside an element, sealed with it.
type around struct {
	ID string `json:"id,omitempty"` // of the mail, where the element does not say it
	pushmail.Settings
}

// read is the mail of an element.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var a around
	if len(s.Outer) > 0 {
		if err := json.Unmarshal(s.Outer, &a); err != nil {
			return r, err
		}
	}
	if s.Product == ofMail {
		r, err = pushmail.Read(s, element, a.delivery(pushmail.HeaderOf(element)))
		return a.named(r), err
	}
	e, err := readEmail(element)
	if a.ID = e.id(); a.ID == "" {
		return r, err // nothing tells it from others
	}
	if err == nil {
		r, err = e.read(s, a.delivery(e.Headers))
	}
	return a.named(r), err
}

// named is a reading under the mail's id, whatever form it was read from.
func (a around) named(r channels.Reading) channels.Reading {
	r.Keys, r.Content = []string{a.ID}, ingest.Sum("resend", a.ID)
	return r
}

func (a around) delivery(h pushmail.Header) pushmail.Delivery {
	return pushmail.Delivery{By: "resend", ID: a.ID, Verdicts: a.Believed(h), Settings: a.Settings}
}

// read is the mail of the fields, of which posts have no text.
func (e *email) read(s channels.Stamp, d pushmail.Delivery) (channels.Reading, error) {
	m := &pushmail.Mail{Header: slices.Clone(e.Headers)}
	m.Header.Lacking("Message-ID", e.MessageID)
	m.Header.Lacking("From", e.From)
	m.Header.Lacking("Reply-To", strings.Join(e.ReplyTo, ", "))
	m.Header.Lacking("To", strings.Join(e.To, ", "))
	m.Header.Lacking("Cc", strings.Join(e.CC, ", "))
	m.Header.Lacking("Bcc", strings.Join(e.BCC, ", "))
	m.Header.Lacking("Subject", e.Subject)
	if at := moment(e.Created); !at.IsZero() {
		m.Header.Lacking("Date", at.Format(time.RFC1123Z))
	}
	if s.Product == ofNotice || e.bare() {
		return m.Announced(s, d, pushmail.Whole(e.id()))
	}
	m.Text.Octets, m.HTML.Octets, d.Files = e.Text, e.HTML, e.files()
	return m.Read(s, d)
}

// bare reports that there is no more of it than a list has.
func (e *email) bare() bool { return e.Headers == nil && e.Text == "" && e.HTML == "" }

// moment is a time in any of the forms in which Resend writes them; zero: it is
// none.
func moment(text string) time.Time {
	for _, form := range []string{time.RFC3339, "2006-01-02 15:04:05.999999999Z07", "2006-01-02 15:04:05.999999999Z07:00"} {
		if at, err := time.Parse(form, text); err == nil {
			return at.UTC()
		}
	}
	return time.Time{}
}

// files are still with Resend.
func (e *email) files() (list []channels.File) {
	for _, a := range e.Attachments {
		f := channels.File{}
		if a.ID != "" {
			f.ID = e.id() + "/" + a.ID
		}
		f.Attachment = ingest.Attachment{
			Filename: channels.Line(a.Filename, 200), ContentType: channels.Line(a.Type, 127),
			ContentID: strings.Trim(channels.Line(a.ContentID, 250), "<>"), Size: max(a.Size, 0),
		}
		if a.Disposition == "inline" {
			f.Attachment.Disposition = a.Disposition
		}
		list = append(list, f)
	}
	return list
}
