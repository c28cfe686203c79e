package pipeline

import (
	"net/netip"
	"strings"

	"gatehouse/ingest"
)

// networks gives the networks that make up an ip, cidr or range target: one,
// or for a range as many as are needed (at most 254).
func networks(t ingest.Target) []netip.Prefix {
	switch t.Kind {
	case "ip":
		if a, err := netip.ParseAddr(t.Value); err == nil {
			return []netip.Prefix{netip.PrefixFrom(a, a.BitLen())}
		}
	case "cidr":
		if p, err := netip.ParsePrefix(t.Value); err == nil {
			return []netip.Prefix{p}
		}
	case "range":
		a, b, _ := strings.Cut(t.Value, "-")
		first, err1 := netip.ParseAddr(a)
		last, err2 := netip.ParseAddr(b)
		if err1 == nil && err2 == nil {
			return cover(first, last)
		}
	}
	return nil
}

// cover splits the addresses from first to last into networks.
func cover(first, last netip.Addr) []netip.Prefix {
	var out []netip.Prefix
	for first.IsValid() && first.BitLen() == last.BitLen() && first.Compare(last) <= 0 {
		p := netip.PrefixFrom(first, first.BitLen())
		for p.Bits() > 0 {
			wider := netip.PrefixFrom(first, p.Bits()-1)
			if wider.Masked().Addr() != first || lastOf(wider).Compare(last) > 0 {
				break
			}
			p = wider
		}
		out = append(out, p)
		first = lastOf(p).Next() // not valid after the very last address
	}
	return out
}

// lastOf is the last address of a network.
func lastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := p.Bits(); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}
