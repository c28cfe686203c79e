package ingest

import (
	"net/netip"
	"slices"
	"strings"
)

// Alarm is a code for what may be wrong with a rule: it would meet ourselves,
// or far more people than whoever sets it means.
type Alarm string

// The alarms.
const (
	AlarmOwnAddress   Alarm = "own_address"
	AlarmOwnDomain    Alarm = "own_domain"
	AlarmOwnNetwork   Alarm = "own_network"
	AlarmPrivate      Alarm = "private_network"
	AlarmPublicDomain Alarm = "public_domain"
	AlarmTopDomain    Alarm = "top_domain"
	AlarmShortPrefix  Alarm = "short_prefix"
	AlarmWideNetwork  Alarm = "wide_network"
	AlarmManyContacts Alarm = "many_contacts"
	AlarmEveryone     Alarm = "everyone"
)

var alarmSays = map[Alarm]string{
	AlarmOwnAddress:   "this is one of the desk's own addresses",
	AlarmOwnDomain:    "the desk itself is in this domain: colleagues would be met",
	AlarmOwnNetwork:   "the desk's own proxy is in this network: whoever comes through it would be met",
	AlarmPrivate:      "nobody comes from a private or loopback address but through a proxy of ours: trusted_proxies should name it",
	AlarmPublicDomain: "anybody can have an address at this mail provider",
	AlarmTopDomain:    "anybody can have a domain below this one",
	AlarmShortPrefix:  "fewer than five digits are whole countries and regions",
	AlarmWideNetwork:  "a network wider than /20 (IPv4) or /40 (IPv6) is many providers' customers",
	AlarmManyContacts: "more known contacts are met than the setting rule_alarm says",
	AlarmEveryone:     "everyone is met",
}

// Says is the alarm in a sentence.
func (a Alarm) Says() string { return alarmSays[a] }

// The bounds beyond which a rule is too wide.
const (
	leastPrefixDigits = 5
	widestIPv4        = 20
	widestIPv6        = 40
)

// Own is what belongs to the desk: by a rule on it the desk would shut itself
// out.
type Own struct {
	Addresses []Identity     // of its mailboxes and numbers
	Domains   []string       // of its addresses and its web site
	Networks  []netip.Prefix // its proxies
}

// Aim is a rule that is about to be set, and what is known of whom it meets.
type Aim struct {
	Kind   RuleKind
	Target Target
	Is     []Identity // of the contact, where the target is one
	Known  int        // known contacts that the target names
}

// Alarms says what is suspicious about a rule, all of it; nil: nothing. Most is
// the setting rule_alarm. To allow somebody is never suspicious.
func (a Aim) Alarms(own Own, most int) []Alarm {
	if a.Kind == Allow {
		return nil
	}
	var list []Alarm
	add := func(when bool, alarm Alarm) {
		if when {
			list = append(list, alarm)
		}
	}
	add(a.Target.Kind == Everyone, AlarmEveryone)
	add(a.ownAddress(own), AlarmOwnAddress)
	add(a.ownDomain(own), AlarmOwnDomain)
	add(a.Target.overlaps(own.Networks), AlarmOwnNetwork)
	add(a.Target.overlaps(privateNets), AlarmPrivate)
	add(a.Target.Kind == "domain" && publicMail[a.Target.Value], AlarmPublicDomain)
	add(a.Target.Kind == "domain" && topDomain(a.Target.Value), AlarmTopDomain)
	add(a.Target.Kind == "phone_prefix" && len(a.Target.Value)-len("+") < leastPrefixDigits, AlarmShortPrefix)
	add(a.Target.wide(), AlarmWideNetwork)
	add(most > 0 && a.Known > most, AlarmManyContacts)
	return list
}

func (a Aim) ownAddress(own Own) bool {
	return slices.ContainsFunc(own.Addresses, func(id Identity) bool {
		switch a.Target.Kind {
		case "contact":
			return slices.ContainsFunc(a.Is, func(i Identity) bool { return i.Joins() && i.Key() == id.Key() })
		case "domain":
			return false // ownDomain says it
		}
		return a.Target.names(id)
	})
}

// ownDomain reports whether the target is a domain of ours or has one below it.
func (a Aim) ownDomain(own Own) bool {
	return a.Target.Kind == "domain" && slices.ContainsFunc(own.Domains, func(d string) bool {
		return d == a.Target.Value || strings.HasSuffix(d, "."+a.Target.Value)
	})
}

// privateNets are where nobody on the Internet is (RFC 1918, 6598, 4193, 3927,
// 4291 §2.5.6, 1122 §3.2.1.3).
var privateNets = prefixes("10.0.0.0/8 172.16.0.0/12 192.168.0.0/16 100.64.0.0/10 169.254.0.0/16 127.0.0.0/8 0.0.0.0/8 " +
	"::/127 fc00::/7 fe80::/10")

func prefixes(list string) []netip.Prefix {
	var nets []netip.Prefix
	for s := range strings.FieldsSeq(list) {
		nets = append(nets, netip.MustParsePrefix(s))
	}
	return nets
}

// overlaps reports whether an address is in the target and in one of the nets.
func (t Target) overlaps(nets []netip.Prefix) bool {
	first, last, ok := t.Ends()
	return ok && slices.ContainsFunc(nets, func(p netip.Prefix) bool {
		p = canonicalNet(p.Masked())
		return p.Contains(first) || p.Contains(last) || first.Is4() == p.Addr().Is4() && first.Compare(p.Addr()) <= 0 && p.Addr().Compare(last) <= 0
	})
}

// Ends gives the first and last address of an ip, cidr or range; false for
// other targets.
func (t Target) Ends() (first, last netip.Addr, ok bool) {
	var err error
	switch t.Kind {
	case "ip":
		first, err = netip.ParseAddr(t.Value)
		return first, first, err == nil
	case "cidr":
		p, err := netip.ParsePrefix(t.Value)
		return p.Addr(), LastOf(p), err == nil
	case "range":
		first, last, err = span(t.Value)
		return first, last, err == nil
	}
	return first, last, false
}

// LastOf is the last address of a network.
func LastOf(p netip.Prefix) netip.Addr {
	b := p.Addr().AsSlice()
	for i := max(p.Bits(), 0); i < len(b)*8; i++ {
		b[i/8] |= 0x80 >> (i % 8)
	}
	a, _ := netip.AddrFromSlice(b)
	return a
}

// wide reports whether a network has more addresses than one provider's
// customers of a place would.
func (t Target) wide() bool {
	first, _, ok := t.Ends()
	switch {
	case !ok || t.Kind == "ip":
		return false
	case first.Is4():
		return t.bits() < 128-32+widestIPv4
	}
	return t.bits() < widestIPv6
}

// Line is the /64 that an IPv6 address lies in: whoever has the address has all
// of it, and may take the next one at will. Zero for other targets.
func (t Target) Line() Target {
	a, err := netip.ParseAddr(t.Value)
	if t.Kind != "ip" || err != nil || !a.Is6() {
		return Target{}
	}
	p, _ := a.Prefix(64) // an IPv6 address has more bits than that
	return Target{Kind: "cidr", Value: p.String()}
}
