package mailjet

import (
	"encoding/json"
	"errors"
	"mime"
	"slices"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// post is the body of a request with a mail.
type post struct {
	Sender    string // of the envelope
	Recipient string // of the envelope
	From      string // as the header has it, decoded
	Subject   string
	Date      string // the header's, in UTC: 20150410T160638
	Headers   pushmail.Header
	Parts     []part
	Text      string                     `json:"Text-part"`
	HTML      string                     `json:"Html-part"`
	Rest      map[string]json.RawMessage `json:"-"` // among them the files, by the names that parts refer to
}

// part describes one of the mail's; what it holds stands under its name.
type part struct {
	Headers    pushmail.Header
	ContentRef string
}

var errPost = errors.New("the body is not as Mailjet writes them")

func readPost(body []byte) (p post, err error) {
	if json.Unmarshal(body, &p) != nil || json.Unmarshal(body, &p.Rest) != nil {
		return p, errPost
	}
	return p, nil
}

// read is the mail of a post.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	around, err := pushmail.AroundOf(s)
	if err != nil {
		return r, err
	}
	p, err := readPost(element)
	if err != nil {
		return r, err
	}
	m := p.mail()
	d := pushmail.Delivery{
		By: "mailjet", Envelope: ingest.Envelope{From: p.Sender}, Verdicts: around.Believed(m.Header), Settings: around.Settings,
	}
	if p.Recipient != "" {
		d.Envelope.To = []string{p.Recipient}
	}
	return m.Read(s, d)
}

// mail is made of the fields.
func (p *post) mail() *pushmail.Mail {
	m := &pushmail.Mail{Header: p.Headers, Text: pushmail.Body{Octets: p.Text}, HTML: pushmail.Body{Octets: p.HTML}, Files: p.files()}
	m.Header.Lacking("From", p.From)
	m.Header.Lacking("Subject", p.Subject)
	m.Header.Lacking("Date", dateOf(p.Date))
	return m
}

// dateOf is Mailjet's date as a header writes it (RFC 5322 §3.3); "": it is none.
func dateOf(s string) string {
	at, err := time.Parse("20060102T150405", s)
	if err != nil {
		return ""
	}
	return at.Format(time.RFC1123Z)
}

// files are the parts that are neither text nor html, in their order, and those
// that no part describes.
func (p *post) files() (list []pushmail.File) {
	taken := map[string]bool{}
	for _, part := range p.Parts {
		if content, found := p.file(part.ContentRef); found && !taken[part.ContentRef] {
			taken[part.ContentRef] = true
			list = append(list, part.file(content))
		}
	}
	var others []string
	for name := range p.Rest {
		if _, found := p.file(name); found && !taken[name] {
			others = append(others, name)
		}
	}
	slices.Sort(others)
	for _, name := range others {
		content, _ := p.file(name)
		list = append(list, pushmail.File{Name: name, Base64: content})
	}
	return list
}

// file is what stands under a file's name, in base64.
func (p *post) file(name string) (content string, found bool) {
	if !strings.HasPrefix(name, "Attachment") && !strings.HasPrefix(name, "InlineAttachment") {
		return "", false
	}
	return content, json.Unmarshal(p.Rest[name], &content) == nil
}

// file is a file as the part's own header describes it.
func (p part) file(content string) pushmail.File {
	kind, named, _ := mime.ParseMediaType(p.Headers.Get("Content-Type"))
	_, disposed, _ := mime.ParseMediaType(p.Headers.Get("Content-Disposition"))
	f := pushmail.File{Name: disposed["filename"], Type: kind, CID: p.Headers.Get("Content-ID"), Base64: content}
	if f.Name == "" {
		f.Name = named["name"]
	}
	if word, err := new(mime.WordDecoder).DecodeHeader(f.Name); err == nil {
		f.Name = word
	}
	return f
}
