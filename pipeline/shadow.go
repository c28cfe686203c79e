package pipeline

import (
	"slices"
	"time"

	"gatehouse/ingest"
)

// Shadows finds the rules in force that never decide about what comes in, since
// another one on the same target, in force for as long and wherever they are,
// decides first: by their ids that of the other. A rule on a wider target
// shadows none, since the more specific one decides. A release by order, which
// passes the older rule, is not counted; nor is what kind a channel is of.
func (b *Book) Shadows(now time.Time) map[int64]int64 {
	found := map[int64]int64{}
	for _, r := range b.rules.all() {
		if !r.InForce(now) {
			continue
		}
		for _, other := range b.on(r.Target) {
			if other.InForce(now) && shadows(other, r) {
				found[r.ID] = other.ID
				break
			}
		}
	}
	return found
}

// Shadows are those of the Book in force.
func (j *Judge) Shadows(now time.Time) map[int64]int64 { return j.Book().Shadows(now) }

// on returns the rules that stand under a target; those on networks may be on
// others too.
func (b *Book) on(t ingest.Target) []*ingest.Rule {
	if !t.IsNet() {
		return b.targets.at(t)
	}
	if nets := networks(t); len(nets) > 0 {
		return b.nets.at(nets[0])
	}
	return nil
}

// shadows reports whether one rule decides first wherever another would.
func shadows(by, r *ingest.Rule) bool {
	switch {
	case by.ID == r.ID || by.Target != r.Target || before(by, r) >= 0:
		return false
	case by.ExpiresAt != nil && (r.ExpiresAt == nil || by.ExpiresAt.Before(*r.ExpiresAt)):
		return false
	case by.Kind == ingest.Allow && r.Kind != ingest.Allow && meetsMail(r.Target):
		return false // mail that failed its check meets no allow
	case by.SpareKnown && (!r.SpareKnown || by.CreatedAt.After(r.CreatedAt)):
		return false // it spares whom the other meets
	}
	return len(by.Scope) == 0 || len(r.Scope) > 0 && !slices.ContainsFunc(r.Scope, func(s string) bool { return !slices.Contains(by.Scope, s) })
}

// meetsMail reports whether mail may come from the target.
func meetsMail(t ingest.Target) bool {
	switch t.Kind {
	case "email", "domain", "contact", ingest.Everyone:
		return true
	}
	return false
}
