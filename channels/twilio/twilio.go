// Package twilio takes SMS, MMS and WhatsApp messages from Twilio's webhook.
//
// X-Twilio-Signature covers the URL and all parameters, but no time: that a
// recorded request is sent again is only seen by its MessageSid, which names
// the message for ever. The number it comes from is what the carrier or
// WhatsApp says, and is taken for verified.
//
// Twilio tries a webhook that fails once more at most, then calls the fallback
// URL, and then forgets. The setting backfill therefore asks its list of
// messages, every so often, for what the webhook missed.
package twilio

import (
	"errors"
	"net/http"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is Twilio's programmable messaging.
var Kind = backfill.Kind(channels.Kind{
	Name:   "twilio",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "X-Twilio-Signature: HMAC-SHA1 with the auth token",
		Covers:    "the URL and all parameters; of JSON its hash in the URL",
		Replay:    "the message's id, for ever",
		Retries:   "one more try, then the fallback URL",
		Backfill:  "its list of messages",
		Media:     "links, fetched with the account's credentials",
		Proof:     []string{"X-Twilio-Signature"},
		Refused:   http.StatusForbidden, // anything else is taken for a fault of ours
		Limit:     15 * time.Second,
	},
	Webhook:    open,
	Lister:     openList,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Setup:      setup,
})

var reader = channels.Reader(read)

// settings is a Twilio channel in the configuration.
type settings struct {
	AccountSID            string           `yaml:"account_sid"` // of the account or sub-account: AC…
	AuthToken             channels.Secrets `yaml:"auth_token"`  // the primary one signs; a list while it is changed
	PublicURL             string           `yaml:"public_url"`  // as Twilio calls it; its query comes with each request
	channels.ListSettings `yaml:",inline"`
}

// hook is one channel.
type hook struct {
	tokens channels.Secrets
	base   string
	host   channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, base, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{tokens: s.AuthToken, base: base, host: host}, nil
}

func configured(decode channels.Settings, host channels.Host) (s settings, base string, err error) {
	s.APIBase = "https://api.twilio.com"
	if err = decode(&s); err != nil {
		return s, "", err
	}
	if s.AccountSID == "" || len(s.AuthToken) == 0 {
		return s, "", errors.New("account_sid and auth_token must be said")
	}
	base, err = channels.BaseURL(s.PublicURL, host)
	return s, base, err
}
