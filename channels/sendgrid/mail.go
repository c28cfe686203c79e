package sendgrid

import (
	"cmp"
	"encoding/json"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// read is the mail of a post.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	around, err := pushmail.AroundOf(s)
	if err != nil {
		return r, err
	}
	form, err := pushmail.ParseForm(around.Type, element)
	if err != nil {
		return r, err
	}
	p := post{form}
	d := p.delivery()
	d.Settings = around.Settings
	if raw, found := p.whole(); found {
		d.Verdicts = p.verdicts(pushmail.HeaderOf(raw), d.Envelope.From)
		return pushmail.Read(s, raw, d)
	}
	m := p.mail()
	d.Verdicts = p.verdicts(m.Header, d.Envelope.From)
	return m.Read(s, d)
}

// post is the form of a request.
type post struct{ pushmail.Form }

// whole is the mail as it was sent, where SendGrid is set to post it so.
func (p post) whole() ([]byte, bool) {
	if f, found := p.File("email"); found {
		return f.Bytes, true
	}
	all := p.All("email")
	if len(all) == 0 {
		return nil, false
	}
	return []byte(all[0]), true
}

func (p post) delivery() pushmail.Delivery {
	var e struct {
		To   []string `json:"to"`
		From string   `json:"from"`
	}
	_ = json.Unmarshal([]byte(p.Get("envelope")), &e) // a form without one is a mail all the same
	return pushmail.Delivery{By: "sendgrid", Envelope: ingest.Envelope{From: e.From, To: e.To, Client: p.Get("sender_ip")}}
}

// verdicts are what SendGrid found of the sender. dkim is {@example.com : pass,
// @example.net : fail}, one result a signature: a domain that a sender wrote so
// that it reads like two would make one more.
func (p post) verdicts(h pushmail.Header, from string) (list []pushmail.Verdict) {
	if result := p.Get("SPF"); result != "" {
		list = append(list, pushmail.Verdict{Method: "spf", Result: strings.ToLower(result), Domain: pushmail.DomainOf(from)})
	}
	results := strings.Split(strings.Trim(p.Get("dkim"), " {}"), ",")
	if len(results) != len(h.All("DKIM-Signature")) {
		return list
	}
	for _, text := range results {
		domain, result, _ := strings.Cut(text, ":")
		list = append(list, pushmail.Verdict{
			Method: "dkim", Result: strings.ToLower(strings.TrimSpace(result)), Domain: strings.TrimPrefix(strings.TrimSpace(domain), "@"),
		})
	}
	return list
}

// mail is made of the fields.
func (p post) mail() *pushmail.Mail {
	charsets := map[string]string{}
	_ = json.Unmarshal([]byte(p.Get("charsets")), &charsets)
	m := &pushmail.Mail{
		Header: pushmail.ParseHeader(p.Get("headers")),
		Text:   pushmail.Body{Octets: p.Get("text"), Charset: charsets["text"]},
		HTML:   pushmail.Body{Octets: p.Get("html"), Charset: charsets["html"]},
		Files:  p.files(),
	}
	for _, name := range []string{"From", "To", "Cc", "Subject"} {
		m.Header.Lacking(name, p.Get(strings.ToLower(name)))
	}
	return m
}

// files are the attachments, as the form and its lists describe them.
func (p post) files() (list []pushmail.File) {
	var info map[string]struct {
		Filename  string `json:"filename"`
		Type      string `json:"type"`
		ContentID string `json:"content-id"`
	}
	_ = json.Unmarshal([]byte(p.Get("attachment-info")), &info)
	ids := pushmail.ContentIDs(p.Get("content-ids"))
	for _, u := range p.uploads() {
		f, told := u.File, info[u.Field]
		f.CID = cmp.Or(told.ContentID, ids[u.Field])
		if f.Name == "" {
			f.Name = told.Filename
		}
		if f.Type == "" {
			f.Type = told.Type
		}
		list = append(list, f)
	}
	return list
}

// uploads are the files of the form, and attachments without a name, which come
// as fields.
func (p post) uploads() []pushmail.Upload {
	list := slices.Clone(p.Files)
	for _, f := range p.Form.Form {
		number, isFile := strings.CutPrefix(f.Name, "attachment")
		if isFile && number != "" && strings.Trim(number, "0123456789") == "" {
			list = append(list, pushmail.Upload{Field: f.Name, File: pushmail.File{Bytes: []byte(f.Value)}})
		}
	}
	return list
}
