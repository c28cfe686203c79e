package pipeline

import (
	"net/netip"
	"slices"

	"gatehouse/ingest"
)

// edit is a Book that is being made.
type edit struct {
	rules   *rewriting[int64, *ingest.Rule]
	targets *rewriting[ingest.Target, []*ingest.Rule]
	nets    *rewriting[netip.Prefix, []*ingest.Rule]
	lengths [2][129]bool
	hashes  ingest.HashKey
	owners  *rewriting[ingest.Target, []ingest.ID]
	before  *Book
}

func (b *Book) edit() *edit {
	return &edit{rules: b.rules.rewrite(), targets: b.targets.rewrite(), nets: b.nets.rewrite(), lengths: b.lengths, hashes: b.hashes,
		owners: b.owners.rewrite(), before: b}
}

func (e *edit) done(epoch int64, s ingest.Settings) *Book {
	return &Book{epoch: epoch, settings: s, limits: limitsOf(s), opts: optWordsOf(s), rules: e.rules.shelves, targets: e.targets.shelves,
		nets: e.nets.shelves, lengths: e.lengths, hashes: e.hashes, owners: e.owners.shelves,
		opted: e.before.opted, erased: e.before.erased, mark: e.before.mark, heard: e.before.heard}
}

func (e *edit) add(r *ingest.Rule) {
	e.rules.put(r.ID, r)
	e.own(r)
	if r.Key != nil {
		e.hashes = r.Key
	}
	if !r.Target.IsNet() {
		e.targets.put(r.Target, with(e.targets.at(r.Target), r))
		return
	}
	for _, p := range networks(r.Target) {
		e.nets.put(p, with(e.nets.at(p), r))
		e.lengths[version(p.Addr())][p.Bits()] = true
	}
}

func (e *edit) remove(r *ingest.Rule) {
	e.rules.drop(r.ID)
	if !r.Target.IsNet() {
		keep(e.targets, r.Target, without(e.targets.at(r.Target), r))
		e.disown(r)
		return
	}
	for _, p := range networks(r.Target) {
		keep(e.nets, p, without(e.nets.at(p), r))
	}
}

// keep puts what is left under a key, or drops the key.
func keep[K comparable](w *rewriting[K, []*ingest.Rule], k K, left []*ingest.Rule) {
	if len(left) == 0 {
		w.drop(k)
		return
	}
	w.put(k, left)
}

// with and without never write into a list that an older Book has.
func with(rules []*ingest.Rule, r *ingest.Rule) []*ingest.Rule {
	return append(slices.Clip(rules), r)
}

func without(rules []*ingest.Rule, r *ingest.Rule) []*ingest.Rule {
	return slices.DeleteFunc(slices.Clone(rules), func(x *ingest.Rule) bool { return x == r })
}

// version indexes Book.lengths.
func version(a netip.Addr) int {
	if a.Is4() {
		return 0
	}
	return 1
}
