package bird

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Bird must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"a webhook subscription of Bird's Notifications API for each network: service channels, event sms.inbound, whatsapp.inbound …, this URL exactly",
		"signing_key is the one that the subscription was made with",
	}
	if s.Backfill == 0 {
		lines = append(lines, "backfill is off: what Bird cannot deliver within eight hours is not asked for again")
	}
	return lines, nil
}
