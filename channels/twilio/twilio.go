// Package twilio takes SMS, MMS and WhatsApp messages from Twilio's webhook.
//
// X-Twilio-Signature covers the URL and all parameters, but no time: that a
// recorded request is sent again is only seen by its MessageSid, which names
// the message for ever. The number it comes from is what the carrier or
// WhatsApp says, and is taken for verified.
//
// Twilio tries a webhook that fails once more at most, then calls the fallback
// URL, and then forgets: point that at the same channel.
package twilio

import (
	"errors"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is Twilio's programmable messaging.
var Kind = channels.Kind{
	Name:       "twilio",
	Family:     ingest.SMS,
	Webhook:    open,
	Reread:     Reread,
	Attachment: Attachment,
}

// settings is a Twilio channel in the configuration.
type settings struct {
	AccountSID string           `yaml:"account_sid"` // AC…
	AuthToken  channels.Secrets `yaml:"auth_token"`  // the primary one signs; a list while it is changed
	PublicURL  string           `yaml:"public_url"`  // as Twilio calls it; its query comes with each request
}

// hook is one channel.
type hook struct {
	tokens channels.Secrets
	base   string
	host   channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, base, err := read(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{tokens: s.AuthToken, base: base, host: host}, nil
}

func read(decode channels.Settings, host channels.Host) (s settings, base string, err error) {
	if err = decode(&s); err != nil {
		return s, "", err
	}
	if s.AccountSID == "" || len(s.AuthToken) == 0 {
		return s, "", errors.New("account_sid and auth_token must be said")
	}
	base, err = channels.BaseURL(s.PublicURL, host)
	return s, base, err
}
