package twilio

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Twilio must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		`in Twilio's console, for each number, messaging service or WhatsApp sender: "A message comes in", Webhook, this URL exactly, HTTP POST`,
		"auth_token is the account's primary one: it signs",
	}
	if s.Backfill == 0 {
		lines = append(lines, "backfill is off: what Twilio cannot deliver within its two tries is not asked for again")
	}
	return lines, nil
}
