package pipeline

import (
	"net/netip"

	"gatehouse/ingest"
)

// networks gives the networks that make up an ip, cidr or range target: one,
// or for a range as many as are needed (at most 254).
func networks(t ingest.Target) []netip.Prefix {
	first, last, ok := t.Ends()
	if !ok {
		return nil
	}
	return cover(first, last)
}

// cover splits the addresses from first to last into networks.
func cover(first, last netip.Addr) []netip.Prefix {
	var out []netip.Prefix
	for first.IsValid() && first.BitLen() == last.BitLen() && first.Compare(last) <= 0 {
		p := netip.PrefixFrom(first, first.BitLen())
		for p.Bits() > 0 {
			wider := netip.PrefixFrom(first, p.Bits()-1)
			if wider.Masked().Addr() != first || ingest.LastOf(wider).Compare(last) > 0 {
				break
			}
			p = wider
		}
		out = append(out, p)
		first = ingest.LastOf(p).Next() // not valid after the very last address
	}
	return out
}
