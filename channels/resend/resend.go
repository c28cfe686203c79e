// Package resend takes mail that Resend receives (resend.com/docs, Receiving
// emails).
//
// A post is signed by Svix and says no more of a mail than who wrote it, to whom
// and of what; its id names it for ever. The mail is fetched with the setting
// api_key before the post is acknowledged: whole where Resend says where it lies,
// else in fields. What cannot be had in half a minute is stored as far as the
// post tells, with the mail as a file that is fetched later. The list of received
// mail is asked for what the webhook missed.
//
// Resend says nothing of its own about who sent a mail. Where its mail has
// results by its server (amazonses.com) in each mail, auth_serv_id believes them.
package resend

import (
	"errors"
	"net/url"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/backfill"
	"gatehouse/channels/pushmail"
	"gatehouse/ingest"
)

// Kind is Resend's receiving of mail.
var Kind = backfill.Kind(channels.Kind{
	Name:   "resend",
	Tried:  "requests signed by the provider's SDK; never the real service",
	Family: ingest.Email,
	Facts: channels.Facts{
		Signature: "Svix: HMAC-SHA256 with the signing secret",
		Covers:    "id, time and body",
		Replay:    "5 minutes, and the mail's id for ever",
		Retries:   "seven tries in 27 hours",
		Retried:   27 * time.Hour,
		Backfill:  "its list of received mail",
		Media:     "in the mail, which is fetched with the API key",
		Proof:     channels.StandardProof,
		Limit:     15 * time.Second,
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

// settings is a Resend channel in the configuration.
type settings struct {
	SigningSecret         channels.Secrets `yaml:"signing_secret"`    // of the webhook: whsec_…
	APIKey                channels.Secrets `yaml:"api_key"`           // with full access: posts name mail and do not carry it
	PublicURL             string           `yaml:"public_url"`        // nothing signs it; for people
	MaxMessageBytes       int64            `yaml:"max_message_bytes"` // of larger mail only the post is read; default 50 MiB
	channels.ListSettings `yaml:",inline"`
	pushmail.Settings     `yaml:",inline"`
}

// hook is one channel.
type hook struct {
	settings settings
	host     channels.Host
	api      api
	scheme   *channels.Standard
}

func open(decode channels.Settings, host channels.Host) (channels.Webhook, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	scheme, err := channels.NewStandard(s.SigningSecret, nil, host)
	return &hook{s, host, s.api(), scheme}, err
}

func configured(decode channels.Settings, host channels.Host) (s settings, err error) {
	s.APIBase, s.MaxMessageBytes = "https://api.resend.com", 50<<20
	if err := decode(&s); err != nil {
		return s, err
	}
	if len(s.SigningSecret) == 0 || len(s.APIKey) == 0 {
		return s, errors.New("signing_secret and api_key must be said")
	}
	if u, err := url.Parse(s.APIBase); err != nil || u.Host == "" {
		return s, errors.New("api_base: want https://host")
	}
	if err := s.CheckList(); err != nil {
		return s, err
	}
	_, err = channels.BaseURL(s.PublicURL, host)
	return s, err
}

// Verify returns nil if Resend signed the request, at most five minutes from now.
func (h *hook) Verify(r channels.Request) error { return h.scheme.Verify(r) }
