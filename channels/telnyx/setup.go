package telnyx

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Telnyx must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in Telnyx's portal, in the messaging profile of each number: this URL as webhook URL, API version 2",
		"public_key_b64 is the public key of the account, under Keys & Credentials",
	}
	if s.Backfill == 0 {
		lines = append(lines, "backfill is off: what Telnyx cannot deliver within its tries is not asked for again")
	}
	return lines, nil
}
