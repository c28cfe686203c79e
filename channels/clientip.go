package channels

import (
	"net/http"
	"net/netip"
	"strings"
)

// Proxies finds a caller's address behind reverse proxies. Only what a trusted
// proxy wrote is believed: everybody else may send such headers too.
type Proxies struct {
	// Trusted are the networks of our own proxies. Empty: no header counts.
	Trusted []netip.Prefix
	// Header is the one our proxies write: "X-Forwarded-For" or "Forwarded"
	// (RFC 7239). Empty: X-Forwarded-For, and Forwarded where that is absent.
	// Name it if the proxies write only Forwarded: a caller could send the
	// other one.
	Header string
}

// most hops that are followed; beyond them the header is a stranger's.
const mostHops = 64

// ClientIP is the address of the caller, without port and zone, or "" where
// the connection has none (a Unix socket). It walks from the connection's peer
// towards the caller as long as each hop is a trusted proxy, and stops at the
// first that is not, or cannot be read.
func (p Proxies) ClientIP(r *http.Request) string {
	at, ok := parseHop(r.RemoteAddr)
	if !ok {
		return ""
	}
	if p.trusts(at) {
		at = p.walk(at, p.hops(r.Header))
	}
	return at.String()
}

// Said is what our own proxy says in a header of its own, as the country it sees
// the caller in; "" unless a trusted proxy is the connection's peer. The proxy
// must set or remove the header on every request: what callers send passes it.
func (p Proxies) Said(r *http.Request, header string) string {
	if at, ok := parseHop(r.RemoteAddr); !ok || header == "" || !p.trusts(at) {
		return ""
	}
	return r.Header.Get(header)
}

// walk follows hops, nearest last.
func (p Proxies) walk(at netip.Addr, hops []string) netip.Addr {
	for i := len(hops) - 1; i >= 0 && len(hops)-i <= mostHops; i-- {
		hop, ok := parseHop(strings.TrimSpace(hops[i]))
		if !ok {
			break
		}
		at = hop
		if !p.trusts(at) {
			break
		}
	}
	return at
}

func (p Proxies) trusts(ip netip.Addr) bool {
	for _, t := range p.Trusted {
		if t.Contains(ip) {
			return true
		}
	}
	return false
}

// hops are the addresses that the header lists, as written.
func (p Proxies) hops(h http.Header) []string {
	name := p.Header
	if name == "" {
		name = "X-Forwarded-For"
		if h.Values(name) == nil {
			name = "Forwarded"
		}
	}
	list := strings.Split(strings.Join(h.Values(name), ","), ",")
	if !strings.EqualFold(name, "Forwarded") {
		return list
	}
	for i, element := range list {
		list[i] = forwardedFor(element)
	}
	return list
}

// forwardedFor is the node of an element's for= parameter (RFC 7239 §4), or ""
// if it has none. A comma inside quotes splits an element in two that cannot
// be read, which ends the walk: no proxy writes one there.
func forwardedFor(element string) string {
	for pair := range strings.SplitSeq(element, ";") {
		name, value, _ := strings.Cut(strings.TrimSpace(pair), "=")
		if strings.EqualFold(name, "for") {
			return strings.Trim(value, `"`)
		}
	}
	return ""
}

// parseHop reads "192.0.2.1", "192.0.2.1:80", "2001:db8::1", "[2001:db8::1]"
// or "[2001:db8::1]:80"; an IPv4 address within IPv6 becomes IPv4.
func parseHop(s string) (netip.Addr, bool) {
	if ap, err := netip.ParseAddrPort(s); err == nil {
		return ap.Addr().Unmap().WithZone(""), true
	}
	if inner, ok := strings.CutPrefix(s, "["); ok {
		if s, ok = strings.CutSuffix(inner, "]"); !ok {
			return netip.Addr{}, false
		}
	}
	ip, err := netip.ParseAddr(s)
	return ip.Unmap().WithZone(""), err == nil
}
