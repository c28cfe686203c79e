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
	for _, rules := range b.targets.all() {
		shadowsAmong(rules, now, found)
	}
	for _, rules := range b.nets.all() {
		shadowsAmong(rules, now, found)
	}
	return found
}

// shadowsAmong looks among rules that stand under one key: those on one target
// do, and on networks also others.
func shadowsAmong(rules []*ingest.Rule, now time.Time, found map[int64]int64) {
	if len(rules) < 2 {
		return
	}
	sorted := slices.DeleteFunc(slices.Clone(rules), func(r *ingest.Rule) bool { return !r.InForce(now) })
	slices.SortFunc(sorted, before)
	for i, r := range sorted {
		if by := slices.IndexFunc(sorted[:i], func(other *ingest.Rule) bool { return shadows(other, r) }); by >= 0 {
			found[r.ID] = sorted[by].ID
		}
	}
}

// Shadows are those of the Book in force.
func (j *Judge) Shadows(now time.Time) map[int64]int64 { return j.Book().Shadows(now) }

// shadows reports whether one rule, which comes before another, decides first
// wherever that would.
func shadows(by, r *ingest.Rule) bool {
	switch {
	case by.Target != r.Target:
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
