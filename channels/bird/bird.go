// Package bird takes SMS and the messages of other networks from Bird, which
// MessageBird became: from webhook subscriptions of its Channels API.
//
// Bird signs URL, body and time with the subscription's signing key. The
// header has the name of a scheme that MessageBird had, and another text is
// signed.
package bird

import (
	"crypto/sha256"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is Bird's Channels API.
var Kind = backfill.Kind(channels.Kind{
	Name:   "bird",
	Tried:  "requests signed as its documentation says; never the real service",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "MessageBird-Signature: HMAC-SHA256 with the subscription's signing key",
		Covers:    "the time, the URL and the body",
		Replay:    "the time signed, within `max_skew_s`, and the message's id, for ever",
		Retries:   "for eight hours, less and less often",
		Retried:   8 * time.Hour,
		Backfill:  "the list of each of its channels, for SMS and WhatsApp",
		Media:     "links, of its own API with the access key",
		Proof:     []string{"MessageBird-Signature", "MessageBird-Request-Timestamp"},
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

// settings is a Bird channel in the configuration.
type settings struct {
	SigningKey channels.Secrets `yaml:"signing_key"` // of the webhook subscription; a list while it is changed
	AccessKey  channels.Secrets `yaml:"access_key"`  // with it lists and files are asked for; only for these
	MaxSkew    int              `yaml:"max_skew_s"`  // how many seconds the time signed may be off
	PublicURL  string           `yaml:"public_url"`  // as Bird calls it; its query comes with each request
	// WorkspaceID and ChannelIDs say which of Bird's channels are asked for what
	// the webhook missed; they have no numbers.
	WorkspaceID           string   `yaml:"workspace_id"`
	ChannelIDs            []string `yaml:"channel_ids"`
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
	s.APIBase, s.MaxSkew = "https://api.bird.com", 300
	if err = decode(&s); err != nil {
		return s, "", err
	}
	if len(s.SigningKey) == 0 {
		return s, "", errors.New("signing_key must be said")
	}
	if s.MaxSkew < 1 || s.MaxSkew > 3600 {
		return s, "", errors.New("max_skew_s: want 1 to 3600")
	}
	if len(s.Numbers) > 0 {
		return s, "", errors.New("numbers: Bird lists the messages of a channel: say channel_ids")
	}
	if s.Backfill != 0 && (len(s.AccessKey) == 0 || s.WorkspaceID == "" || len(s.ChannelIDs) == 0) {
		return s, "", errors.New("backfill needs access_key, workspace_id and channel_ids")
	}
	base, err = channels.BaseURL(s.PublicURL, host)
	return s, base, err
}

func (s settings) credentials() []channels.Credential {
	return channels.InHeader("Authorization", "AccessKey ", s.AccessKey)
}

// Verify returns nil if Bird signed the request, just now.
func (h *hook) Verify(r channels.Request) error {
	text, err := r.HeaderOnce("MessageBird-Signature")
	if err != nil {
		return err
	}
	stamp, err := r.HeaderOnce("MessageBird-Request-Timestamp")
	if err != nil {
		return err
	}
	given, err := channels.Base64(text)
	if err != nil {
		return channels.CauseSecret.Because("MessageBird-Signature is no base64")
	}
	at, err := channels.UnixSeconds(stamp)
	if err != nil {
		return err
	}
	body := sha256.Sum256(r.Raw)
	err = channels.AtURL(h.base, r, func(address string) bool {
		return h.host.Signed(h.SigningKey, given, func(key string) []byte {
			return channels.MAC(sha256.New, key, []byte(stamp+"\n"+address+"\n"), body[:])
		}) == nil
	})
	if err != nil {
		return err
	}
	return channels.Recent(h.host.Now(), at, time.Duration(h.MaxSkew)*time.Second)
}

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, _, err := configured(decode, host)
	return channels.MediaAt{
		Hosts: []string{".bird.com", ".messagebird.com"}, Credentials: s.credentials(),
	}, err
}
