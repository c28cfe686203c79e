package webhook

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

	"gatehouse/channels"
)

const (
	standardTolerance = 5 * time.Minute
	// maxSignatures bounds the work for one request: a rotation needs two.
	maxSignatures = 32
)

// standard is the scheme of Standard Webhooks, version 1 of the specification,
// and of Svix, which came before it and names the headers svix-.
type standard struct {
	secrets, keys channels.Secrets  // as they are written
	octets        map[string][]byte // that each of them stands for
	host          channels.Host
}

func newStandard(secrets, keys channels.Secrets, host channels.Host) (proof, error) {
	s := standard{secrets: secrets, keys: keys, octets: map[string][]byte{}, host: host}
	for _, text := range secrets {
		b, err := decodeKey(text, "whsec_")
		if err != nil {
			return proof{}, fmt.Errorf("secret: %w", err)
		}
		s.octets[text] = b
	}
	for _, text := range keys {
		b, err := decodeKey(text, "whpk_")
		if err != nil || len(b) != ed25519.PublicKeySize {
			return proof{}, errors.New("public_key: want whpk_ and the base64 of 32 octets")
		}
		s.octets[text] = b
	}
	if len(s.secrets)+len(s.keys) == 0 {
		return proof{}, errors.New("scheme standard needs a secret or a public_key")
	}
	return proof{verify: s.verify, delivery: func(r channels.Request) string { return stampOf(r).id }}, nil
}

// decodeKey reads base64 after a prefix that may be missing.
func decodeKey(text, prefix string) ([]byte, error) {
	text = strings.TrimRight(strings.TrimPrefix(text, prefix), "=")
	b, err := base64.RawStdEncoding.DecodeString(text)
	if err != nil || len(b) == 0 {
		return nil, fmt.Errorf("want %s and base64", prefix) // never the text: it is the secret
	}
	return b, nil
}

// stamp is one complete set of headers.
type stamp struct{ id, timestamp, signatures string }

// stampOf reads the headers, each of which must be there once. Sets are never
// mixed: a signature must be found with the id and the time that it covers.
func stampOf(r channels.Request) stamp {
	for _, prefix := range []string{"webhook-", "svix-"} {
		var got []string
		for _, name := range []string{"id", "timestamp", "signature"} {
			if values := r.Header.Values(prefix + name); len(values) == 1 && values[0] != "" {
				got = append(got, values[0])
			}
		}
		if len(got) == 3 {
			return stamp{got[0], got[1], got[2]}
		}
	}
	return stamp{}
}

func (s standard) verify(r channels.Request) error {
	h := stampOf(r)
	if h.id == "" {
		return errMissing
	}
	at, err := channels.UnixSeconds(h.timestamp)
	if err != nil {
		return err
	}
	if !s.signed(h, r.Raw) {
		return errSignature
	}
	return channels.Recent(s.host.Now(), at, standardTolerance)
}

// signed reports whether any signature of the list is right. Versions that are
// not known are skipped.
func (s standard) signed(h stamp, body []byte) bool {
	content := slices.Concat([]byte(h.id+"."+h.timestamp+"."), body)
	list := strings.Fields(h.signatures)
	found := false
	for _, item := range list[:min(len(list), maxSignatures)] {
		version, text, _ := strings.Cut(item, ",")
		given, err := channels.Base64(text)
		if err == nil && (version == "v1" && s.mac(content, given) || version == "v1a" && s.ed25519(content, given)) {
			found = true
		}
	}
	return found
}

func (s standard) mac(content, given []byte) bool {
	return s.host.Any(s.secrets, func(secret string) bool {
		return hmac.Equal(given, channels.MAC(sha256.New, string(s.octets[secret]), content))
	})
}

func (s standard) ed25519(content, given []byte) bool {
	return len(given) == ed25519.SignatureSize && s.host.Any(s.keys, func(key string) bool { return ed25519.Verify(s.octets[key], content, given) })
}
