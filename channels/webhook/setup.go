package webhook

import (
	"cmp"
	"fmt"

	"gatehouse/channels"
)

// setup says what the system that posts must be told; see channels.Kind.
func setup(decode channels.Settings, host channels.Host) ([]string, error) {
	w, err := open(decode, host)
	if err != nil {
		return nil, err
	}
	s := w.(*hook).settings
	lines := []string{cmp.Or(s.PublicURL, host.PublicURL), "POST JSON or a form there; anything but 2xx means: send it again"}
	switch s.Scheme {
	case "standard":
		lines = append(lines, "sign it by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature) with the secret or key of this channel")
	case "github":
		lines = append(lines, "sign it as GitHub does (X-Hub-Signature-256) with the secret of this channel; on GitHub: content type application/json")
	case "basic":
		lines = append(lines, "send Authorization: Basic with the user "+s.BasicUser+" and the password of this channel")
	case "bearer":
		lines = append(lines, "send Authorization: Bearer with the token of this channel")
	}
	return append(lines, fmt.Sprintf("the sender is taken from %q, the text from %q", s.Map.From, cmp.Or(s.Map.Text, s.Map.Subject))), nil
}
