package mailgun

import (
	"encoding/json"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// facts are what must be known beside an element.
type facts struct {
	pushmail.Around
	// Key names a mail that is stored with Mailgun; "": it is not.
	Key string `json:"key,omitempty"`
	// Delivery is that of a mail that was fetched.
	Delivery *pushmail.Delivery `json:"delivery,omitempty"`
}

// read is the mail of a post, or one that a post told of.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	var f facts
	if err := json.Unmarshal(s.Outer, &f); err != nil {
		return r, err
	}
	if f.Delivery != nil {
		return pushmail.Read(s, element, *f.Delivery)
	}
	form, err := pushmail.ParseForm(f.Type, element)
	if err != nil {
		return r, err
	}
	p := post{form}
	h := p.header()
	d := p.delivery(h, f)
	if raw := p.whole(h); len(raw) > 0 {
		d.Verdicts = verdicts(f.Settings, pushmail.HeaderOf(raw), d.Envelope.From)
		return pushmail.Read(s, raw, d)
	}
	d.Files = p.links(h)
	d.Verdicts = verdicts(f.Settings, h, d.Envelope.From)
	return p.mail(h).Read(s, d)
}

// delivery is what Mailgun says beside the mail. Its token is a key: see the
// package. Stored mail has a name, by which it is the same whether it could be
// fetched or not.
func (p post) delivery(h pushmail.Header, f facts) pushmail.Delivery {
	return pushmail.Delivery{
		By: "mailgun", ID: f.Key, Keys: []string{"token:" + p.last("token")}, Settings: f.Settings,
		Envelope: ingest.Envelope{From: strings.Trim(p.own(h, "sender"), " <>"), To: addresses(p.own(h, "recipient"))},
	}
}

// whole is the mail as it was sent, where the route's URL asks for that.
func (p post) whole(h pushmail.Header) []byte {
	if f, found := p.File("body-mime"); found {
		return f.Bytes
	}
	return []byte(p.own(h, "body-mime"))
}

// mail is made of the fields.
func (p post) mail(h pushmail.Header) *pushmail.Mail {
	m := &pushmail.Mail{
		Header: h, Text: pushmail.Body{Octets: p.own(h, "body-plain")}, HTML: pushmail.Body{Octets: p.own(h, "body-html")},
	}
	m.Header.Lacking("From", p.own(h, "from"))
	m.Header.Lacking("Subject", p.own(h, "subject"))
	for _, name := range []string{"Message-Id", "Date", "To", "Cc", "Reply-To", "In-Reply-To", "References"} {
		m.Header.Lacking(name, p.Get(name)) // Mailgun lists them all; if its list is broken they are here
	}
	ids := p.ids(h)
	for _, u := range p.Files {
		f := u.File
		f.CID = ids[u.Field]
		m.Files = append(m.Files, f)
	}
	return m
}

// ids are the Content-IDs of files by the names of their fields, or by their
// URLs.
func (p post) ids(h pushmail.Header) map[string]string {
	return pushmail.ContentIDs(p.own(h, "content-id-map"))
}

// links are the files of stored mail.
func (p post) links(h pushmail.Header) (list []channels.File) {
	var files []struct {
		URL  string `json:"url"`
		Name string `json:"name"`
		Type string `json:"content-type"`
		Size int64  `json:"size"`
	}
	_ = json.Unmarshal([]byte(p.own(h, "attachments")), &files)
	ids := p.ids(h)
	for _, f := range files {
		a := ingest.Attachment{
			Filename: channels.Line(f.Name, 200), ContentType: channels.Line(f.Type, 200), Size: max(f.Size, 0),
			ContentID: channels.Line(strings.Trim(ids[f.URL], " <>"), 200),
		}
		if a.ContentID != "" {
			a.Disposition = "inline"
		}
		list = append(list, channels.File{Attachment: a, URL: f.URL})
	}
	return list
}
