package sendgrid

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what SendGrid must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, _, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in SendGrid, Settings, Inbound Parse: the domain whose MX is mx.sendgrid.net, and this URL; tick “POST the raw, full MIME message”, so that the mail is kept as it was sent",
	}
	if len(s.PublicKey) > 0 {
		lines = append(lines, "by SendGrid's API make a security policy with signature, attach it to the parse setting, and take its public key as public_key_b64_spki")
	} else {
		lines = append(lines, "without public_key_b64_spki anybody who learns the URL with its credentials can post mail")
	}
	return append(lines, s.Login.Told()...), nil
}
