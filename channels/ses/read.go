package ses

import (
	"encoding/json"
	"slices"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// What an element is: the mail itself, or the notification of one.
const (
	ofMail   = "mail"
	ofNotice = "notice"
)

// read is the mail, or what the notification says of it.
func read(s channels.Stamp, element []byte) (channels.Reading, error) {
	var f facts
	if err := json.Unmarshal(s.Outer, &f); err != nil {
		return channels.Reading{}, err
	}
	r, err := f.read(s, element)
	if f.ID == "" { // then nothing tells it from others
		return channels.Reading{}, err
	}
	r.Keys, r.Content = []string{f.ID}, ingest.Sum("ses", f.ID)
	if err != nil {
		return r, err
	}
	if f.Spam || f.Virus {
		r.Message.Spam = slices.Clone(ingest.SpamHeaders)
	}
	if f.Virus {
		r.Message.Defects = append(r.Message.Defects, ingest.Defect{Code: "virus", Detail: "Amazon SES found one in it"})
	}
	return r, nil
}

func (f facts) read(s channels.Stamp, element []byte) (channels.Reading, error) {
	if s.Product == ofMail {
		return pushmail.Read(s, element, f.delivery())
	}
	n, err := readNotice(element)
	if err != nil {
		return channels.Reading{}, err
	}
	if _, err := n.content(); err != nil {
		return channels.Reading{}, err
	}
	return n.announced().Announced(s, f.delivery(), n.files()...)
}

func (f facts) delivery() pushmail.Delivery {
	return pushmail.Delivery{
		By: "amazonses.com", ID: f.ID, Envelope: ingest.Envelope{From: f.Source, To: f.To}, Verdicts: f.Verdicts, Settings: f.Settings,
	}
}

// announced is the mail as far as the notification tells of it.
func (n notice) announced() *pushmail.Mail {
	common, m := n.Mail.Common, &pushmail.Mail{}
	m.Header.Lacking("Message-ID", common.MessageID)
	m.Header.Lacking("Date", common.Date)
	m.Header.Lacking("From", strings.Join(common.From, ", "))
	m.Header.Lacking("Reply-To", strings.Join(common.ReplyTo, ", "))
	m.Header.Lacking("To", strings.Join(common.To, ", "))
	m.Header.Lacking("Cc", strings.Join(common.CC, ", "))
	m.Header.Lacking("Subject", common.Subject)
	return m
}

// files are the mail, where it lies in S3.
func (n notice) files() []channels.File {
	o, found := n.object()
	if !found {
		return nil
	}
	return []channels.File{pushmail.Whole(o.String())}
}
