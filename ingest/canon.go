package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// MaxValue is the most octets a canonical address may have. RFC 5321 §4.5.3.1
// allows a mail address 320; an index of the store takes 2,700.
const MaxValue = 1000

// notIdentities are the kinds that only a [Target] may have.
var notIdentities = []string{"contact", "everyone", "domain", "phone_prefix", "ip", "cidr", "range"}

// ParseIdentity makes an address canonical. Kinds email and phone have a form
// of their own; those of any other kind (visitor, telegram …) are opaque, and
// only trimmed. What String of a [Target] or Key prints is parsed back to the
// same. The error says what is wrong with the address.
func ParseIdentity(kind, address string, how How) (Identity, error) {
	if err := identityKind(kind); err != nil {
		return Identity{}, err
	}
	if how != Verified && how != Header && how != Claimed {
		return Identity{}, AsInvalid(fmt.Errorf("%q is not verified, header or claimed", how))
	}
	value, err := canonical(kind, address)
	if err != nil {
		return Identity{}, err
	}
	return Identity{Kind: kind, Value: value, How: how}, nil
}

func canonical(kind, address string) (string, error) {
	if len(address) > 4*MaxValue {
		return "", errLong
	}
	switch kind {
	case "email":
		return CanonicalEmail(address)
	case "phone":
		return CanonicalPhone(address)
	}
	return bounded(opaque(address))
}

func identityKind(kind string) error {
	if slices.Contains(notIdentities, kind) {
		return AsInvalid(fmt.Errorf("%s is no kind of identity", kind))
	}
	ok := kind != "" && len(kind) <= 32 && kind[0] >= 'a'
	for _, c := range []byte(kind) {
		ok = ok && (c >= 'a' && c <= 'z' || c >= '0' && c <= '9' || c == '_')
	}
	if !ok {
		return AsInvalid(fmt.Errorf("%q is no kind of identity: want a lower-case word", kind))
	}
	return nil
}

var (
	errEmpty = AsInvalid(errors.New("address is empty"))
	errLong  = AsInvalid(fmt.Errorf("address is longer than %d octets", MaxValue))
)

func bounded(value string) (string, error) {
	if value == "" {
		return "", errEmpty
	}
	if len(value) > MaxValue {
		return "", errLong
	}
	return value, nil
}

// opaque keeps a value as it is but for what nobody sees in it: it comes along
// where an id is copied out of a page.
func opaque(s string) string {
	s = strings.Map(func(r rune) rune {
		if invisible(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
	return strings.TrimSpace(s)
}

// invisible reports control, format and otherwise ignorable characters (Unicode
// Default_Ignorable_Code_Point), and the one letter of Braille that is blank.
func invisible(r rune) bool {
	return r == '\u2800' || unicode.In(r, unicode.Cc, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// clean makes one of the ways in which the same letters can be written:
// compatibility forms (full-width, mathematical, ligatures) are made plain,
// what cannot be seen is dropped, case is folded to lower.
func clean(s string) string {
	if isPlain(s) {
		return strings.TrimSpace(s)
	}
	s = norm.NFKC.String(strings.ToValidUTF8(s, "\uFFFD"))
	s = strings.Map(visible, s)
	return strings.TrimSpace(norm.NFKC.String(strings.ToLower(s)))
}

// isPlain reports that s is printable lower-case ASCII: most addresses are,
// and cleaning them is free.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; c < ' ' || c > '~' || c >= 'A' && c <= 'Z' {
			return false
		}
	}
	return true
}

// visible drops what is invisible and makes every dash a hyphen,
// every blank a space.
func visible(r rune) rune {
	switch {
	case r < unicode.MaxASCII && !unicode.IsControl(r):
		return r
	case invisible(r):
		return -1
	case unicode.Is(unicode.Pd, r), r == '\u2212':
		return '-'
	case unicode.IsSpace(r):
		return ' '
	case r == '。':
		return '.'
	case r == '\u2019', r == '\u02BC':
		return '\''
	}
	return r
}

// steady applies f until nothing changes any more, so that what is canonical
// stays so. Two rounds are the rule; the bound guards against a circle.
func steady(f func(string) string, s string) string {
	for range 8 {
		next := f(s)
		if next == s {
			break
		}
		s = next
	}
	return s
}
