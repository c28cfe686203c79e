package safehttp

import "net/netip"

// Not on the public internet, or not to be asked from inside it: the IANA
// registries of special-purpose addresses (RFC 6890) with what clouds put on
// addresses of their own. Documentation networks are among them: nobody is
// there whom a stranger's address could rightly mean.
var special = prefixes(
	"0.0.0.0/8",         // this network (RFC 791)
	"10.0.0.0/8",        // private (RFC 1918)
	"100.64.0.0/10",     // carriers' own (RFC 6598); metadata of Alibaba
	"127.0.0.0/8",       // loopback
	"168.63.129.16/32",  // metadata of Azure
	"169.254.0.0/16",    // link-local (RFC 3927); metadata of most clouds
	"172.16.0.0/12",     // private
	"192.0.0.0/24",      // protocol assignments (RFC 6890); metadata of Oracle
	"192.0.2.0/24",      // documentation (RFC 5737)
	"192.31.196.0/24",   // AS112 (RFC 7535)
	"192.52.193.0/24",   // AMT (RFC 7450)
	"192.88.99.0/24",    // 6to4 relays (RFC 7526)
	"192.168.0.0/16",    // private
	"192.175.48.0/24",   // AS112 (RFC 7534)
	"198.18.0.0/15",     // benchmarks (RFC 2544)
	"198.51.100.0/24",   // documentation
	"203.0.113.0/24",    // documentation
	"224.0.0.0/4",       // multicast
	"240.0.0.0/4",       // reserved, broadcast
	"2001::/23",         // protocol assignments: Teredo, ORCHID, benchmarks (RFC 2928)
	"2001:db8::/32",     // documentation (RFC 3849)
	"2002::/16",         // 6to4 (RFC 7526): a private IPv4 address may be inside
	"2620:4f:8000::/48", // AS112
	"3fff::/20",         // documentation (RFC 9637)
)

var (
	// global is all that IANA has given out of IPv6: whatever is not in it is
	// loopback, unspecified, mapped, translated, unique local, link-local,
	// site-local, multicast or nobody's.
	global = netip.MustParsePrefix("2000::/3")
	// nat64 is how a network without IPv4 reaches it: the last four octets are
	// the address (RFC 6052 §2.1), which has to be public itself (§3.1).
	nat64 = netip.MustParsePrefix("64:ff9b::/96")
)

func prefixes(texts ...string) (list []netip.Prefix) {
	for _, text := range texts {
		list = append(list, netip.MustParsePrefix(text))
	}
	return list
}

// Public reports whether an address is of the public internet. An IPv4 address
// written as IPv6 (::ffff:…) is what it is as IPv4; one with a zone is local.
func Public(a netip.Addr) bool {
	a = a.Unmap()
	switch {
	case !a.IsValid() || a.Zone() != "":
		return false
	case nat64.Contains(a):
		b := a.As16()
		return Public(netip.AddrFrom4([4]byte(b[12:])))
	case a.Is6() && !global.Contains(a):
		return false
	}
	return !within(a, special)
}

func within(a netip.Addr, list []netip.Prefix) bool {
	for _, p := range list {
		if p.Contains(a) {
			return true
		}
	}
	return false
}
