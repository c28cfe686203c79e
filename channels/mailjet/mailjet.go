// Package mailjet takes mail from Mailjet's Parse API (dev.mailjet.com, Parse
// API).
//
// Mailjet signs nothing: the URL that it is told has the credentials in it. It
// gives no id: the recipient and what was sent name a mail.
package mailjet

import (
	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Kind is Mailjet's Parse API.
var Kind = channels.Kind{
	Name:   "mailjet",
	Tried:  "requests as the provider's documentation has them; never the real service",
	Family: ingest.Email,
	Facts: channels.Facts{
		Signature: "none: HTTP Basic in the URL, a header or a parameter",
		Covers:    "nothing",
		Replay:    "recipient and mail, for ever",
		Retries:   "not known",
		Media:     "in the request",
		Proof:     channels.LoginProof,
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	Setup:      setup,
}

var reader = channels.Reader(read)

// hook is one channel.
type hook struct {
	pushmail.Unsigned
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	h := &hook{host: host}
	if err := decode(&h.Unsigned); err != nil {
		return nil, err
	}
	return h, h.Check(host)
}

// Verify returns nil if the request brings the channel's credentials.
func (h *hook) Verify(r channels.Request) error { return h.Login.Verify(h.host, r) }

// setup says what Mailjet must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	w, err := open(decode, host)
	if err != nil {
		return nil, err
	}
	return w.(*hook).Told(host, "Mailjet: POST /v3/REST/parseroute with this URL; its path is not the root"), nil
}
