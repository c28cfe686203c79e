package seal

import (
	"encoding/base64"
	"encoding/hex"
	"errors"
	"strings"
)

var (
	errForm   = errors.New("want 32 random octets as base64 or hexadecimal digits, as `openssl rand -base64 32` prints them")
	errSimple = errors.New("this is not random: make one with `openssl rand -base64 32`")
)

// Keys are an installation's keys as they are configured: one, or a list.
type Keys []string

// UnmarshalYAML reads a string or a list of strings.
func (k *Keys) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*k = Keys{one}
		return nil
	}
	return unmarshal((*[]string)(k))
}

// Ring is the ring of the keys; nil without any.
func (k Keys) Ring() (*Ring, error) {
	if len(k) == 0 {
		return nil, nil
	}
	return New(k...)
}

// String hides them.
func (k Keys) String() string { return "(keys)" }

// GoString hides them.
func (k Keys) GoString() string { return "(keys)" }

// parse reads a key: 32 octets, as base64 of either alphabet, padded or not, or
// as hexadecimal digits. What somebody typed as an example is refused. Errors
// quote nothing of it.
func parse(text string) ([]byte, error) {
	text = strings.TrimSpace(text)
	raw, err := hex.DecodeString(text)
	if err != nil || len(raw) != keyLen {
		plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
		raw, err = base64.RawStdEncoding.DecodeString(plain)
	}
	switch {
	case err != nil || len(raw) != keyLen:
		return nil, errForm
	case different(raw) < keyLen/2:
		return nil, errSimple
	}
	return raw, nil
}

// different counts the values among octets. Of 32 random ones fewer than 24 are
// hardly ever seen.
func different(raw []byte) int {
	seen := map[byte]bool{}
	for _, b := range raw {
		seen[b] = true
	}
	return len(seen)
}
