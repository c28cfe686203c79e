package ingest

import (
	"fmt"
	"strings"
)

// Region is how people of a country write numbers among themselves. The zero
// Region knows nothing: numbers are read as [CanonicalPhone] does.
type Region struct {
	name   string // ISO 3166-1, in upper case
	code   string // of the country (ITU E.164)
	trunk  string // what is dialled before a number within the country; "": nothing
	abroad string // what is dialled before a country's code
	least  int    // digits of a number without trunk, where that tells it: at least,
	most   int    // at most; 0: it does not
}

// RegionOf finds a region by its ISO 3166-1 name, as DE; "" is the zero Region.
func RegionOf(name string) (Region, error) {
	if name == "" {
		return Region{}, nil
	}
	r, ok := regions[strings.ToUpper(name)]
	if !ok {
		return Region{}, AsInvalid(fmt.Errorf("no numbering plan is known for region %q: want a country as in DE, or none", name))
	}
	return r, nil
}

// MarshalText gives the region's name: DE; "" is the zero Region's.
func (r Region) MarshalText() ([]byte, error) { return []byte(r.name), nil }

// UnmarshalText is [RegionOf].
func (r *Region) UnmarshalText(b []byte) (err error) {
	*r, err = RegionOf(string(b))
	return err
}

// Phone makes canonical what a person of the region wrote: 030 5550100 in DE is
// +49305550100, 011 in US is +. Short codes stay as they are.
func (r Region) Phone(s string) (string, error) {
	digits, plus, err := dialled(s)
	if err != nil || plus || r.code == "" || len(digits) <= shortCode {
		return CanonicalPhone(s)
	}
	return CanonicalPhone(r.full(digits))
}

// PhonePrefix is Phone for the beginning of a number.
func (r Region) PhonePrefix(s string) (string, error) {
	digits, plus, err := dialled(s)
	if err != nil || plus || r.code == "" {
		return phonePrefix(s)
	}
	return phonePrefix(r.full(digits))
}

// full puts the country before digits that lack it.
func (r Region) full(digits string) string {
	if after, ok := strings.CutPrefix(digits, r.abroad); ok {
		return "+" + after
	}
	national := r.trunk == "" && strings.HasPrefix(digits, "0") || r.least > 0 && len(digits) >= r.least && len(digits) <= r.most
	if after, ok := strings.CutPrefix(digits, r.trunk); ok && r.trunk != "" && (r.least == 0 || len(after) <= r.most) {
		return "+" + r.code + after
	}
	if national {
		return "+" + r.code + digits
	}
	return digits
}

// ParseTarget is the package's, with numbers as people of the region write them.
func (r Region) ParseTarget(s string) (Target, error) {
	kind, rest, _ := strings.Cut(strings.TrimSpace(s), ":")
	read := map[string]func(string) (string, error){"phone": r.Phone, "phone_prefix": r.PhonePrefix}[kind]
	if read == nil {
		return ParseTarget(s)
	}
	value, err := read(rest)
	if err != nil {
		return Target{}, AsInvalid(fmt.Errorf("%q: %w", s, err))
	}
	return Target{Kind: kind, Value: value}, nil
}

var regions = planned()

// planned reads the table of numbering plans.
func planned() map[string]Region {
	list := map[string]Region{}
	for _, group := range numbering {
		for _, country := range strings.Fields(group.countries) {
			r := group.Region
			r.name = country[:2]
			if r.code == "" {
				r.code = country[2:]
			}
			list[r.name] = r
		}
	}
	return list
}
