// Package viber takes what people write to a Viber bot: from its webhook
// (developers.viber.com/docs/api/rest-bot-api).
//
// X-Viber-Content-Signature covers the body and no time: that a recorded request
// is sent again is only seen by its message's token, a number of 64 bits.
//
// People are known by an id that is theirs towards this bot alone; names are
// what they call themselves. The links to their files are good for an hour.
package viber

import (
	"cmp"
	"crypto/sha256"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is a Viber bot.
var Kind = channels.Kind{
	Name:   "viber",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.Chat,
	Facts: channels.Facts{
		Signature: "X-Viber-Content-Signature: HMAC-SHA256 with the bot's token",
		Covers:    "the body",
		Replay:    "the message's token, for ever",
		Retries:   "several times within an hour",
		Retried:   time.Hour,
		Media:     "links, good for an hour",
		Proof:     []string{signature},
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Setup:      setup,
}

const signature = "X-Viber-Content-Signature"

var reader = channels.Reader(read)

// settings is a bot in the configuration.
type settings struct {
	AuthToken channels.Secrets `yaml:"auth_token"` // of the bot: it signs; a list while it is changed
	// SigParameter has the signature believed in the parameter sig of the URL, too,
	// where the header is missing, as in front of Viber's own library for Node.
	SigParameter bool   `yaml:"sig_parameter"`
	PublicURL    string `yaml:"public_url"`
}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	if err = decode(&s); err != nil {
		return s, err
	}
	if len(s.AuthToken) == 0 {
		return s, errors.New("auth_token must be said")
	}
	_, err = channels.BaseURL(s.PublicURL, host)
	return s, err
}

// hook is one bot.
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

// Verify returns nil if the request is signed with the bot's token.
func (h *hook) Verify(r channels.Request) error {
	text, err := h.proof(r)
	if err != nil {
		return err
	}
	given, err := channels.Hex(text)
	if err != nil {
		return channels.CauseSecret.Because("%s is no hexadecimal", signature)
	}
	return h.host.Signed(h.AuthToken, given, func(token string) []byte { return channels.MAC(sha256.New, token, r.Raw) })
}

// proof is the signature as the request has it.
func (h *hook) proof(r channels.Request) (string, error) {
	sig := r.URL.Query()["sig"]
	if h.SigParameter && len(r.Header.Values(signature)) == 0 && len(sig) == 1 {
		return sig[0], nil
	}
	return r.HeaderOnce(signature)
}

// setup says what Viber must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		`call set_webhook with this url, the bot's token, send_name true, and event_types ["message","subscribed","unsubscribed","conversation_started","delivered","seen","failed"]`,
		"Viber tries the URL while set_webhook is answered: Gatehouse must be running, and its certificate be one that everybody trusts",
	}, nil
}
