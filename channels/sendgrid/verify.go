package sendgrid

import (
	"crypto/ecdsa"
	"crypto/sha256"
	"time"

	"gatehouse/channels"
)

// The headers of a signature.
const (
	signatureHeader = "X-Twilio-Email-Event-Webhook-Signature"
	timeHeader      = "X-Twilio-Email-Event-Webhook-Timestamp"
)

// Verify returns nil if the request brings all that the channel asks for.
func (h *hook) Verify(r channels.Request) error {
	if len(h.keys) > 0 {
		if err := h.signed(r); err != nil {
			return err
		}
	}
	if h.Login.IsSet() {
		return h.Login.Verify(h.host, r)
	}
	return nil
}

// signed returns nil if SendGrid signed the request, just now: ECDSA in DER over
// the SHA-256 of the time and the body's octets.
func (h *hook) signed(r channels.Request) error {
	text, err := r.HeaderOnce(signatureHeader)
	if err != nil {
		return err
	}
	stamp, err := r.HeaderOnce(timeHeader)
	if err != nil {
		return err
	}
	signature, err := channels.Base64(text)
	if err != nil {
		return channels.CauseSecret.Because("%s is no base64", signatureHeader)
	}
	at, err := channels.UnixSeconds(stamp)
	if err != nil {
		return err
	}
	hash := sha256.New()
	hash.Write([]byte(stamp))
	hash.Write(r.Raw)
	sum := hash.Sum(nil)
	if !h.host.Any(h.PublicKey, func(key string) bool { return ecdsa.VerifyASN1(h.keys[key], sum, signature) }) {
		return channels.CauseSecret.Because("it was not signed with the key of this security policy")
	}
	return channels.Recent(h.host.Now(), at, time.Duration(h.MaxSkew)*time.Second)
}
