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
	"gatehouse/ingest"
)

// Kind is Twilio's programmable messaging.
var Kind = channels.Kind{
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
	Poller:     openPoller,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	Places:     places,
	Setup:      setup,
}

var reader = channels.Reader(read)

// settings is a Twilio channel in the configuration.
type settings struct {
	AccountSID string           `yaml:"account_sid"` // of the account or sub-account: AC…
	AuthToken  channels.Secrets `yaml:"auth_token"`  // the primary one signs; a list while it is changed
	PublicURL  string           `yaml:"public_url"`  // as Twilio calls it; its query comes with each request
	// Backfill is how often the list is asked, at least a minute. 0: never.
	Backfill time.Duration `yaml:"backfill"`
	// Numbers are those whose messages are back-filled, as Twilio writes them
	// (+1555…, whatsapp:+1555…). Say them if the account has other channels:
	// without them all messages of the account are this channel's.
	Numbers []string `yaml:"numbers"`
	APIBase string   `yaml:"api_base"` // the API that has the list
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
	if s.Backfill != 0 && s.Backfill < time.Minute {
		return s, "", errors.New("backfill: want at least 1m, or 0 for never")
	}
	base, err = channels.BaseURL(s.PublicURL, host)
	return s, base, err
}

// places names the lists that a channel asks: an account's numbers, or with a
// slash at the end the whole account, which has all of them.
func places(decode channels.Settings) ([]string, error) {
	s, _, err := configured(decode, channels.Host{})
	if err != nil || s.Backfill == 0 {
		return nil, err
	}
	account := "twilio://" + s.AccountSID + "/"
	if len(s.Numbers) == 0 {
		return []string{account}, nil
	}
	var all []string
	for _, number := range s.Numbers {
		all = append(all, account+number)
	}
	return all, nil
}
