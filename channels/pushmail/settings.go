package pushmail

import (
	"encoding/json"

	"gatehouse/channels"
	"gatehouse/channels/mime"
)

// Settings are what a channel of pushed mail can be told about its senders. An
// adapter has them inline in its own.
type Settings struct {
	AuthServID      string         `yaml:"auth_serv_id" json:"auth_serv_id,omitempty"`             // whose Authentication-Results in the mail are believed (RFC 8601 §2.5); "": nobody's, what the provider itself says counts
	ReplyToIsSender mime.Addresses `yaml:"reply_to_is_sender" json:"reply_to_is_sender,omitempty"` // web forms: From that write for the person in Reply-To, a list of addresses and domains, or true for all
	RewritesFrom    mime.Addresses `yaml:"rewrites_from" json:"rewrites_from,omitempty"`           // lists and gateways: From that put themselves in the place of X-Original-From, X-Original-Sender or Reply-To
	ProviderHeaders bool           `yaml:"provider_headers" json:"provider_headers,omitempty"`     // what the provider writes of the sender into headers of the mail is believed: only where it does so in each mail, since senders can, too
}

// Around is what must be known beside a body to read the mail in it: it goes
// with the message, so that it reads the same whatever the settings are later.
type Around struct {
	Type string `json:"type,omitempty"` // Content-Type of the request, for forms
	Settings
}

// Stamp is that of a request now, whose Content-Type a form needs to be read.
func (s Settings) Stamp(h channels.Host, contentType string) (channels.Stamp, error) {
	stamp := h.Stamp()
	outer, err := json.Marshal(Around{contentType, s})
	stamp.Outer = outer
	return stamp, err
}

// AroundOf is what Stamp put around a body.
func AroundOf(s channels.Stamp) (a Around, err error) {
	if len(s.Outer) > 0 {
		err = json.Unmarshal(s.Outer, &a)
	}
	return a, err
}
