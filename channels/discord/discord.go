// Package discord takes messages of games that use Discord's Social SDK, from its
// webhook events (docs.discord.com/developers/events/webhook-events): those of
// lobbies, and direct ones while somebody plays. Messages of ordinary channels
// do not come this way.
//
// Discord tries with wrong signatures now and then whether they are refused, and
// takes the URL away where they are not. Events come in any order.
package discord

import (
	"cmp"
	"crypto/ed25519"
	"errors"
	"slices"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// Kind is an app on Discord.
var Kind = channels.Kind{
	Name:   "discord",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.Chat,
	Facts: channels.Facts{
		Signature: "X-Signature-Ed25519, by a key whose public half the app shows",
		Covers:    "the time and the body",
		Replay:    "the message's id, for ever",
		Retries:   "several times, later each time, for ten minutes; what fails too often is switched off",
		Retried:   10 * time.Minute,
		Media:     "signed links, which end after a day",
		Edits:     "edits and what is taken back",
		Proof:     []string{"X-Signature-Ed25519", "X-Signature-Timestamp"},
		Limit:     3 * time.Second,
	},
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Setup:      setup,
}

var reader = channels.Reader(read)

// settings is an app in the configuration.
type settings struct {
	PublicKey channels.Secrets `yaml:"public_key_hex"` // of the app, 32 octets; a list while it is changed
	// Accounts are the ids of the apps that are this channel's; messages to others
	// are counted as foreign. none: all.
	Accounts []string `yaml:"accounts"`
	// OwnUserIDs are those by whom the desk writes: what they say is no message. Of
	// bots it is known.
	OwnUserIDs []string `yaml:"own_user_ids"`
	PublicURL  string   `yaml:"public_url"` // as Discord calls it; it is not signed
}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	if err = decode(&s); err != nil {
		return s, err
	}
	if len(s.PublicKey) == 0 {
		return s, errors.New("public_key_hex must be said")
	}
	for _, text := range s.PublicKey {
		if key, err := channels.Hex(text); err != nil || len(key) != ed25519.PublicKeySize {
			return s, errors.New("public_key_hex: want 32 octets in hexadecimal")
		}
	}
	_, err = channels.BaseURL(s.PublicURL, host)
	return s, err
}

// ours reports whether an app is the channel's.
func (s settings) ours(app channels.Written) bool {
	return len(s.Accounts) == 0 || slices.Contains(s.Accounts, string(app))
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

// Verify returns nil if Discord signed the request. Its own software asks for no
// bound of its age.
func (h *hook) Verify(r channels.Request) error {
	text, err := r.HeaderOnce("X-Signature-Ed25519")
	if err != nil {
		return err
	}
	stamp, err := r.HeaderOnce("X-Signature-Timestamp")
	if err != nil {
		return err
	}
	signature, err := channels.Hex(text)
	if err != nil || len(signature) != ed25519.SignatureSize {
		return channels.CauseSecret.Because("X-Signature-Ed25519 is no signature in hexadecimal")
	}
	signed := slices.Concat([]byte(stamp), r.Raw)
	if !h.host.Any(h.PublicKey, func(key string) bool { return verify(key, signed, signature) }) {
		return channels.CauseSecret.Because("it was not signed with the key of this app")
	}
	return nil
}

func verify(text string, signed, signature []byte) bool {
	key, err := channels.Hex(text)
	return err == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signed, signature)
}

// setup says what Discord must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in the app's settings, Webhooks: this URL as endpoint, and the events Lobby Message Create, Update and Delete, Game Direct Message Create, Update and Delete",
		"public_key_hex is the app's public key, under General Information",
		"only messages of the Social SDK come this way, those of ordinary channels do not",
	}, nil
}
