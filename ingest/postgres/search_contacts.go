package postgres

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"gatehouse/ingest"
)

var sqlContactsSearch = statement("contacts_search")

// searchContacts finds whom a search may mean. A cursor counts those that were
// shown: what comes meanwhile may shift one, and hides none from a new search.
func (s *Store) searchContacts(ctx context.Context, f ingest.ContactFilter, m *mark) (ingest.List[ingest.Contact], error) {
	limit, q := limitOf(f.Limit), searched(f.Q, f.Number)
	most := limit + 1
	list, more, err := marks(ctx, s.pool, limit, byTimeID, sqlContactsSearch, q.args(f, s.now(), m.n(), &most)...)
	if err != nil {
		return ingest.List[ingest.Contact]{}, err
	}
	shown := int64(0)
	if m != nil {
		shown = m.N
	}
	for i := range list {
		list[i].N = shown + int64(i) + 1
	}
	items, err := readContacts(ctx, s.pool, idsOf(list))
	return listed(items, list, more), err
}

// search is what a person may mean by what they typed: parts of names and of
// addresses as they are kept, and whom it names as a whole.
type search struct {
	alike         *string  // words like these are meant, too
	address       *string  // so are addresses like this one
	long          bool     // enough for a part of a word to be looked for
	patterns      []string // the first as it was typed
	kinds, values []string
	id            ingest.ID // zero: it is none
	least, most   ingest.ID // between which ids begin as it does
}

// args are the parameters of contacts_search, for so many rows; nil: all.
func (s search) args(f ingest.ContactFilter, now time.Time, from *int64, most *int) []any {
	return []any{s.alike, s.patterns[0], f.From, f.To, s.kinds, s.values, s.patterns, s.id, s.least, s.most, s.long, given(f.Tag),
		given(f.Standing), now, from, most, s.address}
}

// words are what is looked for of what somebody typed; "": nothing.
func words(q string) string { return strings.TrimSpace(text(q)) }

func searched(q, number string) search {
	q = words(q)
	s := search{alike: &q, long: utf8.RuneCountInString(q) >= 3, patterns: []string{*like(q)}, kinds: []string{}, values: []string{}}
	if mail, err := ingest.CanonicalEmail(q); err == nil {
		s.name("email", mail, mail)
		if s.alike = nil; len(mail) < 255 {
			s.address = &mail
		}
	}
	if number == "" {
		number, _ = ingest.CanonicalPhone(q)
	}
	if number != "" {
		s.alike = nil // numbers are like each other without being it
		// a national number's first 0 is not in the international one
		s.name("phone", number, strings.TrimLeft(number, "+0"))
	}
	if kind, value, found := strings.Cut(q, ":"); found {
		if id, err := ingest.ParseIdentity(kind, value, ingest.Verified); err == nil {
			s.name(id.Kind, id.Value, "")
		}
	}
	s.id, _ = ingest.ParseID(q)
	s.least, s.most = idsFrom(q)
	return s
}

func (s *search) name(kind, value, part string) {
	s.kinds, s.values = append(s.kinds, kind), append(s.values, text(value))
	if part != "" {
		s.patterns = append(s.patterns, *like(part))
	}
}

// leastOfID is how much of an id must be said for it to mean one.
const leastOfID = 8

// idsFrom are the first and the last id that begin as q does; zero ids if q is
// not the beginning of one.
func idsFrom(q string) (least, most ingest.ID) {
	const zeros, ones = "00000000-0000-0000-0000-000000000000", "ffffffff-ffff-ffff-ffff-ffffffffffff"
	q = strings.ToLower(q)
	if len(q) < leastOfID || len(q) > len(zeros) || strings.Trim(q, "0123456789abcdef-") != "" {
		return least, most
	}
	least, errLeast := ingest.ParseID(q + zeros[len(q):])
	most, errMost := ingest.ParseID(q + ones[len(q):])
	if errLeast != nil || errMost != nil {
		return ingest.ID{}, ingest.ID{}
	}
	return least, most
}
