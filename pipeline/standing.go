package pipeline

import (
	"slices"
	"time"

	"gatehouse/ingest"
)

// Mark is that of the news heard last.
func (j *Judge) Mark() string { return j.Book().mark }

// Heard is when the rules in memory were last known to be those of the database,
// and all that standings rest on with them.
func (j *Judge) Heard() time.Time { return j.Book().heard }

// Hear takes news in. False: the rules are newer by now, so that the news are to
// be read again.
func (j *Judge) Hear(n ingest.News) bool {
	for {
		old := j.book.Load()
		b := orEmpty(old)
		if n.Epoch < b.Epoch() {
			return false
		}
		if j.book.CompareAndSwap(old, b.after(n)) {
			return true
		}
	}
}

// after is the Book that has heard the news.
func (b *Book) after(n ingest.News) *Book {
	next := *b
	if !n.Nothing {
		next = *b.With(n.Epoch, n.Settings, n.Rules)
	}
	if len(n.Opted) > 0 {
		e := b.opted.rewrite()
		for hash, out := range n.Opted {
			if out {
				e.put(hash, struct{}{})
			} else {
				e.drop(hash)
			}
		}
		next.opted, next.erased = e.shelves, n.Hashes
	}
	next.mark, next.heard = n.Mark, n.At
	return &next
}

// Foretell tells from memory how each would stand who is asked about: as a
// message from them would be decided. What depends on the one message, a flood
// among it, does not show.
func (j *Judge) Foretell(asked []ingest.Asked, now time.Time) []ingest.Foretold {
	b := j.Book()
	list := make([]ingest.Foretold, len(asked))
	for i, a := range asked {
		list[i] = b.foretell(a, time.Time{}, now)
	}
	return list
}

// Knowing is Foretell of one who first talked with us at a moment.
func (j *Judge) Knowing(a ingest.Asked, talked, now time.Time) ingest.Standing {
	return j.Book().foretell(a, talked, now).Standing
}

func (b *Book) foretell(a ingest.Asked, talked, now time.Time) ingest.Foretold {
	m := ingest.Message{Channel: a.Channel, Family: a.Family, Identities: a.Identities, ClientIP: a.IP}
	f := ingest.Facts{Now: now, Kind: a.Kind, TalkedAt: talked, Names: b.ownersOf(m)}
	told := ingest.Foretold{Standing: b.Standing(m, f)}
	switch r := told.Rule; {
	case !talked.IsZero():
	case r != nil:
		told.Talked = r.SpareKnown
	default:
		told.Talked = b.settings.Closed && b.settings.ClosedSparesKnown
	}
	for _, id := range a.Identities {
		told.Opted = told.Opted || id.Kind != "email" && b.mayHaveOptedOut(id)
	}
	return told
}

// mayHaveOptedOut is true of an address of which it was heard, also before it was
// erased.
func (b *Book) mayHaveOptedOut(id ingest.Identity) bool {
	_, out := b.opted.get(ingest.HashOfOpt(id))
	if !out && b.erased != nil {
		_, out = b.opted.get(ingest.OptHash(b.erased.Short(id.Kind, id.Value)))
	}
	return out
}

// ownersOf are the contacts with rules that what joins in a message names.
func (b *Book) ownersOf(m ingest.Message) []ingest.ID {
	var owners []ingest.ID
	for id := range m.Joining() {
		for _, owner := range b.owners.at(ingest.Target{Kind: id.Kind, Value: id.Value}) {
			if !slices.Contains(owners, owner) {
				owners = append(owners, owner)
			}
		}
	}
	return owners
}

// own notes whose the identities are that a rule on a contact was read with.
func (e *edit) own(r *ingest.Rule) {
	owner, err := ingest.ParseID(r.Target.Value)
	if r.Target.Kind != "contact" || err != nil {
		return
	}
	for _, id := range r.Known {
		key := ingest.Target{Kind: id.Kind, Value: id.Value}
		if list := e.owners.at(key); !slices.Contains(list, owner) {
			e.owners.put(key, append(slices.Clip(list), owner))
		}
	}
}

// disown forgets it, unless another rule on the contact still stands that was
// read with them.
func (e *edit) disown(r *ingest.Rule) {
	owner, err := ingest.ParseID(r.Target.Value)
	if r.Target.Kind != "contact" || err != nil {
		return
	}
	kept := map[ingest.Target]bool{}
	for _, other := range e.targets.at(r.Target) {
		for _, id := range other.Known {
			kept[ingest.Target{Kind: id.Kind, Value: id.Value}] = true
		}
	}
	for _, id := range r.Known {
		key := ingest.Target{Kind: id.Kind, Value: id.Value}
		if kept[key] {
			continue
		}
		left := slices.DeleteFunc(slices.Clone(e.owners.at(key)), func(x ingest.ID) bool { return x == owner })
		if len(left) == 0 {
			e.owners.drop(key)
		} else {
			e.owners.put(key, left)
		}
	}
}

// get is at, and whether there is one.
func (s shelves[K, V]) get(k K) (v V, found bool) {
	if s.shelf == nil {
		return v, false
	}
	v, found = s.shelf[s.number(k)][k]
	return v, found
}
