package smtp

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"gatehouse/ingest"
)

// routes says which channel takes the mail for an address.
type routes map[string]string

// anybody is the route of addresses that no other one means.
const anybody = "*"

// newRoutes reads the recipients of a channel.
func newRoutes(recipients map[string]string, channel string) (routes, error) {
	r := routes{}
	var errs []error
	for _, address := range slices.Sorted(maps.Keys(recipients)) {
		to := recipients[address]
		if to == "" {
			to = channel
		}
		key, err := routeOf(address)
		if err != nil {
			errs = append(errs, fmt.Errorf("recipients: %q: %w", address, err))
			continue
		}
		if _, twice := r[key]; twice {
			errs = append(errs, fmt.Errorf("recipients: %q stands there twice", address))
		}
		r[key] = to
	}
	return r, errors.Join(errs...)
}

var errRoute = errors.New("want an address, @ and a domain, or *")

// routeOf is the form of a configured address by which it is found.
func routeOf(address string) (string, error) {
	if address == anybody {
		return anybody, nil
	}
	local, domain, ok := split(address)
	if !ok {
		return "", errRoute
	}
	return local + "@" + domain, nil
}

// split takes an address apart, both parts in the form in which they are
// compared: local parts without regard to case, as all mail systems of today
// treat them, domains canonical.
func split(address string) (local, domain string, ok bool) {
	at := strings.LastIndexByte(address, '@')
	if at < 0 {
		return "", "", false
	}
	domain, err := ingest.CanonicalDomain(address[at+1:])
	return strings.ToLower(address[:at]), domain, err == nil
}

// find is the channel for a recipient, and the address that it is one of:
// without what stands behind a plus, unless that is an address of its own.
func (r routes) find(recipient string) (channel, address string, ok bool) {
	local, domain, ok := split(recipient)
	if !ok {
		return "", "", false
	}
	base, _, plus := strings.Cut(local, "+")
	if plus = plus && base != ""; !plus {
		base = local
	}
	if channel, ok = r[local+"@"+domain]; ok && local != "" {
		return channel, local + "@" + domain, true
	}
	address = base + "@" + domain
	for _, key := range []string{address, "@" + domain, anybody} {
		if channel, ok = r[key]; ok {
			return channel, address, true
		}
	}
	return "", "", false
}

// channels are all that mail may go to, sorted, each once; "" is the channel
// itself where its name was not given.
func (r routes) channels() []string {
	return slices.Compact(slices.Sorted(maps.Values(r)))
}
