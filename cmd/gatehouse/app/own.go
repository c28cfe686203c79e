package app

import (
	"net/netip"
	"net/url"

	"gatehouse/cmd/gatehouse/config"
	"gatehouse/ingest"
)

// Where channels say what addresses are theirs, whatever their kind.
var (
	ownMail   = []string{"username", "address", "addresses", "from_address", "recipients"}
	ownNumber = []string{"number", "numbers", "phone", "phone_number"}
)

// ownOf is what belongs to the desk by its configuration: by a rule on it the
// desk would shut itself out.
func ownOf(c config.Config) ingest.Own {
	own := ingest.Own{Networks: c.HTTP.Trusted}
	for _, ch := range c.Channels {
		for _, s := range ch.Words(ownMail...) {
			if id, err := ingest.ParseIdentity("email", s, ingest.Verified); err == nil { // else a name without a domain
				own.Addresses, own.Domains = append(own.Addresses, id), append(own.Domains, id.Domain())
			}
		}
		for _, s := range ch.Words(ownNumber...) {
			if number, err := c.Region().Phone(s); err == nil {
				own.Addresses = append(own.Addresses, ingest.Identity{Kind: "phone", Value: number, How: ingest.Verified})
			}
		}
	}
	u, err := url.Parse(c.HTTP.PublicURL)
	if err != nil || u.Hostname() == "" {
		return own
	}
	if a, err := netip.ParseAddr(u.Hostname()); err == nil {
		own.Networks = append(own.Networks[:len(own.Networks):len(own.Networks)], netip.PrefixFrom(a, a.BitLen()))
	} else if domain, err := ingest.CanonicalDomain(u.Hostname()); err == nil {
		own.Domains = append(own.Domains, domain)
	}
	return own
}

// owned is what belongs to the desk by the configuration in force.
func (a *App) owned() ingest.Own {
	if own := a.own.Load(); own != nil {
		return *own
	}
	return ingest.Own{}
}
