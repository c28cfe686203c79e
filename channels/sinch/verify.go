package sinch

import (
	"crypto/sha256"
	"strings"
	"time"

	"gatehouse/channels"
)

const (
	signatureHeader = "x-sinch-webhook-signature"
	nonceHeader     = "x-sinch-webhook-signature-nonce"
	timeHeader      = "x-sinch-webhook-signature-timestamp"
)

// Verify returns nil if Sinch sent the request. Credentials prove one without a
// signature, or any if the channel has no secret, where the channel has them.
func (h *hook) Verify(r channels.Request) error {
	if len(h.WebhookSecret) == 0 || h.Login.IsSet() && len(r.Header.Values(signatureHeader)) == 0 {
		return h.Login.Verify(h.host, r)
	}
	return h.signed(r)
}

// signed checks the signature of body, nonce and time, with dots between them.
// There is one algorithm, whatever the header says that names it.
func (h *hook) signed(r channels.Request) error {
	text, err := r.HeaderOnce(signatureHeader)
	if err != nil {
		return err
	}
	nonce, err := r.HeaderOnce(nonceHeader)
	if err != nil {
		return err
	}
	at, err := r.HeaderOnce(timeHeader)
	if err != nil {
		return err
	}
	given, err := channels.Base64(text)
	// A dot in the nonce would leave open where the body ends: the end of a body
	// could be sent as the beginning of a nonce.
	if err != nil || strings.Contains(nonce, ".") {
		return channels.CauseSecret.Because("the signature or its nonce is not as Sinch writes them")
	}
	err = h.host.Signed(h.WebhookSecret, given, func(secret string) []byte {
		return channels.MAC(sha256.New, secret, r.Raw, []byte("."+nonce+"."+at))
	})
	if err != nil {
		return err
	}
	when, err := channels.UnixSeconds(at)
	if err != nil {
		return err
	}
	return channels.Recent(h.host.Now(), when, time.Duration(h.MaxSkew)*time.Second)
}
