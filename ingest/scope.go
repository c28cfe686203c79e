package ingest

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Scope is what a token may be used for, within its role: "*" is everything,
// "read" reading everything, an area ("contacts", a path's first segment) all
// of that, and "contacts:read" or "contacts:write" a half of it.
type Scope string

// Everything is the scope of tokens of which nothing else is said.
const Everything Scope = "*"

const readAll Scope = "read"

// CheckScopes wants at least one, none twice, of areas that there are.
func CheckScopes(scopes []Scope, areas []string) error {
	if len(scopes) == 0 {
		return AsInvalid(errors.New("scopes: is empty: a token without any could do nothing. Leave it out, or send [\"*\"], for everything"))
	}
	for i, s := range scopes {
		if slices.Contains(scopes[:i], s) {
			return AsInvalid(fmt.Errorf("scopes: %q is there twice", s))
		}
		if !s.known(areas) {
			return AsInvalid(fmt.Errorf("scopes: %q is none: want *, read, or one of %s, each also with :read or :write", s, strings.Join(areas, ", ")))
		}
	}
	return nil
}

func (s Scope) known(areas []string) bool {
	area, reads, writes := s.parts()
	return s == Everything || s == readAll || slices.Contains(areas, area) && (reads || writes)
}

// everywhere is the area of scopes that name none.
const everywhere = "*"

// parts are what the scope is about, and what it lets do there.
func (s Scope) parts() (area string, reads, writes bool) {
	switch s {
	case Everything:
		return everywhere, true, true
	case readAll:
		return everywhere, true, false
	}
	area, half, cut := strings.Cut(string(s), ":")
	return area, !cut || half == "read", !cut || half == "write"
}

func (s Scope) lets(area string, write bool) bool {
	own, reads, writes := s.parts()
	return (own == everywhere || own == area) && (write && writes || !write && reads)
}

// Let reports whether one of the scopes lets its holder read, or write, in an
// area.
func Let(scopes []Scope, area string, write bool) bool {
	return slices.ContainsFunc(scopes, func(s Scope) bool { return s.lets(area, write) })
}

// Within reports whether whoever has the scopes in all may do all that those in
// some allow.
func Within(some, all []Scope) bool {
	return !slices.ContainsFunc(some, func(s Scope) bool {
		area, reads, writes := s.parts()
		return reads && !Let(all, area, false) || writes && !Let(all, area, true)
	})
}
