package channels

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

const (
	standardTolerance = 5 * time.Minute
	// maxSignatures bounds the work for one request: a rotation needs two.
	maxSignatures = 32
)

// StandardProof are the headers of the scheme, for Facts.Proof.
var StandardProof = []string{
	"Webhook-Id", "Webhook-Timestamp", "Webhook-Signature", "Svix-Id", "Svix-Timestamp", "Svix-Signature",
}

// Standard is the scheme of Standard Webhooks, version 1 of the specification,
// and of Svix, which came before it and names the headers svix-.
type Standard struct {
	secrets, keys Secrets           // as they are written
	octets        map[string][]byte // that each of them stands for
	host          Host
}

// NewStandard reads secrets (whsec_ and base64) and public keys of Ed25519 (whpk_
// and base64), of which there must be one. Errors hold nothing of a secret.
func NewStandard(secrets, keys Secrets, host Host) (*Standard, error) {
	s := &Standard{secrets: secrets, keys: keys, octets: map[string][]byte{}, host: host}
	for _, text := range secrets {
		b, err := standardKey(text, "whsec_")
		if err != nil {
			return nil, fmt.Errorf("secret: %w", err)
		}
		s.octets[text] = b
	}
	for _, text := range keys {
		b, err := standardKey(text, "whpk_")
		if err != nil || len(b) != ed25519.PublicKeySize {
			return nil, errors.New("public_key: want whpk_ and the base64 of 32 octets")
		}
		s.octets[text] = b
	}
	if len(s.secrets)+len(s.keys) == 0 {
		return nil, errors.New("Standard Webhooks needs a secret or a public key")
	}
	return s, nil
}

// standardKey reads base64 after a prefix that may be missing.
func standardKey(text, prefix string) ([]byte, error) {
	text = strings.TrimRight(strings.TrimPrefix(text, prefix), "=")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil, fmt.Errorf("want %s and base64", prefix) // never the text: it is the secret
	}
	return b, nil
}

// standardStamp is one complete set of headers.
type standardStamp struct{ id, timestamp, signatures string }

// standardStampOf reads the headers, each of which must be there once. Sets are
// never mixed: a signature must be found with the id and the time that it covers.
func standardStampOf(r Request) standardStamp {
	for _, prefix := range []string{"webhook-", "svix-"} {
		var got []string
		for _, name := range []string{"id", "timestamp", "signature"} {
			if value, err := r.HeaderOnce(prefix + name); err == nil {
				got = append(got, value)
			}
		}
		if len(got) == 3 {
			return standardStamp{got[0], got[1], got[2]}
		}
	}
	return standardStamp{}
}

// StandardDelivery is the sender's own name for what a request delivers, the same
// each time it tries; "": the request has no complete set of headers.
func StandardDelivery(r Request) string { return standardStampOf(r).id }

// Verify returns nil if a holder of a secret or of a key signed the request, at
// most five minutes from now.
func (s *Standard) Verify(r Request) error {
	h := standardStampOf(r)
	if h.id == "" {
		return CauseUnsigned.Because("signature or credentials are missing")
	}
	at, err := UnixSeconds(h.timestamp)
	if err != nil {
		return err
	}
	if !s.signed(h, r.Raw) {
		return CauseSecret.Because("no signature is right")
	}
	return Recent(s.host.Now(), at, standardTolerance)
}

// signed reports whether any signature of the list is right. Versions that are
// not known are skipped.
func (s *Standard) signed(h standardStamp, body []byte) bool {
	content := slices.Concat([]byte(h.id+"."+h.timestamp+"."), body)
	list := strings.Fields(h.signatures)
	found := false
	for _, item := range list[:min(len(list), maxSignatures)] {
		version, text, _ := strings.Cut(item, ",")
		given, err := Base64(text)
		if err == nil && (version == "v1" && s.mac(content, given) || version == "v1a" && s.ed25519(content, given)) {
			found = true
		}
	}
	return found
}

func (s *Standard) mac(content, given []byte) bool {
	return s.host.Any(s.secrets, func(secret string) bool {
		return hmac.Equal(given, MAC(sha256.New, string(s.octets[secret]), content))
	})
}

func (s *Standard) ed25519(content, given []byte) bool {
	return len(given) == ed25519.SignatureSize && s.host.Any(s.keys, func(key string) bool { return ed25519.Verify(s.octets[key], content, given) })
}
