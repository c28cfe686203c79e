package infobip

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Infobip must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	address := cmp.Or(s.PublicURL, host.PublicURL)
	lines := []string{
		address,
		"in Infobip's portal, for each number: forward to HTTP, this URL, format MO_JSON_2 (MMS: MO_MMS_2)",
	}
	switch {
	case s.BasicUser != "":
		lines = append(lines, "security settings of the forwarding: Basic, with basic_user and basic_password")
	case len(s.HeaderSecret) > 0:
		lines = append(lines, "security settings of the forwarding: a header X-Webhook-Secret with header_secret")
	default:
		lines = append(lines, "behind the URL comes ?secret= and url_secret")
	}
	if s.Backfill == 0 {
		lines = append(lines, "backfill is off: the log of received SMS, which Infobip keeps for 48 hours, is not asked for what was missed")
	}
	return lines, nil
}
