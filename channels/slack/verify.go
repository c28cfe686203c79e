package slack

import (
	"crypto/sha256"
	"mime"
	"net/url"
	"strings"

	"gatehouse/channels"
)

// version of the signature; there is no other.
const version = "v0"

// Verify returns nil if Slack signed the request, just now.
func (h *hook) Verify(r channels.Request) error {
	if isProbe(r) {
		return channels.ErrProbe
	}
	text, err := r.HeaderOnce("X-Slack-Signature")
	if err != nil {
		return err
	}
	stamp, err := r.HeaderOnce("X-Slack-Request-Timestamp")
	if err != nil {
		return err
	}
	digits, found := strings.CutPrefix(text, version+"=")
	given, err := channels.Hex(digits)
	if err != nil || !found {
		return channels.CauseSecret.Because("X-Slack-Signature is no %s= and hexadecimal", version)
	}
	at, err := channels.UnixSeconds(stamp)
	if err != nil {
		return err
	}
	head := []byte(version + ":" + stamp + ":")
	err = h.host.Signed(h.SigningSecret, given, func(secret string) []byte { return channels.MAC(sha256.New, secret, head, r.Raw) })
	if err != nil {
		return err
	}
	return channels.Recent(h.host.Now(), at, tolerance)
}

// isProbe reports whether Slack only looks at the certificate: such a form is
// not signed, and says nothing else that counts.
func isProbe(r channels.Request) bool {
	if len(r.Raw) > 1<<10 || r.Header.Get("X-Slack-Signature") != "" || !isForm(r) {
		return false
	}
	form, err := url.ParseQuery(string(r.Raw))
	return err == nil && form.Get("ssl_check") == "1"
}

// isForm tells what commands and buttons send from events, which are JSON.
func isForm(r channels.Request) bool {
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	return err == nil && media == "application/x-www-form-urlencoded"
}
