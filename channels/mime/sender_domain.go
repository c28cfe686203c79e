package mime

import (
	"strings"

	"golang.org/x/net/idna"
	"golang.org/x/net/publicsuffix"

	"gatehouse/ingest"
)

// hosts writes domains as the DNS has them.
var hosts = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(true), idna.ValidateLabels(true))

// asciiDomain is the domain of an address, or a domain alone, as the DNS has
// it; "" if it has none such.
func asciiDomain(address string) string {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	domain = strings.TrimSuffix(strings.TrimSpace(domain), ".")
	if domain == "" || len(domain) > 253 {
		return ""
	}
	ascii, err := hosts.ToASCII(domain)
	if err != nil || len(ascii) > 253 {
		return ""
	}
	return ascii
}

// looksLikeAnother reports a domain in letters of other alphabets that looks
// like one in Latin letters. Rules and contacts take both for one, so what
// vouches for the one must not vouch for the other.
func looksLikeAnother(domain string) bool {
	if !strings.Contains(domain, "xn--") {
		return false
	}
	canonical, err := ingest.CanonicalDomain(domain)
	return err != nil || canonical != domain
}

// organisation is the organisational domain (RFC 7489 §3.2); "" for a domain
// under which anybody may register.
func organisation(domain string) string {
	org, err := publicsuffix.EffectiveTLDPlusOne(domain)
	if err != nil {
		return ""
	}
	return org
}

// aligned reports whether both domains are of one organisation: relaxed
// alignment (RFC 7489 §3.1).
func aligned(a, b string) bool {
	return a != "" && (a == b || organisation(a) != "" && organisation(a) == organisation(b))
}
