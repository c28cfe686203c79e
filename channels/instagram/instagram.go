// Package instagram takes what somebody writes to a professional account on Instagram, from its
// webhook (developers.facebook.com/docs/messenger-platform/webhooks).
//
// People are known by an id that is theirs with this app alone. Their names are
// not in what the network sends.
package instagram

import (
	"cmp"

	"gatehouse/channels"
	"gatehouse/channels/meta"
	"gatehouse/ingest"
)

// Kind is Instagram.
var Kind = channels.Kind{
	Name:       "instagram",
	Tried:      "requests signed as the provider's documentation says; never the real service",
	Family:     ingest.Chat,
	Facts:      facts(),
	Webhook:    open,
	Reread:     reader.Reread,
	Attachment: reader.Attachment,
	File:       reader.File,
	Setup:      setup,
}

var (
	network = meta.Network{Name: "instagram", Object: "instagram"}
	reader  = network.Reader()
)

func facts() channels.Facts {
	f := meta.Facts()
	f.Media, f.Edits = "signed links", "unsends, reactions and edits"
	return f
}

// settings is a channel in the configuration.
type settings struct {
	meta.Settings `yaml:",inline"`
}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	if err = decode(&s); err == nil {
		err = s.Check(host)
	}
	return s, err
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return &meta.Hook{Settings: s.Settings, Host: host, Network: network}, nil
}

// setup says what the app must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in the app's dashboard, Instagram: this URL as callback, the channel's verify_token, and the fields messages, messaging_postbacks, message_reactions, message_edit",
		"app_secret is under App settings, Basic: it signs",
	}, nil
}
