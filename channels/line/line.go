// Package line takes what people write to a LINE official account: from the
// webhook of the Messaging API (developers.line.biz/en/reference/messaging-api).
//
// X-Line-Signature covers the body and no time: that a recorded request is sent
// again is only seen by its messages' ids, as is what LINE delivers once more.
//
// People are known by an id that is theirs towards this provider's accounts. The
// webhook tells no names. In a group whose members are not told, the group
// itself is who wrote.
package line

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is a LINE official account.
var Kind = channels.Kind{
	Name:   "line",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.Chat,
	Facts: channels.Facts{
		Signature: "X-Line-Signature: HMAC-SHA256 with the channel's secret",
		Covers:    "the body",
		Replay:    "the message's id, for ever",
		Retries:   "if redelivery is switched on in its console: for a while, later each time",
		Media:     "ids, fetched with channel_access_token, for a time that LINE does not promise",
		Edits:     "what is taken back",
		Proof:     []string{signature},
		Limit:     2 * time.Second,
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Setup:      setup,
}

const signature = "X-Line-Signature"

var reader = channels.Reader(read)

// settings is an official account in the configuration.
type settings struct {
	ChannelSecret channels.Secrets `yaml:"channel_secret"`       // it signs; a list while it is changed
	AccessToken   channels.Secrets `yaml:"channel_access_token"` // without one no file can be fetched
	// Accounts are the user ids of the bots that are this channel's, as a request's
	// destination names them; messages to others are counted as foreign. none: all.
	Accounts  []string `yaml:"accounts"`
	APIBase   string   `yaml:"api_base"` // where LINE has the contents of messages
	PublicURL string   `yaml:"public_url"`
}

func configured(decode channels.Settings, host channels.Host) (s settings, base *url.URL, err error) {
	s.APIBase = "https://api-data.line.me"
	if err = decode(&s); err != nil {
		return s, nil, err
	}
	if len(s.ChannelSecret) == 0 {
		return s, nil, errors.New("channel_secret must be said")
	}
	if _, err := channels.BaseURL(s.PublicURL, host); err != nil {
		return s, nil, err
	}
	base, err = url.Parse(s.APIBase)
	if err != nil || base.Host == "" {
		return s, nil, fmt.Errorf("api_base %q: want https://host", s.APIBase)
	}
	return s, base, nil
}

// ours reports whether a bot is the channel's.
func (s settings) ours(bot channels.Written) bool {
	return len(s.Accounts) == 0 || slices.Contains(s.Accounts, string(bot))
}

// hook is one account.
type hook struct {
	settings
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{s, host}, nil
}

// Verify returns nil if the request has the channel's signature.
func (h *hook) Verify(r channels.Request) error {
	text, err := r.HeaderOnce(signature)
	if err != nil {
		return err
	}
	given, err := channels.Base64(text)
	if err != nil {
		return channels.CauseSecret.Because("%s is no base64", signature)
	}
	return h.host.Signed(h.ChannelSecret, given, func(secret string) []byte { return channels.MAC(sha256.New, secret, r.Raw) })
}

// setup says what LINE must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in the LINE Developers Console, Messaging API: this URL as webhook, use webhook on, webhook redelivery on, and automatic replies off",
		"channel_secret is under Basic settings: it signs",
	}
	if len(s.AccessToken) == 0 {
		lines = append(lines, "channel_access_token is not said: files cannot be fetched")
	}
	return lines, nil
}
