package postmark

import (
	"cmp"

	"gatehouse/channels"
)

// setup says what Postmark must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	s, err := configured(decode, host)
	if err != nil {
		return nil, err
	}
	lines := []string{
		cmp.Or(s.PublicURL, host.PublicURL),
		"in Postmark, in the settings of the server's inbound stream: this URL as webhook; tick the box that includes the raw content, so that the mail is kept as it was sent",
	}
	if s.BasicUser != "" {
		lines = append(lines, "the URL begins with https://, then basic_user, a colon, basic_password and @, each as in a URL: a colon in them is %3A")
	}
	if len(s.HeaderSecret) > 0 {
		lines = append(lines, "a header X-Webhook-Secret with header_secret goes with each request")
	}
	if len(s.URLSecret) > 0 {
		lines = append(lines, "behind the URL comes ?secret= and url_secret")
	}
	return lines, nil
}
