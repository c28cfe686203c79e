// Package sinch takes SMS and MMS from Sinch's SMS API, and messages of all
// networks from its Conversation API.
//
// One channel takes both: what a callback is, its body says. A signature covers
// the body, a nonce and a time (of either API, once a secret is set for its
// webhook). Sinch tries again for 22 h 45 min if it is answered 5xx or 429, and
// never if it is answered another 4xx; nobody says whether a later try is signed
// anew. A signature is therefore good for a day, and what bounds a repeat is the
// message's id, for ever.
package sinch

import (
	"errors"
	"fmt"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is Sinch's SMS API and Conversation API.
var Kind = backfill.Kind(channels.Kind{
	Name:   "sinch",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "x-sinch-webhook-signature: HMAC-SHA256; or HTTP Basic",
		Covers:    "the body, a nonce and the time; with Basic nothing",
		Replay:    "the time, one day; the message's id, for ever",
		Retries:   "5xx and 429 for 22 h 45 min; other 4xx never",
		Backfill:  "the SMS API's list of 14 days; messages of the Conversation API are not in it",
		Media:     "links",
		Proof:     append([]string{signatureHeader, nonceHeader, timeHeader}, channels.LoginProof...),
	},
	Webhook:    open,
	Lister:     openList,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Setup:      setup,
})

var reader = channels.Reader(read)

// settings is a Sinch channel in the configuration.
type settings struct {
	WebhookSecret  channels.Secrets `yaml:"webhook_secret"` // signs: of the app's webhook, or of the service plan's callback
	channels.Login `yaml:",inline"`
	// AppID of the Conversation API, if its webhook is shared: messages of other
	// apps are not this channel's.
	AppID string `yaml:"app_id"`
	// MaxSkew is how far the time in a signature may be from now, in seconds.
	MaxSkew   int    `yaml:"max_skew_s"`
	PublicURL string `yaml:"public_url"` // as Sinch calls it; nothing signs it

	ServicePlanID         string           `yaml:"service_plan_id"` // of the SMS API, whose list is asked
	APIToken              channels.Secrets `yaml:"api_token"`       // of the service plan
	channels.ListSettings `yaml:",inline"`
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

// longestRetry is more than the time in which Sinch sends a callback again.
const longestRetry = 24 * time.Hour

func configured(decode channels.Settings, host channels.Host) (settings, error) {
	s := settings{MaxSkew: int(longestRetry / time.Second)}
	s.APIBase = "https://us.sms.api.sinch.com" // of the plan's region
	if err := decode(&s); err != nil {
		return s, err
	}
	if (s.ServicePlanID == "") != (len(s.APIToken) == 0) {
		return s, errors.New("service_plan_id and api_token go together")
	}
	if s.MaxSkew <= 0 {
		return s, errors.New("max_skew_s: want a number of seconds above 0")
	}
	if s.Login.IsSet() || len(s.WebhookSecret) == 0 {
		if err := s.Login.Check(); err != nil {
			return s, fmt.Errorf("webhook_secret must be said; without it %w", err)
		}
	}
	_, err := channels.BaseURL(s.PublicURL, host)
	return s, err
}
