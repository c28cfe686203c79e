package ingest

import (
	"errors"
	"net/netip"
	"strings"

	"golang.org/x/net/idna"
)

var (
	errNoAt        = AsInvalid(errors.New("mail address has no @"))
	errNoLocal     = AsInvalid(errors.New("mail address has nothing before the @"))
	errNoDomain    = AsInvalid(errors.New("domain is empty"))
	errBadDomain   = AsInvalid(errors.New("domain has a character that no domain has"))
	errEmptyLabel  = AsInvalid(errors.New("domain has two dots side by side or begins with one"))
	domainSpecials = " \"'()<>,;:@*\\/[]"
	localSpecials  = " \"(),:;<>@[\\]"
)

// CanonicalEmail gives the form in which two addresses that reach the same
// mailbox, or look as if they did, are equal: lower case, no name, brackets
// or comments, no quotes that are not needed (RFC 5322 §3.4.1), no +tag, no dots
// at Gmail and what like it other large providers ignore, the domain as
// [CanonicalDomain] has it, look-alike letters folded. Digits that look like
// letters (0 and o, 1 and l) stay apart: too many people have both.
//
// It is for telling people apart and for matching, not for writing to: send
// to the address as it was written.
func CanonicalEmail(s string) (string, error) {
	if len(s) > 4*MaxValue {
		return "", errLong
	}
	s = addrSpec(clean(s))
	at := strings.LastIndexByte(s, '@')
	if at < 0 {
		return "", errNoAt
	}
	domain, err := CanonicalDomain(s[at+1:])
	if err != nil {
		return "", err
	}
	local := steady(func(l string) string { return foldLocal(l, domain) }, unquote(strings.TrimSpace(s[:at])))
	if local == "" {
		return "", errNoLocal
	}
	return bounded(quote(local) + "@" + domain)
}

// foldLocal drops what does not tell mailboxes apart.
func foldLocal(local, domain string) string {
	local = clean(local)
	if tag := strings.IndexByte(local, '+'); tag > 0 {
		local = strings.TrimSpace(local[:tag])
	}
	if ignored, ok := mailHosts[domain]; ok {
		if bare := ignored.Replace(local); strings.Trim(bare, "-") != "" {
			local = bare
		}
	}
	return foldLookAlikes(local)
}

// unquote undoes a quoted local part (RFC 5322 §3.2.4).
func unquote(s string) string {
	if len(s) < 2 || s[0] != '"' || s[len(s)-1] != '"' {
		return s
	}
	var b strings.Builder
	inner := s[1 : len(s)-1]
	for i := 0; i < len(inner); i++ {
		if inner[i] == '\\' && i+1 < len(inner) {
			i++
		}
		b.WriteByte(inner[i])
	}
	return b.String()
}

func quote(local string) string {
	if !strings.ContainsAny(local, localSpecials) {
		return local
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(local) + `"`
}

// names maps domains as people and registries do, but lets through what only
// a registry would refuse: a sender with an odd domain is a sender all the same.
var names = idna.New(idna.MapForLookup(), idna.Transitional(false), idna.StrictDomainName(false),
	idna.ValidateLabels(false), idna.CheckHyphens(false), idna.CheckJoiners(false))

// CanonicalDomain gives a domain's ASCII form (UTS #46, non-transitional) in
// lower case, without a last dot, look-alike letters folded also where they
// were written in Punycode. Address literals (RFC 5321 §4.1.3) stay as they are.
func CanonicalDomain(s string) (string, error) {
	if len(s) > 4*MaxValue {
		return "", errLong // unread: Punycode takes time by the square of the length
	}
	s = clean(s)
	if len(s) > 2 && s[0] == '[' && s[len(s)-1] == ']' && !strings.ContainsAny(s[1:len(s)-1], " \"()<>,;@\\/[]") {
		return bounded(literal(s))
	}
	s = steady(foldDomain, s)
	switch {
	case s == "":
		return "", errNoDomain
	case strings.ContainsAny(s, domainSpecials):
		return "", errBadDomain
	case s[0] == '.' || strings.Contains(s, ".."):
		return "", errEmptyLabel
	}
	if one, ok := sameHosts[s]; ok {
		s = one
	}
	return bounded(s)
}

// literal writes the address in an address literal in its one form.
func literal(s string) string {
	a, err := netip.ParseAddr(strings.TrimPrefix(s[1:len(s)-1], "ipv6:"))
	switch a = CanonicalIP(a); {
	case err != nil:
		return s
	case a.Is4():
		return "[" + a.String() + "]"
	}
	return "[ipv6:" + a.String() + "]"
}

// foldDomain goes by Unicode, where look-alikes are seen, back to ASCII. What
// idna finds fault with it still maps as far as it can.
func foldDomain(s string) string {
	s = strings.TrimRight(s, ". ")
	if isPlain(s) && !strings.Contains(s, "xn--") {
		return s
	}
	s, _ = names.ToUnicode(s)
	s = clean(s)
	s, _ = names.ToASCII(foldLookAlikes(s))
	return strings.TrimRight(clean(s), ". ")
}
