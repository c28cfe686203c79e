package pipeline

import (
	"hash/maphash"
	"iter"
	"maps"
)

// shelfCount bounds what a change copies: one shelf of a Book of 100,000 rules
// holds about a hundred.
const shelfCount = 1024

// shelves is a map that never changes once it is shared: a changed one is made
// by a rewriting, which copies only the shelves it writes to. The zero value
// is empty.
type shelves[K comparable, V any] struct {
	seed  maphash.Seed
	shelf *[shelfCount]map[K]V
}

func (s shelves[K, V]) at(k K) (v V) {
	if s.shelf == nil {
		return v
	}
	return s.shelf[s.number(k)][k]
}

func (s shelves[K, V]) number(k K) uint64 { return maphash.Comparable(s.seed, k) % shelfCount }

// all yields everything, in no order.
func (s shelves[K, V]) all() iter.Seq2[K, V] {
	return func(yield func(K, V) bool) {
		if s.shelf == nil {
			return
		}
		for _, shelf := range s.shelf {
			for k, v := range shelf {
				if !yield(k, v) {
					return
				}
			}
		}
	}
}

// rewriting is a copy of shelves on its way to becoming their successor.
type rewriting[K comparable, V any] struct {
	shelves[K, V]
	own [shelfCount]bool // shelves that are copied already
}

func (s shelves[K, V]) rewrite() *rewriting[K, V] {
	w := &rewriting[K, V]{shelves: shelves[K, V]{seed: s.seed, shelf: new([shelfCount]map[K]V)}}
	if s.shelf == nil {
		w.seed = maphash.MakeSeed()
	} else {
		*w.shelf = *s.shelf
	}
	return w
}

func (w *rewriting[K, V]) shelfOf(k K) map[K]V {
	n := w.number(k)
	if !w.own[n] {
		w.shelf[n], w.own[n] = maps.Clone(w.shelf[n]), true
	}
	if w.shelf[n] == nil {
		w.shelf[n] = map[K]V{}
	}
	return w.shelf[n]
}

func (w *rewriting[K, V]) put(k K, v V) { w.shelfOf(k)[k] = v }

func (w *rewriting[K, V]) drop(k K) { delete(w.shelfOf(k), k) }
