package console

import (
	"net/netip"
	"regexp"
	"strings"
)

var (
	named  = regexp.MustCompile(`^[a-z_]+:`)
	dialed = regexp.MustCompile(`^[+(]?[0-9][0-9 ()./+-]{3,}\*?$`)
)

// targetMeant is the target that a person means who writes down an address, a
// number, a domain or a network as they know it; what looks like none of these
// stays as it is, for the API to say what is wrong with it.
func targetMeant(said string) string {
	said = strings.TrimSpace(said)
	if strings.EqualFold(said, "everyone") || strings.EqualFold(said, "everybody") {
		return "everyone"
	}
	if kind := netMeant(said); kind != "" {
		return kind + ":" + said
	}
	switch {
	case named.MatchString(said):
		return said
	case strings.HasPrefix(said, "@"), strings.HasPrefix(said, "*."):
		return "domain:" + said
	case strings.Contains(said, "@"):
		return "email:" + said
	case dialed.MatchString(said) && strings.HasSuffix(said, "*"):
		return "phone_prefix:" + strings.TrimSuffix(said, "*")
	case dialed.MatchString(said):
		return "phone:" + said
	case strings.Contains(said, ".") && !strings.Contains(said, " "):
		return "domain:" + said
	}
	return said
}

// netMeant is ip, cidr or range if the text is one, else nothing.
func netMeant(said string) string {
	if _, err := netip.ParseAddr(said); err == nil {
		return "ip"
	}
	if _, err := netip.ParsePrefix(said); err == nil {
		return "cidr"
	}
	first, last, _ := strings.Cut(said, "-")
	_, err := netip.ParseAddr(strings.TrimSpace(first))
	if _, bad := netip.ParseAddr(strings.TrimSpace(last)); err == nil && bad == nil {
		return "range"
	}
	return ""
}
