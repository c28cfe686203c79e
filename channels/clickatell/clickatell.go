// Package clickatell takes SMS from Clickatell's two-way callbacks.
//
// Clickatell signs nothing: the channel's settings say by which credentials its
// posts are known, and Clickatell must be told the same. Nothing covers the body,
// so only TLS keeps it from being changed. What bounds a repeat is the message's
// id, for ever. There is no list of messages that could be asked for what was
// missed.
package clickatell

import (
	"cmp"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is Clickatell's two-way messaging.
var Kind = channels.Kind{
	Name:   "clickatell",
	Tried:  "requests as public clients have them; never the real service",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "none: HTTP Basic, a header or a parameter of the URL",
		Covers:    "nothing",
		Replay:    "the message's id, for ever",
		Retries:   "not known",
		Proof:     channels.LoginProof,
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	Setup:      setup,
}

var reader = channels.Reader(read)

// settings is a Clickatell channel in the configuration.
type settings struct {
	channels.Login `yaml:",inline"`
	PublicURL      string `yaml:"public_url"` // as Clickatell calls it; nothing signs it
}

// hook is one channel.
type hook struct {
	settings
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{s, host}, nil
}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	if err := decode(&s); err != nil {
		return s, err
	}
	if err := s.Login.Check(); err != nil {
		return s, err
	}
	_, err = channels.BaseURL(s.PublicURL, host)
	return s, err
}

// Verify returns nil if the request brings the channel's credentials.
func (h *hook) Verify(r channels.Request) error { return h.Login.Verify(h.host, r) }

// setup says what Clickatell must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in Clickatell's portal, in the two-way settings of the SMS API: reply callback, POST, JSON, this URL; for receipts the status callback, too",
	}
	if s.BasicUser != "" {
		return append(lines, "user name and password of the callback are basic_user and basic_password"), nil
	}
	if len(s.HeaderSecret) > 0 {
		lines = append(lines, "whoever forwards the callback adds a header X-Webhook-Secret with header_secret")
	}
	if len(s.URLSecret) > 0 {
		lines = append(lines, "behind the URL comes ?secret= and url_secret")
	}
	return lines, nil
}
