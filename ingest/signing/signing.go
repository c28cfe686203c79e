// Package signing signs what is posted to others by Standard Webhooks, version 1
// of the specification: v1 with a secret that both sides have, v1a with a key
// of which the other side has the public half.
package signing

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// What the written forms of keys begin with.
const (
	secretPrefix  = "whsec_"
	privatePrefix = "whsk_"
	publicPrefix  = "whpk_"
)

// The headers of a signed request.
const (
	HeaderID        = "webhook-id"
	HeaderTimestamp = "webhook-timestamp"
	HeaderSignature = "webhook-signature"
)

// How long a secret is, in octets.
const (
	leastSecret = 24
	mostSecret  = 64
	usualSecret = 32
)

// Key signs. It prints nothing of itself.
type Key struct {
	secret  []byte
	private ed25519.PrivateKey
}

// NewSecret makes a secret for v1.
func NewSecret() Key {
	b := make([]byte, usualSecret)
	_, _ = rand.Read(b) // crypto/rand.Read never fails (Go 1.24)
	return Key{secret: b}
}

// NewPair makes a key for v1a.
func NewPair() Key {
	seed := make([]byte, ed25519.SeedSize)
	_, _ = rand.Read(seed) // crypto/rand.Read never fails (Go 1.24)
	return Key{private: ed25519.NewKeyFromSeed(seed)}
}

var errKey = errors.New("want whsec_ and the base64 of 24 to 64 octets, or whsk_ and that of an Ed25519 key")

// Parse reads a key as Text writes it. The error holds nothing of it.
func Parse(text string) (Key, error) {
	if rest, ok := strings.CutPrefix(text, privatePrefix); ok {
		return parsePair(rest)
	}
	rest, ok := strings.CutPrefix(text, secretPrefix)
	b, err := base64.StdEncoding.DecodeString(rest)
	if !ok || err != nil || len(b) < leastSecret || len(b) > mostSecret {
		return Key{}, errKey
	}
	return Key{secret: b}, nil
}

// parsePair reads a private key, with its public half or without.
func parsePair(text string) (Key, error) {
	b, err := base64.StdEncoding.DecodeString(text)
	if err != nil || len(b) != ed25519.SeedSize && len(b) != ed25519.PrivateKeySize {
		return Key{}, errKey
	}
	k := ed25519.NewKeyFromSeed(b[:ed25519.SeedSize])
	if len(b) == ed25519.PrivateKeySize && !slices.Equal(k, b) {
		return Key{}, errKey
	}
	return Key{private: k}, nil
}

// Text is the key, to be kept sealed; for v1 that is what the other side has too.
func (k Key) Text() string {
	if k.private != nil {
		return privatePrefix + base64.StdEncoding.EncodeToString(k.private)
	}
	return secretPrefix + base64.StdEncoding.EncodeToString(k.secret)
}

// Public is the half of a v1a key by which the other side verifies; "" of v1.
func (k Key) Public() string {
	if k.private == nil {
		return ""
	}
	return publicPrefix + base64.StdEncoding.EncodeToString(k.private.Public().(ed25519.PublicKey))
}

// String hides it.
func (Key) String() string { return "(key)" }

// GoString hides it.
func (Key) GoString() string { return "(key)" }

func (k Key) sign(content []byte) string {
	if k.private != nil {
		return "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(k.private, content))
	}
	mac := hmac.New(sha256.New, k.secret)
	mac.Write(content)
	return "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
}

// Sign puts the headers of a request on h: its id, which must have no dot, its
// time and a signature of the body by each key. Who verifies is content with
// one of them, so both sides can change a key without a gap.
func Sign(h http.Header, id string, at time.Time, body []byte, keys []Key) {
	timestamp := strconv.FormatInt(at.Unix(), 10)
	content := slices.Concat([]byte(id+"."+timestamp+"."), body)
	var list []string
	for _, k := range keys {
		list = append(list, k.sign(content))
	}
	h.Set(HeaderID, id)
	h.Set(HeaderTimestamp, timestamp)
	h.Set(HeaderSignature, strings.Join(list, " "))
}
