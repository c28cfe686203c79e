// Package plivo takes SMS and MMS from Plivo's webhook, the message URL of an
// application.
//
// Plivo signs in two ways and sends one or both. V3 covers the URL and all
// parameters. V2 covers the URL without its query and a nonce, so that a
// recorded signature fits any body: it is only looked at where no V3 came, and
// can be forbidden. Neither has a time: that a recorded request is sent again is
// seen by its MessageUUID, which names the message for ever.
//
// What Plivo gave up to deliver has lost its text: its records of messages say
// who wrote to which number and when. The setting backfill asks for them, and
// each becomes a dead message that says so.
package plivo

import (
	"errors"
	"net/http"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is Plivo's messaging.
var Kind = backfill.Kind(channels.Kind{
	Name:   "plivo",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "V3: HMAC-SHA256 with the auth token; else V2, unless `allow_v2` is off",
		Covers:    "V3: the URL and all parameters; V2: the URL alone, not the message",
		Replay:    "V3: the message's id, for ever; V2: nothing",
		Retries:   "three more tries within seven minutes",
		Retried:   7 * time.Minute,
		Backfill:  "its records, which do not hold the text: who wrote to whom, as a dead message",
		Media:     "links, fetched with the account's credentials where the account asks for them",
		Proof: []string{"X-Plivo-Signature-V3", "X-Plivo-Signature-Ma-V3", "X-Plivo-Signature-V3-Nonce",
			"X-Plivo-Signature-V2", "X-Plivo-Signature-Ma-V2", "X-Plivo-Signature-V2-Nonce"},
		Refused: http.StatusForbidden,
		Limit:   8 * time.Second,
	},
	Webhook:    open,
	Lister:     openList,
	Media:      openMedia,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Setup:      setup,
})

var reader = channels.Reader(read)

// settings is a Plivo channel in the configuration.
type settings struct {
	AuthID    string           `yaml:"auth_id"`    // of the account: MA…; with it files and records are asked for
	AuthToken channels.Secrets `yaml:"auth_token"` // it signs; a list while it is changed, or with a subaccount's beside the main one's
	AllowV2   bool             `yaml:"allow_v2"`   // whether a request without a V3 signature may have a V2 one; default true
	PublicURL string           `yaml:"public_url"` // as Plivo calls it; its query comes with each request

	channels.ListSettings `yaml:",inline"`
}

// hook is one channel.
type hook struct {
	tokens  channels.Secrets
	allowV2 bool
	base    string
	host    channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, base, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{tokens: s.AuthToken, allowV2: s.AllowV2, base: base, host: host}, nil
}

func configured(decode channels.Settings, host channels.Host) (s settings, base string, err error) {
	s.AllowV2, s.APIBase = true, "https://api.plivo.com"
	if err = decode(&s); err != nil {
		return s, "", err
	}
	if len(s.AuthToken) == 0 {
		return s, "", errors.New("auth_token must be said")
	}
	if s.Backfill > 0 && s.AuthID == "" {
		return s, "", errors.New("backfill needs auth_id")
	}
	if err := s.CheckList(); err != nil {
		return s, "", err
	}
	base, err = channels.BaseURL(s.PublicURL, host)
	return s, base, err
}

// openMedia fetches files: an account can have its files given to nobody but
// itself.
func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, _, err := configured(decode, host)
	if err != nil || s.AuthID == "" {
		return channels.MediaAt{}, err
	}
	return channels.MediaAt{Hosts: []string{".plivo.com"}, Credentials: channels.Basic(s.AuthID, s.AuthToken)}, nil
}
