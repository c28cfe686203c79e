package resend

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Resend must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	return []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"Resend, Webhooks: that URL, with the event email.received; email.delivered, email.bounced and email.failed tell of what was sent",
		"signing_secret is the webhook's, api_key one with full access: a key for sending alone reads no mail",
	}, nil
}
