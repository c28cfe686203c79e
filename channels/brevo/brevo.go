// Package brevo takes mail from Brevo's inbound parsing webhook
// (developers.brevo.com/docs/inbound-parse-webhooks).
//
// Brevo signs nothing: the URL that it is told has the credentials in it. A post
// has several mails, each named by the first of Brevo's own ids of it. Files stay
// with Brevo and are fetched with the setting api_key.
package brevo

import (
	"time"

	"gatehouse/channels"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Kind is Brevo's inbound parsing.
var Kind = channels.Kind{
	Name:   "brevo",
	Tried:  "requests as the provider's documentation has them; never the real service",
	Family: ingest.Email,
	Facts: channels.Facts{
		Signature: "none: HTTP Basic in the URL, a header or a parameter",
		Covers:    "nothing",
		Replay:    "Brevo's id of the mail, for ever",
		Retries:   "four tries in eleven hours after an answer 429 or 5xx; none after another 4xx",
		Retried:   11 * time.Hour,
		Media:     "by tokens, fetched with the account's API key",
		Proof:     channels.LoginProof,
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Setup:      setup,
}

var reader = channels.Reader(read)

// settings is a Brevo channel in the configuration.
type settings struct {
	pushmail.Unsigned `yaml:",inline"`
	APIKey            channels.Secrets `yaml:"api_key"`  // of the account: without it files are not fetched
	APIBase           string           `yaml:"api_base"` // default https://api.brevo.com
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
	s.APIBase = "https://api.brevo.com"
	if err := decode(&s); err != nil {
		return s, err
	}
	return s, s.Check(host)
}

// Verify returns nil if the request brings the channel's credentials.
func (h *hook) Verify(r channels.Request) error { return h.Login.Verify(h.host, r) }

// setup says what Brevo must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	where := []string{"Brevo: POST /v3/webhooks with type inbound, the event inboundEmailProcessed, the domain whose MX is Brevo's, and this URL"}
	if len(s.APIKey) == 0 {
		where = append(where, "files of mails are fetched once api_key is set here")
	}
	return s.Told(host, where...), nil
}
