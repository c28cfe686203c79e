package channels

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"slices"
)

// Secrets is a setting that takes one secret or a list of them, so that a
// secret can be changed while both the old and the new one are in use.
type Secrets []string

var errEmptySecret = errors.New("an empty secret: is the variable it comes from set?")

// UnmarshalYAML reads a string or a list of strings. An empty secret is an
// error: it would verify anybody.
func (s *Secrets) UnmarshalYAML(unmarshal func(any) error) error {
	var one string
	if unmarshal(&one) == nil {
		*s = Secrets{one}
	} else {
		var many []string
		if err := unmarshal(&many); err != nil {
			return err
		}
		*s = many
	}
	if slices.Contains(*s, "") {
		return errEmptySecret
	}
	return nil
}

// Print names who has them, where nothing but secrets names an account: a hash
// that does not depend on their order. "": there are none.
func (s Secrets) Print() string {
	if len(s) == 0 {
		return ""
	}
	sum := sha256.Sum256([]byte(slices.Min(s)))
	return hex.EncodeToString(sum[:8])
}

// Is reports whether given is one of the secrets, in constant time for secrets
// of its length.
func (s Secrets) Is(given string) bool {
	return Host{}.Any(s, func(secret string) bool { return equal(secret, given) })
}
