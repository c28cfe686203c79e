package ingest

import "net/netip"

// The IPv6 networks whose addresses are those of an IPv4 host, and the bit at
// which its address begins.
var carriers = []struct {
	net netip.Prefix
	at  int
}{
	{netip.MustParsePrefix("::ffff:0:0/96"), 96},   // mapped (RFC 4291 §2.5.5.2)
	{netip.MustParsePrefix("::ffff:0:0:0/96"), 96}, // translated (RFC 2765 §2.1)
	{netip.MustParsePrefix("64:ff9b::/96"), 96},    // NAT64 (RFC 6052 §2.1)
	{netip.MustParsePrefix("2002::/16"), 16},       // 6to4 (RFC 3056 §2): a site is its router
	{netip.MustParsePrefix("::/96"), 96},           // compatible (RFC 4291 §2.5.5.1)
}

// CanonicalIP drops a zone and unwraps an IPv4 address that is carried in IPv6,
// so that one host is one address. ::1 and :: stay what they are.
func CanonicalIP(a netip.Addr) netip.Addr {
	return canonicalNet(netip.PrefixFrom(a.WithZone(""), a.BitLen())).Addr()
}

// canonicalNet unwraps a network that lies within one of the carriers.
func canonicalNet(p netip.Prefix) netip.Prefix {
	if !p.Addr().Is6() {
		return p
	}
	for _, c := range carriers {
		if p.Bits() < c.at || !within(c.net, p.Addr()) {
			continue
		}
		b := p.Addr().As16()
		v4 := netip.AddrFrom4([4]byte(b[c.at/8 : c.at/8+4]))
		return netip.PrefixFrom(v4, min(p.Bits()-c.at, 32)).Masked()
	}
	return p
}

// within is Contains for the mapped too, which netip takes for IPv4. What
// begins with twelve zero octets and another one is no IPv4 address.
func within(net netip.Prefix, a netip.Addr) bool {
	n, b := net.Addr().As16(), a.As16()
	for i := range net.Bits() / 8 {
		if n[i] != b[i] {
			return false
		}
	}
	return net.Bits() != 96 || n != [16]byte{} || b[12] != 0
}
