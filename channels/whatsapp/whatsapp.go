// Package whatsapp takes messages from the webhook of WhatsApp's Cloud API
// (developers.facebook.com/docs/whatsapp/cloud-api/webhooks).
//
// A sender is known by number, or by an id of the network's own if they have a
// username and show no number. WhatsApp vouches for both; names are what people
// call themselves.
package whatsapp

import (
	"cmp"

	"gatehouse/channels"
	"gatehouse/channels/meta"
	"gatehouse/ingest"
)

// Kind is WhatsApp without another provider between.
var Kind = channels.Kind{
	Name:       "whatsapp",
	Tried:      "requests signed as the provider's documentation says; never the real service",
	Family:     ingest.Chat,
	Facts:      facts(),
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Media:      openMedia,
	Setup:      setup,
}

var reader = channels.Reader(read)

func facts() channels.Facts {
	f := meta.Facts()
	f.Media, f.Edits = "ids, fetched with access_token", "reactions"
	return f
}

// settings is a WhatsApp channel in the configuration.
type settings struct {
	meta.Settings `yaml:",inline"`
	meta.Graph    `yaml:",inline"`
}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	s.Graph = meta.DefaultGraph()
	if err = decode(&s); err == nil {
		err = s.Check(host)
	}
	return s, err
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

func openMedia(decode channels.Settings, host channels.Host) (channels.Media, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return s.Media()
}

// Verify returns nil if the app signed the request.
func (h *hook) Verify(r channels.Request) error { return h.settings.Verify(h.host, r) }

// setup says what the app must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in the app's dashboard, WhatsApp, Configuration: this URL as callback, the channel's verify_token, and the field messages",
		"app_secret is under App settings, Basic: it signs",
	}
	if len(s.AccessToken) == 0 {
		lines = append(lines, "access_token is not said: files cannot be fetched")
	}
	return lines, nil
}
