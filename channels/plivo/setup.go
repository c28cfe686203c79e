package plivo

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Plivo must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in Plivo's console, in the application that each number belongs to: this URL exactly as Message URL, method POST",
		"auth_token is that of the account; for a subaccount its own, or the main account's",
		"what Plivo cannot deliver within its four tries has lost its text: its records do not hold it; backfill: 5m keeps who wrote to whom as a dead message",
	}
	if s.AllowV2 {
		lines = append(lines, "allow_v2 is on: a request with a V2 signature alone proves that Plivo called, and not what it said; turn it off if V3 comes with each")
	}
	return lines, nil
}
