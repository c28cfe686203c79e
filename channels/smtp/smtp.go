// Package smtp takes mail that a mail server delivers over SMTP (RFC 5321) or
// LMTP (RFC 2033): it is the last hop, stores what it is given, and passes
// nothing on.
//
// Nothing is acknowledged before it is stored. All recipients of a transaction
// are stored in one commit, one message a channel, so that SMTP's one answer
// holds for all of them; LMTP answers each. A message is known by recipient and
// bytes: a client that does not hear the answer and sends again makes no second
// one. The bytes are kept as they were sent, without a Received or Return-Path
// of ours; what only the envelope says is the message's technical data.
//
// Only <CR><LF>.<CR><LF> ends a mail. Bare line ends within it are content, and
// since nothing is passed on nobody downstream can read them otherwise.
package smtp

import (
	"slices"

	"gatehouse/channels"
	"gatehouse/channels/mime"
	"gatehouse/ingest"
)

// Kind is mail that is delivered to us.
var Kind = channels.Kind{
	Name:       "smtp",
	Tried:      "Debian's Postfix, Swaks",
	Family:     ingest.Email,
	Listener:   open,
	Feeds:      feeds,
	Reread:     func(raw []byte) (ingest.Message, error) { return mime.Reread(raw) },
	Rereader:   rereader,
	Attachment: mime.Attachment,
	Places:     places,
	Setup:      setup,
}

// open reads a channel's settings; it opens no socket.
func open(settings channels.Settings, host channels.Host) (channels.Listener, error) {
	c, err := read(settings, host.Channel)
	if err != nil || c.Listen == "" {
		return nil, err
	}
	return newServer(c, host)
}

// feeds names the channels of the recipients, but for the one that is not named.
func feeds(settings channels.Settings) ([]string, error) {
	c, err := read(settings, "")
	return slices.DeleteFunc(c.routes.channels(), func(name string) bool { return name == "" }), err
}

// places names the socket: two channels cannot listen on one.
func places(settings channels.Settings) ([]string, error) {
	c, err := read(settings, "")
	if err != nil || c.Listen == "" {
		return nil, err
	}
	return []string{c.Protocol + "://" + c.Listen}, nil
}
