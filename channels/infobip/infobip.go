// Package infobip takes SMS and MMS, and messages of the networks that look like
// them, from Infobip.
//
// Infobip signs nothing: the channel's settings say by which credentials its
// posts are known, and Infobip must be told the same. Nothing covers the body, so
// only TLS keeps it from being changed. What bounds a repeat is the message's id,
// for ever.
//
// Its API gives what came in during the last 48 hours, as often as it is asked
// (sms/1/inbox/logs). The other list that it has (sms/1/inbox/reports) gives each
// message one time only, and is therefore not asked: what a process takes that
// dies would be lost.
package infobip

import (
	"errors"
	"net/url"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/ingest"
)

// Kind is Infobip's two-way messaging.
var Kind = backfill.Kind(channels.Kind{
	Name:   "infobip",
	Tried:  "requests as its documentation and public clients have them; never the real service",
	Family: ingest.SMS,
	Facts: channels.Facts{
		Signature: "none: HTTP Basic, a header or a parameter of the URL",
		Covers:    "nothing",
		Replay:    "the message's id, for ever",
		Retries:   "not known",
		Backfill:  "its log of the last 48 hours, SMS only",
		Media:     "links, fetched with the API key if they are the API's own",
		Proof:     channels.LoginProof,
	},
	Webhook:    open,
	Lister:     openList,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Setup:      setup,
})

var reader = channels.Reader(read)

// settings is an Infobip channel in the configuration.
type settings struct {
	channels.Login        `yaml:",inline"`
	PublicURL             string           `yaml:"public_url"` // as Infobip calls it; nothing signs it
	APIKey                channels.Secrets `yaml:"api_key"`    // for the log, and for files
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

func configured(decode channels.Settings, host channels.Host) (settings, error) {
	var s settings
	s.APIBase = "https://api.infobip.com" // each account has one of its own, too
	if err := decode(&s); err != nil {
		return s, err
	}
	if err := s.Login.Check(); err != nil {
		return s, err
	}
	_, err := channels.BaseURL(s.PublicURL, host)
	return s, err
}

// Verify returns nil if the request brings the channel's credentials.
func (h *hook) Verify(r channels.Request) error { return h.Login.Verify(h.host, r) }

// credentials are those of the API.
func (s settings) credentials() []channels.Credential {
	return channels.InHeader("Authorization", "App ", s.APIKey)
}

// openMedia asks the API's own host with the key, and others without.
func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	base, err := url.Parse(s.APIBase)
	if err != nil || base.Host == "" {
		return nil, errors.New("api_base: want https://host")
	}
	return channels.MediaAt{Hosts: []string{base.Host}, Credentials: s.credentials()}, nil
}
