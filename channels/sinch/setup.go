package sinch

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Sinch must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"SMS API: this URL is the service plan's callback URL; ask your account manager for a secret that signs, or for Basic",
		"Conversation API: a webhook of the app with this URL, webhook_secret as its secret, and the trigger MESSAGE_INBOUND",
	}
	if len(s.WebhookSecret) == 0 {
		lines = append(lines, "webhook_secret is not set: nothing proves that a body is Sinch's own")
	}
	if s.Backfill == 0 {
		lines = append(lines, "backfill is off: the SMS API's list is not asked for what Sinch could not deliver within a day")
	}
	return lines, nil
}
