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
	return []string{
		cmp.Or(s.PublicURL, host.PublicURL), "POST " + posted[s.Body] + " there; anything but 2xx means: send it again", s.proven(), s.read(),
	}, nil
}

// posted is what the forms of a body are called.
var posted = map[string]string{
	"": "JSON or a form", ofJSON: "JSON", ofForm: "a form", ofMultipart: "a form (multipart/form-data)", ofText: "the text", ofMail: "the mail as it is (RFC 5322)",
}

// proven says how to show who posts.
func (s *settings) proven() string {
	switch s.Scheme {
	case "standard":
		return "sign it by Standard Webhooks (webhook-id, webhook-timestamp, webhook-signature) with the secret or key of this channel"
	case "github":
		return "sign it as GitHub does (X-Hub-Signature-256) with the secret of this channel; on GitHub: content type application/json"
	case "basic":
		return "send Authorization: Basic with the user " + s.BasicUser + " and the password of this channel"
	}
	if s.Scheme == "mtls" {
		return "show the certificate of this channel to the proxy, which verifies it, writes whose it is into " + s.Header + ", and takes that header out of what others send"
	}
	return "send Authorization: Bearer with the token of this channel"
}

// read says what is taken from where.
func (s *settings) read() string {
	if s.Body == ofMail {
		return "the mail says who sent what"
	}
	var text lines
	for _, l := range []lines{s.Map.Subject, s.Map.HTML, s.Map.Text} {
		if len(l) > 0 {
			text = l
		}
	}
	says := fmt.Sprintf("the sender is taken from %s, the text from %s", s.Map.From, text)
	if len(s.Each) > 0 {
		says += fmt.Sprintf(", of each that is at %s", s.Each)
	}
	return says
}
