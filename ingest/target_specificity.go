package ingest

import (
	"math/big"
	"net/netip"
)

// The tiers of specificity. Within network, prefix and domain the longer one
// is the more specific; no length reaches the next tier.
const (
	tierEveryone = iota * 2000
	tierPrefix
	tierNetwork
	tierIP
	tierPerson
)

// Specificity orders targets: of two that both match, that with the greater
// number is meant more. A person (contact, identity, visitor) before an IP, an
// IP before a network, a network before a phone prefix or a domain, the longer
// before the shorter, everyone last.
func (t Target) Specificity() int {
	switch t.Kind {
	case Everyone, "":
		return tierEveryone
	case "domain", "phone_prefix":
		return tierPrefix + len(t.Value)
	case "cidr", "range":
		return tierNetwork + t.bits()
	case "ip":
		return tierIP
	}
	return tierPerson
}

// bits says how much of an address the network fixes, an IPv4 one counted as
// it lies in IPv6. A range fixes as much as the network of its size would.
func (t Target) bits() int {
	if t.Kind == "cidr" {
		p, err := netip.ParsePrefix(t.Value)
		if err != nil {
			return 0
		}
		return p.Bits() + 128 - p.Addr().BitLen()
	}
	first, last, err := span(t.Value)
	if err != nil {
		return 0
	}
	size := new(big.Int).Sub(number(last), number(first))
	return 128 - size.BitLen()
}

func number(a netip.Addr) *big.Int { return new(big.Int).SetBytes(a.AsSlice()) }
