// Package mailgun takes mail that Mailgun's routes forward or store
// (documentation.mailgun.com: Receive, forward and store), in fields or whole.
//
// Mailgun signs a time and a token, and neither the body nor the URL. So the
// token is a key of the mail that came with it: what comes with it again is the
// same mail, from Mailgun after a failure or from whoever listened, or else it
// is kept aside as dead, for the key stands for another. That is remembered for
// ever and by all processes, and only of what was stored: no try that failed
// here is held against the next.
//
// All fields of the mail's header are fields of the form as well. A sender can
// name one like Mailgun's own; Mailgun's come last.
package mailgun

import (
	"errors"
	"net/http"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Kind is Mailgun's routes.
var Kind = channels.Kind{
	Name:   "mailgun",
	Tried:  "requests signed as the provider's documentation says; never the real service",
	Family: ingest.Email,
	Facts: channels.Facts{
		Signature:   "in the body: HMAC-SHA256 with the webhook signing key",
		Covers:      "a time and a token, not the message",
		Replay:      "the time signed, within `max_skew_s`, and the token, for ever: with another mail it is dead",
		Retries:     "for eight hours; never after a 406",
		Retried:     8 * time.Hour,
		Media:       "in the request; of stored mail links, fetched with api_key",
		ProofFields: []string{"timestamp", "token", "signature"},
		Refused:     http.StatusNotAcceptable,
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Setup:      setup,
}

var reader = channels.Reader(read)

// settings is a Mailgun channel in the configuration.
type settings struct {
	SigningKey        channels.Secrets `yaml:"webhook_signing_key"` // the HTTP webhook signing key of the account, which is not its API key
	MaxSkew           int              `yaml:"max_skew_s"`          // how many seconds the time signed may be off: nine hours, since nobody knows whether Mailgun signs a retry anew
	APIKey            channels.Secrets `yaml:"api_key"`             // with it stored mail is fetched, whole, and its files
	StorageHosts      []string         `yaml:"storage_hosts"`       // Mailgun's own hosts, which alone are told api_key; one that begins with a dot stands for all names that end so
	pushmail.Settings `yaml:",inline"`
	PublicURL         string `yaml:"public_url"` // as Mailgun calls it; it is not signed
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
	s.MaxSkew, s.StorageHosts = 9*60*60, []string{".mailgun.net"}
	if err := decode(&s); err != nil {
		return s, err
	}
	switch {
	case len(s.SigningKey) == 0:
		return s, errors.New("webhook_signing_key must be said")
	case s.MaxSkew < 1 || s.MaxSkew > 86400:
		return s, errors.New("max_skew_s: want 1 to 86400")
	}
	if err := channels.CheckHosts("storage_hosts", s.StorageHosts...); err != nil {
		return s, err
	}
	_, err = channels.BaseURL(s.PublicURL, host)
	return s, err
}
