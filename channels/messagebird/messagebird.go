// Package messagebird takes SMS and MMS from MessageBird's webhooks, and messages
// of any network from its Conversations API.
//
// Each request has a token signed with the account's signing key, which is
// not its access key. The token says for which URL and body it was made and is
// valid for a minute. The scheme before it covers query and body and no URL: it
// is only taken where the settings say so.
//
// Bird, which followed MessageBird, signs in another way: that is the kind bird.
package messagebird

import (
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is MessageBird's SMS and Conversations.
var Kind = backfill.Kind(channels.Kind{
	Name:   "messagebird",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "MessageBird-Signature-JWT: HS256, HS384 or HS512 with the signing key",
		Covers:    "the URL, the body and the time",
		Replay:    "the token's time, of about a minute, and the message's id, for ever",
		Backfill:  "its list of SMS; of Conversations and short codes none",
		Media:     "links, of its own API with the access key",
		Proof:     []string{"MessageBird-Signature-JWT", "MessageBird-Signature", "MessageBird-Request-Timestamp"},
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

// settings is a MessageBird channel in the configuration.
type settings struct {
	SigningKey channels.Secrets `yaml:"signing_key"` // that the tokens are signed with; a list while it is changed
	AccessKey  channels.Secrets `yaml:"access_key"`  // with it list and files are asked for; only for these
	// ClockTolerance is how many seconds a token's times may be off.
	ClockTolerance int `yaml:"clock_tolerance_s"`
	// OldSignature says whether a request without a token may have a signature of
	// the scheme before.
	OldSignature          bool   `yaml:"allow_old_signature"`
	PublicURL             string `yaml:"public_url"` // as MessageBird calls it; its query comes with each request
	channels.ListSettings `yaml:",inline"`
}

// hook is one channel.
type hook struct {
	settings
	base string
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, base, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{s, base, host}, nil
}

func configured(decode channels.Settings, host channels.Host) (s settings, base string, err error) {
	s.APIBase, s.ClockTolerance = "https://rest.messagebird.com", 5
	if err = decode(&s); err != nil {
		return s, "", err
	}
	switch {
	case len(s.SigningKey) == 0:
		return s, "", errors.New("signing_key must be said")
	case s.ClockTolerance < 0 || s.ClockTolerance > 300:
		return s, "", errors.New("clock_tolerance_s: want 0 to 300")
	case s.Backfill != 0 && len(s.AccessKey) == 0:
		return s, "", errors.New("backfill needs an access_key")
	}
	base, err = channels.BaseURL(s.PublicURL, host)
	return s, base, err
}

func (s settings) leeway() time.Duration { return time.Duration(s.ClockTolerance) * time.Second }

func (s settings) credentials() []channels.Credential {
	return channels.InHeader("Authorization", "AccessKey ", s.AccessKey)
}

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, _, err := configured(decode, host)
	return channels.MediaAt{Hosts: []string{".messagebird.com"}, Credentials: s.credentials()}, err
}
