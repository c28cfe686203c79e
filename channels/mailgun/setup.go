package mailgun

import (
	"cmp"
	"strings"

	"gatehouse/channels"
)

// setup says what Mailgun must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		`in Mailgun, Receiving, a route with the action forward("URL") or store(notify="URL") and this URL; one that ends with mime gets the mail as it was sent, which is best`,
		"webhook_signing_key is the HTTP webhook signing key of the account, under API security",
	}
	if !strings.HasSuffix(lines[0], "mime") {
		lines = append(lines, "name the channel so that its URL ends with mime, as support-mime, to get the mail as it was sent")
	}
	if len(s.APIKey) == 0 {
		lines = append(lines, "files of stored mail need an api_key here")
	}
	return lines, nil
}
