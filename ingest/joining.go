package ingest

import (
	"iter"
	"net/netip"
	"slices"
	"strings"
)

// Joining yields the identities by which rules match the message and contacts
// are joined: the sender's first, then the others, each once, none claimed.
func (m Message) Joining() iter.Seq[Identity] {
	return func(yield func(Identity) bool) {
		from := m.From.Identity
		if from.Joins() && !yield(from) {
			return
		}
		for _, id := range m.Identities {
			same := from.Joins() && id.Kind == from.Kind && id.Value == from.Value
			if id.Joins() && !same && !yield(id) {
				return
			}
		}
	}
}

// Persons lists the contacts that rules on contacts are asked for.
func (f Facts) Persons() []ID {
	if f.Contact == nil || slices.Contains(f.Names, f.Contact.ID) {
		return f.Names
	}
	return append([]ID{f.Contact.ID}, f.Names...)
}

// RuleIP is the address that IP rules see: none for mail.
func (m Message) RuleIP() netip.Addr {
	if m.Family == Email {
		return netip.Addr{}
	}
	return CanonicalIP(m.ClientIP)
}

// Domain gives the domain of a mail address, "" for other identities.
func (i Identity) Domain() string {
	if i.Kind != "email" {
		return ""
	}
	return i.Value[strings.LastIndexByte(i.Value, '@')+1:]
}

// Machine reports whether a program answered by itself, or a mail loops. Mail
// by a list is a person's: help desks often read theirs through one.
func (a Auto) Machine() bool {
	switch a {
	case AutoReply, AutoBounce, AutoFeedback, AutoLoop:
		return true
	}
	return false
}
