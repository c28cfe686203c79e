package ingest

import (
	"errors"
	"slices"
	"strconv"
	"time"
)

const (
	// MaxParts is how many parts a message can have: their number is an octet
	// (3GPP TS 23.040 §9.2.3.24.1).
	MaxParts = 255
	// MaxPartBytes bounds the raw form of a part: a part has 140 octets, the rest
	// is what a provider wraps them in.
	MaxPartBytes = 64 << 10
	// PartsWait is how long the first part of a message waits for the others.
	PartsWait = 10 * time.Minute
	// PartsLate is for how long it is known which parts of a message never came.
	PartsLate = 24 * time.Hour
)

// PartOf says that an arrival is one part of a message. It is stored like a
// message, and repeats of it are told by its keys, but it is none: the last part
// that comes makes the message, of all of them.
type PartOf struct {
	// Set is what all parts of the message have in common, and those of others
	// within some minutes have not: both ends and the reference. Phones use a
	// reference again after a while.
	Set    string
	Number int // from 1
	Total  int // at most MaxParts
}

// Name tells the sets of a channel apart.
func (p PartOf) Name() Hash { return Sum(p.Set, strconv.Itoa(p.Total)) }

var errPart = errors.New("no part of a message: its number or its size is beyond all bounds")

// Check fails, as [Invalid], for what cannot be a part.
func (p PartOf) Check(raw []byte) error {
	if p.Set == "" || p.Number < 1 || p.Number > p.Total || p.Total > MaxParts || len(raw) > MaxPartBytes {
		return AsInvalid(errPart)
	}
	return nil
}

// StoredPart is a part that waits for the others.
type StoredPart struct {
	ID      ID // what its keys name until there is a message
	Number  int
	Total   int
	Content Hash
	At      time.Time // of its storing
	Raw     []byte    // nil where nobody needs it yet
}

// PartSet are the parts that make one message.
type PartSet struct {
	Total int
	Parts []StoredPart // by number, each number once
	// Late says that the message was delivered without this part, which came
	// after its time.
	Late bool
	// Twins are parts that came twice under different keys.
	Twins []ID
}

// Whole reports whether every part is there.
func (s PartSet) Whole() bool { return len(s.Parts) == s.Total }

// Missing are the numbers that are not there.
func (s PartSet) Missing() (numbers []int) {
	for n := 1; n <= s.Total; n++ {
		if !slices.ContainsFunc(s.Parts, func(p StoredPart) bool { return p.Number == n }) {
			numbers = append(numbers, n)
		}
	}
	return numbers
}

// IDs are those of the parts, twins too.
func (s PartSet) IDs() []ID {
	ids := slices.Clone(s.Twins)
	for _, p := range s.Parts {
		ids = append(ids, p.ID)
	}
	return ids
}

// Gather finds the messages among the parts that wait under one name, in the
// order of their storing: those that are whole, those whose first part has
// waited for too long at now, and parts that came after their time. lost are the
// numbers without which the latest message of that name was delivered, before and
// after.
func Gather(waiting []StoredPart, lost []int, now time.Time) (ready []PartSet, stillLost []int) {
	var open []*PartSet
	for _, p := range waiting {
		set := place(open, p)
		switch i := slices.Index(lost, p.Number); {
		case set != nil:
		case i >= 0:
			lost = slices.Delete(slices.Clone(lost), i, i+1)
			ready = append(ready, PartSet{Total: p.Total, Parts: []StoredPart{p}, Late: true})
			continue
		default:
			set = &PartSet{Total: p.Total}
			open = append(open, set)
		}
		if set.add(p); set.Whole() {
			ready = append(ready, *set)
			open = slices.DeleteFunc(open, func(o *PartSet) bool { return o == set })
		}
	}
	for _, set := range open {
		if set.expired(now) {
			ready, lost = append(ready, *set), set.Missing()
		}
	}
	return ready, lost
}

// place finds the set that a part belongs to: one that has it already, or the
// newest that lacks its number. Of an older one a part is likelier lost than late:
// the reference is in use again.
func place(open []*PartSet, p StoredPart) *PartSet {
	for _, set := range open {
		if i := set.find(p.Number); i >= 0 && set.Parts[i].Content == p.Content {
			return set
		}
	}
	for _, set := range slices.Backward(open) {
		if set.find(p.Number) < 0 {
			return set
		}
	}
	return nil
}

func (s *PartSet) find(number int) int {
	return slices.IndexFunc(s.Parts, func(p StoredPart) bool { return p.Number == number })
}

func (s *PartSet) add(p StoredPart) {
	if s.find(p.Number) >= 0 {
		s.Twins = append(s.Twins, p.ID)
		return
	}
	i := slices.IndexFunc(s.Parts, func(o StoredPart) bool { return o.Number > p.Number })
	if i < 0 {
		i = len(s.Parts)
	}
	s.Parts = slices.Insert(s.Parts, i, p)
}

func (s *PartSet) expired(now time.Time) bool {
	return slices.ContainsFunc(s.Parts, func(p StoredPart) bool { return !now.Before(p.At.Add(PartsWait)) })
}

// At is when the last of the parts came.
func (s PartSet) At() (last time.Time) {
	for _, p := range s.Parts {
		if p.At.After(last) {
			last = p.At
		}
	}
	return last
}
