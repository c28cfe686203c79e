package webhook

import (
	"errors"
	"strings"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// senders are what the settings of a channel of mail (body: mime) say of senders.
type senders struct {
	AuthServID      string         `yaml:"auth_serv_id" json:"auth_serv_id,omitempty"`             // of mail (body: mime): whose Authentication-Results in it are believed (RFC 8601 §2.5); "": nobody's
	ReplyToIsSender mime.Addresses `yaml:"reply_to_is_sender" json:"reply_to_is_sender,omitempty"` // of mail: web forms: From that write for the person in Reply-To, a list of addresses and domains, or true for all
	RewritesFrom    mime.Addresses `yaml:"rewrites_from" json:"rewrites_from,omitempty"`           // of mail: lists and gateways: From that put themselves in the place of X-Original-From, X-Original-Sender or Reply-To
}

func (s *senders) isSet() bool {
	return s.AuthServID != "" || s.ReplyToIsSender != nil || s.RewritesFrom != nil
}

var (
	errSenders = errors.New("auth_serv_id, reply_to_is_sender and rewrites_from are for body: mime")
	errWho     = errors.New("from_kind, from_how: a mail says itself who wrote it, and how that is known (see auth_serv_id)")
)

// checkMail returns nil if the settings that are for mail alone, or for all else,
// stand where they mean something.
func (s *settings) checkMail() error {
	switch {
	case s.Body != ofMail && s.senders.isSet():
		return errSenders
	case s.Body == ofMail && (s.FromKind != "" || s.FromHow != ingest.Header):
		return errWho
	}
	return nil
}

// familyOf is what a channel's messages are: a mail is one, whoever brings it.
func familyOf(decode channels.Settings) ingest.Family {
	s := settings{}
	if err := decode(&s); err != nil || s.Body != ofMail {
		return ingest.Hook
	}
	return ingest.Email
}

// readMail is a mail as whoever took it posts it: the body is what it was, the
// head says from whom to whom it was delivered.
func readMail(s channels.Stamp, a around, raw []byte) (channels.Reading, error) {
	e := finder{source: words(""), outer: a.Outer}
	d := pushmail.Delivery{By: "webhook", ID: e.find(a.Map.ID), Settings: pushmail.Settings{
		AuthServID: a.AuthServID, ReplyToIsSender: a.ReplyToIsSender, RewritesFrom: a.RewritesFrom,
	}}
	if d.ID == "" || len(d.ID) > ingest.MaxValue {
		d.ID = a.Delivery
	}
	d.Envelope.From = strings.Trim(e.find(a.Map.EnvelopeFrom), "<> ")
	for to := range strings.FieldsFuncSeq(e.find(a.Map.EnvelopeTo), func(r rune) bool { return strings.ContainsRune(",\n<> ", r) }) {
		d.Envelope.To = append(d.Envelope.To, to)
	}
	return pushmail.Read(s, raw, d)
}
