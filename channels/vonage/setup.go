package vonage

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Vonage must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode)
	if err != nil {
		return nil, err
	}
	lines := []string{cmp.Or(s.PublicURL, host.PublicURL)}
	if s.Product != productSMS {
		lines = append(lines, "Messages API: in Vonage's dashboard, in the application that the numbers are linked to: this URL as Inbound URL and, for "+
			"delivery reports, as Status URL; signature_secret is the account's, in its API settings")
	}
	if s.Product != productMessages {
		lines = append(lines, "SMS API: this URL in the account's API settings as webhook for inbound SMS and, for delivery reports, for receipts, "+
			"with POST-JSON as method if nothing forbids it; Vonage's support turns signed webhooks on")
	}
	if s.SignatureMethod == "md5hash" || s.SignatureMethod == "md5" {
		lines = append(lines, "signature_method "+s.SignatureMethod+" is weak: sha256 is better, here and in the dashboard")
	}
	if s.Backfill == 0 {
		lines = append(lines, "what Vonage cannot deliver within a day is only in its list of messages: set backfill, if the account has its Reports API")
	}
	return lines, nil
}
