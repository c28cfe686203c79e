package postmark

import (
	"encoding/json"
	"errors"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// post is the body of a request with a mail.
type post struct {
	MessageID         string
	FromFull          address
	From              string // the address alone
	ToFull            []address
	CcFull            []address
	BccFull           []address
	ReplyTo           string // as a header has it
	OriginalRecipient string
	MailboxHash       string
	Subject           string
	Date              string
	TextBody          string
	HTMLBody          string `json:"HtmlBody"`
	Headers           []pushmail.Field
	Attachments       []attachment
	RawEmail          string
}

type address struct{ Email, Name string }

type attachment struct {
	Name        string
	ContentType string
	ContentID   string
	Content     string // base64
	Data        string // the same, in posts that try the URL
}

var errBody = errors.New("the body is not as Postmark writes them")

// read is the mail of a post.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	around, err := pushmail.AroundOf(s)
	if err != nil {
		return r, err
	}
	var p post
	if err := json.Unmarshal(element, &p); err != nil {
		return r, errBody
	}
	d := p.delivery(around.Settings)
	if p.RawEmail != "" {
		raw := []byte(p.RawEmail)
		d.Verdicts = around.Believed(pushmail.HeaderOf(raw))
		return pushmail.Read(s, raw, d)
	}
	m := p.mail()
	d.Verdicts = around.Believed(m.Header)
	return m.Read(s, d)
}

func (p *post) delivery(s pushmail.Settings) pushmail.Delivery {
	d := pushmail.Delivery{By: "postmark", ID: channels.Line(p.MessageID, 100), Settings: s, Envelope: ingest.Envelope{From: p.returnPath()}}
	if p.OriginalRecipient != "" {
		d.Envelope.To = []string{p.OriginalRecipient}
	}
	if p.MailboxHash != "" {
		d.Tokens = []string{p.MailboxHash}
	}
	return d
}

// returnPath is what Postmark writes at the head of the others.
func (p *post) returnPath() string {
	if len(p.Headers) == 0 || !strings.EqualFold(p.Headers[0].Name, "Return-Path") {
		return ""
	}
	return strings.Trim(p.Headers[0].Value, " <>")
}

// mail is made of the fields. What Headers have is as it was sent, so fields that
// are there are not written again.
func (p *post) mail() *pushmail.Mail {
	m := &pushmail.Mail{Header: p.Headers, Text: pushmail.Body{Octets: p.TextBody}, HTML: pushmail.Body{Octets: p.HTMLBody}}
	from := p.FromFull
	if from.Email == "" {
		from.Email = p.From
	}
	m.Header.Lacking("From", from.box())
	m.Header.Lacking("To", boxes(p.ToFull))
	m.Header.Lacking("Cc", boxes(p.CcFull))
	m.Header.Lacking("Bcc", boxes(p.BccFull))
	m.Header.Lacking("Reply-To", p.ReplyTo)
	m.Header.Lacking("Subject", p.Subject)
	m.Header.Lacking("Date", p.Date)
	for _, a := range p.Attachments {
		content := a.Content
		if content == "" {
			content = a.Data
		}
		m.Files = append(m.Files, pushmail.File{Name: a.Name, Type: a.ContentType, CID: a.ContentID, Base64: content})
	}
	return m
}

func (a address) box() string { return pushmail.Mailbox(a.Name, a.Email) }

func boxes(list []address) string {
	var all []string
	for _, a := range list {
		if box := a.box(); box != "" {
			all = append(all, box)
		}
	}
	return strings.Join(all, ", ")
}
