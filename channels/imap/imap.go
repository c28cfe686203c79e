// Package imap polls mailboxes over IMAP (RFC 3501, RFC 9051): it takes over
// every message of its folders once, and none is lost when the server, the
// network or this program fails in between.
//
// What is new is told by UID and UIDVALIDITY alone (RFC 3501 §2.3.1.1), never
// by flags or dates. The place reached is a [cursor], moved in the transaction
// that stores what lies before it. A pass over a folder lists the sizes and
// headers of what is new, then reads bodies in small batches of explicit UIDs
// and compares what came with what was asked for: the client library passes
// over a message in silence where a server answers in an unusual order, and
// the end of a connection looks like the end of a body. What is missing is
// asked for once more alone, and by sequence number, before it counts as
// vanished; what a server will never give becomes a dead message, so that it
// stops nobody else's mail.
package imap

import (
	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// Kind is a mailbox polled over IMAP.
var Kind = channels.Kind{
	Name:       "imap",
	Tried:      "Dovecot, and servers made to fail; never Google's or Microsoft's",
	Family:     ingest.Email,
	Poller:     New,
	Reread:     func(raw []byte) (ingest.Message, error) { return mime.Reread(raw) },
	Rereader:   rereader,
	Attachment: mime.Attachment,
	Places:     places,
	Consent:    consent,
}

// New reads a channel's settings; it does not connect.
func New(settings channels.Settings, host channels.Host) (channels.Poller, error) {
	c, err := read(settings)
	if err != nil {
		return nil, err
	}
	p := newPoller(c, host)
	if p.tokens, err = newTokens(&c, host); err != nil {
		return nil, err
	}
	return p, nil
}
