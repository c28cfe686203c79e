package telnyx

import (
	"crypto/ed25519"
	"slices"

	"gatehouse/channels"
)

// Verify returns nil if Telnyx signed the request, just now.
func (h *hook) Verify(r channels.Request) error {
	text, err := r.HeaderOnce("Telnyx-Signature-Ed25519")
	if err != nil {
		return err
	}
	stamp, err := r.HeaderOnce("Telnyx-Timestamp")
	if err != nil {
		return err
	}
	signature, err := channels.Base64(text)
	if err != nil || len(signature) != ed25519.SignatureSize {
		return channels.CauseSecret.Because("Telnyx-Signature-Ed25519 is no signature in base64")
	}
	at, err := channels.UnixSeconds(stamp)
	if err != nil {
		return err
	}
	signed := slices.Concat([]byte(stamp), []byte("|"), r.Raw)
	if !h.host.Any(h.keys, func(key string) bool { return verify(key, signed, signature) }) {
		return channels.CauseSecret.Because("it was not signed with the key of this account")
	}
	return channels.Recent(h.host.Now(), at, tolerance)
}

func verify(text string, signed, signature []byte) bool {
	key, err := channels.Base64(text)
	return err == nil && len(key) == ed25519.PublicKeySize && ed25519.Verify(key, signed, signature)
}
