package pipeline

import (
	"iter"
	"strings"

	"gatehouse/ingest"
)

// candidates yields the rules that stand under what the message could match;
// whether they do, Matches says.
func (b *Book) candidates(m ingest.Message, f ingest.Facts) iter.Seq[[]*ingest.Rule] {
	return func(yield func([]*ingest.Rule) bool) {
		for t := range b.keys(m, f) {
			if rules := b.targets.at(t); rules != nil && !yield(rules) {
				return
			}
		}
		b.around(m, yield)
	}
}

// keys yields the targets that could mean the message's sender, networks aside.
func (b *Book) keys(m ingest.Message, f ingest.Facts) iter.Seq[ingest.Target] {
	return func(yield func(ingest.Target) bool) {
		if !yield(ingest.Target{Kind: ingest.Everyone}) {
			return
		}
		for _, id := range f.Persons() {
			if !yield(ingest.Target{Kind: "contact", Value: id.String()}) {
				return
			}
		}
		for id := range m.Joining() {
			if !yield(ingest.Target{Kind: id.Kind, Value: id.Value}) || !above(id, yield) || b.hashes != nil && !yield(id.Hash(b.hashes)) {
				return
			}
		}
		if a := m.RuleIP(); b.hashes != nil && a.IsValid() {
			yield(ingest.Target{Kind: "ip", Value: b.hashes.Hash("ip", a.String())})
		}
	}
}

// above yields the domains or prefixes that the identity lies in.
func above(id ingest.Identity, yield func(ingest.Target) bool) bool {
	switch id.Kind {
	case "email":
		for d := id.Domain(); d != ""; _, d, _ = strings.Cut(d, ".") {
			if !yield(ingest.Target{Kind: "domain", Value: d}) {
				return false
			}
		}
	case "phone":
		for n := 1; n <= len(id.Value); n++ {
			if !yield(ingest.Target{Kind: "phone_prefix", Value: id.Value[:n]}) {
				return false
			}
		}
	}
	return true
}

// around yields the rules on the networks that the message's address lies in.
func (b *Book) around(m ingest.Message, yield func([]*ingest.Rule) bool) {
	a := m.RuleIP()
	if !a.IsValid() {
		return
	}
	for n, used := range b.lengths[version(a)] {
		if !used {
			continue
		}
		p, err := a.Prefix(n)
		if err != nil {
			return // an IPv4 address has no more than 32 bits
		}
		if rules := b.nets.at(p); rules != nil && !yield(rules) {
			return
		}
	}
}
