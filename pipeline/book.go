package pipeline

import (
	"cmp"
	"net/netip"
	"slices"
	"time"

	"gatehouse/ingest"
)

// Book is the rules of one epoch, and the settings that go with them, ready to
// be asked. It never changes; With makes its successor. The zero Book has no
// rules.
//
// Every rule stands under what it would be looked for by: its target, or the
// networks that make it up. So a message is asked about with a few dozen keys,
// however many rules there are.
type Book struct {
	epoch    int64
	settings ingest.Settings
	limits   limits
	opts     optWords
	rules    shelves[int64, *ingest.Rule]
	targets  shelves[ingest.Target, []*ingest.Rule]
	nets     shelves[netip.Prefix, []*ingest.Rule]
	lengths  [2][129]bool                        // lengths of networks that were ever used: IPv4, IPv6
	hashes   ingest.HashKey                      // of rules on erased addresses; nil: there never was one
	owners   shelves[ingest.Target, []ingest.ID] // of identities: contacts that have a rule

	// What standings rest on besides, as it was last heard.
	opted  shelves[ingest.OptHash, struct{}]
	erased ingest.HashKey // names addresses there that were erased; nil: none is there
	mark   string
	heard  time.Time
}

// NewBook returns the Book of these rules; those lifted are left out.
func NewBook(epoch int64, s ingest.Settings, rules []ingest.Rule) *Book {
	return new(Book).With(epoch, s, rules)
}

// With returns the Book in which these rules are as given: new, changed, or
// lifted and so gone. Its cost is that of the changed rules.
func (b *Book) With(epoch int64, s ingest.Settings, changed []ingest.Rule) *Book {
	e := b.edit()
	for _, r := range changed {
		if old := e.rules.at(r.ID); old != nil {
			e.remove(old)
		}
		if r.LiftedAt == nil {
			e.add(&r)
		}
	}
	return e.done(epoch, s)
}

// Epoch is the version of the rules that the Book holds.
func (b *Book) Epoch() int64 { return b.epoch }

// Settings are those of the Book's epoch.
func (b *Book) Settings() ingest.Settings { return b.settings }

// Matching returns the rules that apply to the message, the one that decides
// first.
func (b *Book) Matching(m ingest.Message, f ingest.Facts) []*ingest.Rule {
	var found []*ingest.Rule
	for rules := range b.candidates(m, f) {
		for _, r := range rules {
			if r.Matches(m, f) {
				found = append(found, r)
			}
		}
	}
	slices.SortFunc(found, before)
	return slices.Compact(found) // two identities may meet one rule
}

// before orders rules that match one message: the more specific target first;
// among equals allow, ban, block, blacklist; the older rule first.
func before(a, b *ingest.Rule) int {
	return cmp.Or(
		cmp.Compare(b.Target.Specificity(), a.Target.Specificity()),
		cmp.Compare(slices.Index(precedence, a.Kind), slices.Index(precedence, b.Kind)),
		cmp.Compare(a.ID, b.ID),
	)
}

var precedence = []ingest.RuleKind{ingest.Allow, ingest.Ban, ingest.Block, ingest.Blacklist}
