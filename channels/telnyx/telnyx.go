// Package telnyx takes SMS and MMS from Telnyx's webhook, and asks its API for
// what that missed.
//
// Telnyx signs each request with a key of its own, of which an account knows the
// public half, and waits two seconds for the answer. It sends an event to the
// same URL three times and then to the failover URL: what names the message is
// its own id, and not the event's.
package telnyx

import (
	"crypto/ed25519"
	"errors"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is Telnyx's messaging.
var Kind = backfill.Kind(channels.Kind{
	Name:   "telnyx",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "Telnyx-Signature-Ed25519, by a key whose public half the account shows",
		Covers:    "the time and the body",
		Replay:    "the time signed, within five minutes, and the message's id, for ever",
		Retries:   "three tries, then three at the failover URL",
		Backfill:  "its detail records, and each message by its id, for ten days",
		Media:     "links, which end",
		Proof:     []string{"Telnyx-Signature-Ed25519", "Telnyx-Timestamp"},
		Limit:     2 * time.Second,
	},
	Webhook:    open,
	Lister:     openList,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Setup:      setup,
})

var reader = channels.Reader(read)

// tolerance is how far the time signed may be from ours.
const tolerance = 5 * time.Minute

// settings is a Telnyx channel in the configuration.
type settings struct {
	// PublicKey is the account's public key, 32 octets in base64, as Telnyx's
	// portal shows it; a list while it is changed.
	PublicKey             channels.Secrets `yaml:"public_key_b64"`
	APIKey                channels.Secrets `yaml:"api_key"`    // with it the list is asked; only for a back-fill
	PublicURL             string           `yaml:"public_url"` // as Telnyx calls it; it is not signed
	channels.ListSettings `yaml:",inline"`
}

// hook is one channel.
type hook struct {
	keys channels.Secrets
	host channels.Host
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &hook{keys: s.PublicKey, host: host}, nil
}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	s.APIBase = "https://api.telnyx.com"
	if err = decode(&s); err != nil {
		return s, err
	}
	if len(s.PublicKey) == 0 {
		return s, errors.New("public_key_b64 must be said")
	}
	for _, text := range s.PublicKey {
		if key, err := channels.Base64(text); err != nil || len(key) != ed25519.PublicKeySize {
			return s, errors.New("public_key_b64: want 32 octets in base64")
		}
	}
	if s.Backfill != 0 && len(s.APIKey) == 0 {
		return s, errors.New("backfill needs an api_key")
	}
	_, err = channels.BaseURL(s.PublicURL, host)
	return s, err
}
