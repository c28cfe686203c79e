package channels

import (
	"crypto/hmac"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"hash"
	"strings"
)

// MAC is the HMAC (RFC 2104) of the parts, one after the other.
func MAC(h func() hash.Hash, key string, parts ...[]byte) []byte {
	mac := hmac.New(h, []byte(key))
	for _, part := range parts {
		mac.Write(part)
	}
	return mac.Sum(nil)
}

var errCode = errors.New("not the code that it should be in")

// Base64 reads standard base64 with padding (RFC 4648 §4) in the one spelling
// that its octets have.
func Base64(s string) ([]byte, error) {
	b, err := base64.StdEncoding.Strict().DecodeString(s)
	if err != nil || strings.ContainsAny(s, "\r\n") {
		return nil, errCode
	}
	return b, nil
}

// Hex reads hexadecimal digits of either case.
func Hex(s string) ([]byte, error) {
	b, err := hex.DecodeString(s)
	if err != nil {
		return nil, errCode
	}
	return b, nil
}

// HeaderOnce is the one value of a header: a request in which it is missing or
// stands twice has no signature.
func (r Request) HeaderOnce(name string) (string, error) {
	values := r.Header.Values(name)
	switch {
	case len(values) == 0 || len(values) == 1 && values[0] == "":
		return "", CauseUnsigned.Because("no %s", name)
	case len(values) > 1:
		return "", CauseUnsigned.Because("%s stands there %d times", name, len(values))
	}
	return values[0], nil
}

// Any reports whether one of the secrets is right, and notes which. It tries all
// of them, so that the time it takes does not tell which.
func (h Host) Any(s Secrets, right func(secret string) bool) bool {
	found := -1
	for i, secret := range s {
		if right(secret) && found < 0 {
			found = i
		}
	}
	if found >= 0 && h.Used != nil {
		h.Used(s[found])
	}
	return found >= 0
}

// Signed returns nil if given is what sum makes with one of the secrets, in
// constant time.
func (h Host) Signed(s Secrets, given []byte, sum func(secret string) []byte) error {
	if !h.Any(s, func(secret string) bool { return hmac.Equal(given, sum(secret)) }) {
		return CauseSecret.Because("no secret of the channel makes this signature")
	}
	return nil
}
