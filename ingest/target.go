package ingest

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
)

// Everyone is the kind of the target that means whoever writes.
const Everyone = "everyone"

// Target is whom a rule means, in canonical form. Kind is contact, everyone,
// an identity's kind (email, phone, visitor, telegram …), domain,
// phone_prefix, ip, cidr or range.
type Target struct {
	Kind  string
	Value string
}

// String gives the form of the API: "email:a@example.com", "everyone"; "" for
// the zero target.
func (t Target) String() string {
	if t.Kind == Everyone || t.Kind == "" {
		return t.Kind
	}
	return t.Kind + ":" + t.Value
}

// MarshalText writes String's form.
func (t Target) MarshalText() ([]byte, error) { return []byte(t.String()), nil }

// UnmarshalText reads and canonicalises, as ParseTarget does.
func (t *Target) UnmarshalText(b []byte) error {
	parsed, err := ParseTarget(string(b))
	if err == nil {
		*t = parsed
	}
	return err
}

// ParseTarget reads a rule's target, as a person may have typed it, into its
// canonical form: contact:ID email:a@b domain:b phone:+1555… phone_prefix:+155
// visitor:V telegram:1… ip:192.0.2.7 cidr:192.0.2.0/24 range:A-B everyone, and of
// what was erased email:#HASH. The error says what is wrong with it, for the person.
func ParseTarget(s string) (Target, error) {
	s = strings.TrimSpace(s)
	if s == Everyone {
		return Target{Kind: Everyone}, nil
	}
	kind, rest, found := strings.Cut(s, ":")
	if !found || kind == Everyone {
		return Target{}, AsInvalid(fmt.Errorf("%q: want KIND:VALUE or everyone", s))
	}
	value, err := targetValue(kind, rest)
	if err != nil {
		return Target{}, AsInvalid(fmt.Errorf("%q: %w", s, err))
	}
	return Target{Kind: kind, Value: value}, nil
}

func targetValue(kind, s string) (string, error) {
	if (Target{Kind: kind, Value: s}).Hashed() && identityKind(kind) == nil {
		return s, nil
	}
	switch kind {
	case "contact":
		return contactValue(s)
	case "domain":
		return domainValue(s)
	case "phone_prefix":
		return phonePrefix(s)
	case "ip":
		return ipValue(s)
	case "cidr":
		return cidrValue(s)
	case "range":
		return rangeValue(s)
	}
	if err := identityKind(kind); err != nil {
		return "", err
	}
	return canonical(kind, s)
}

func contactValue(s string) (string, error) {
	id, err := ParseID(strings.TrimSpace(s))
	return id.String(), err
}

// domainValue takes what people write for "this domain and those below":
// example.com, @example.com, *.example.com.
func domainValue(s string) (string, error) {
	return CanonicalDomain(strings.TrimLeft(clean(s), "@*. "))
}

var (
	errPrefixPlus = errors.New("prefix has no + and country code")
	errSpan       = errors.New("range is not FIRST-LAST")
	errFamilies   = errors.New("range goes from one version of IP to the other")
	errBackwards  = errors.New("range ends before it begins")
)

func phonePrefix(s string) (string, error) {
	digits, plus, err := dialled(s)
	if err != nil {
		return "", err
	}
	if after, ok := strings.CutPrefix(digits, "00"); ok && !plus {
		digits, plus = after, true
	}
	if plus {
		digits = strings.TrimLeft(digits, "0")
	}
	switch {
	case digits == "":
		return "", errNoDigits
	case !plus:
		return "", errPrefixPlus
	case len(digits) > 15:
		return "", errDigits
	}
	return "+" + digits, nil
}

func ipValue(s string) (string, error) {
	a, err := netip.ParseAddr(strings.TrimSpace(s))
	if err != nil {
		return "", fmt.Errorf("no IP address: %w", err)
	}
	return CanonicalIP(a).String(), nil
}

func cidrValue(s string) (string, error) {
	p, err := netip.ParsePrefix(strings.TrimSpace(s))
	if err != nil {
		return "", fmt.Errorf("no network: %w", err)
	}
	return canonicalNet(p.Masked()).String(), nil
}

func rangeValue(s string) (string, error) {
	first, last, err := span(s)
	if err != nil {
		return "", err
	}
	return first.String() + "-" + last.String(), nil
}

// span reads the first and last address of a range.
func span(s string) (first, last netip.Addr, err error) {
	a, b, found := strings.Cut(s, "-")
	if !found {
		return first, last, errSpan
	}
	if first, err = netip.ParseAddr(strings.TrimSpace(a)); err != nil {
		return first, last, fmt.Errorf("no IP address: %w", err)
	}
	if last, err = netip.ParseAddr(strings.TrimSpace(b)); err != nil {
		return first, last, fmt.Errorf("no IP address: %w", err)
	}
	first, last = CanonicalIP(first), CanonicalIP(last)
	switch {
	case first.Is4() != last.Is4():
		return first, last, errFamilies
	case last.Less(first):
		return first, last, errBackwards
	}
	return first, last, nil
}
