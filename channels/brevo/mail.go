package brevo

import (
	"encoding/json"
	"errors"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// item is one mail of a post.
type item struct {
	Uuid        []string
	MessageID   string          `json:"MessageId"`
	InReplyTo   string          // null: none
	From        mailbox         // as From says
	ReplyTo     mailbox         // null: none
	To, Cc      []mailbox       // as the header says
	Recipients  []mailbox       // of the envelope, in newer posts
	SentAtDate  string          // as a header writes it
	Subject     string          //
	RawTextBody string          // null: there is none
	RawHTMLBody string          `json:"RawHtmlBody"`
	Headers     pushmail.Header // the mail's own, decoded
	Attachments []attachment
}

type mailbox struct{ Name, Address string }

type attachment struct {
	Name          string
	ContentType   string
	ContentLength int64
	ContentID     string
	DownloadToken string
}

var errItem = errors.New("the mail is not as Brevo writes them")

// read is the mail of an item.
func read(s channels.Stamp, element []byte) (r channels.Reading, err error) {
	around, err := pushmail.AroundOf(s)
	if err != nil {
		return r, err
	}
	var it item
	if err := json.Unmarshal(element, &it); err != nil {
		return r, errItem
	}
	if len(it.Uuid) == 0 || it.Uuid[0] == "" {
		return r, nil // without an id nothing tells it from others
	}
	m := it.mail()
	return m.Read(s, pushmail.Delivery{
		By: "brevo", ID: channels.Line(it.Uuid[0], 200), Envelope: it.envelope(), Files: it.files(),
		Verdicts: around.Believed(m.Header), Settings: around.Settings,
	})
}

func (it *item) envelope() ingest.Envelope {
	e := ingest.Envelope{From: strings.Trim(it.Headers.Get("Return-Path"), " <>")}
	for _, to := range it.Recipients {
		e.To = append(e.To, to.Address)
	}
	return e
}

// mail is made of the fields: what the header does not say is taken from those
// beside it.
func (it *item) mail() *pushmail.Mail {
	m := &pushmail.Mail{Header: it.Headers, Text: pushmail.Body{Octets: it.RawTextBody}, HTML: pushmail.Body{Octets: it.RawHTMLBody}}
	m.Header.Lacking("Message-ID", it.MessageID)
	m.Header.Lacking("In-Reply-To", it.InReplyTo)
	m.Header.Lacking("From", it.From.box())
	m.Header.Lacking("Reply-To", it.ReplyTo.box())
	m.Header.Lacking("To", boxes(it.To))
	m.Header.Lacking("Cc", boxes(it.Cc))
	m.Header.Lacking("Date", it.SentAtDate)
	m.Header.Lacking("Subject", it.Subject)
	return m
}

func (b mailbox) box() string { return pushmail.Mailbox(b.Name, b.Address) }

func boxes(list []mailbox) string {
	all := make([]string, len(list))
	for i, b := range list {
		all[i] = b.box()
	}
	return strings.Join(all, ", ")
}

// files are still with Brevo. Those that the html shows are named there.
func (it *item) files() (list []channels.File) {
	named := shown(it.RawHTMLBody)
	for _, a := range it.Attachments {
		f := channels.File{ID: a.DownloadToken}
		f.Attachment = ingest.Attachment{
			Filename: channels.Line(a.Name, 200), ContentType: channels.Line(a.ContentType, 127),
			ContentID: strings.Trim(channels.Line(a.ContentID, 250), "<>"), Size: max(a.ContentLength, 0),
		}
		if id := f.Attachment.ContentID; id != "" && named[id] {
			f.Attachment.Disposition = "inline"
		}
		list = append(list, f)
	}
	return list
}

// shown are the Content-IDs that html names (RFC 2392), whatever number of files
// a mail has.
func shown(html string) map[string]bool {
	ids := map[string]bool{}
	_, html, _ = strings.Cut(html, "cid:")
	for id := range strings.SplitSeq(html, "cid:") {
		if end := strings.IndexAny(id, "\"'<>() \t\r\n"); end >= 0 {
			id = id[:end]
		}
		ids[id] = true
	}
	return ids
}
