package postgres

import (
	"context"
	"errors"
	"slices"
	"time"

	"gatehouse/ingest"
)

// chunkSize bounds a row of raw bytes.
const chunkSize = 1 << 20

// chunk is a row's part of the bytes; of none it is empty, not null.
func chunk(b []byte) []byte {
	if b == nil {
		return []byte{}
	}
	return b[:min(len(b), chunkSize)]
}

func beyond(b []byte) []byte { return b[len(chunk(b)):] }

// item is one arrival on its way into the tables.
type item struct {
	arrival ingest.Arrival
	channel channel
	id      ingest.ID
	keys    []ingest.Hash
	content ingest.Hash
	same    *item // an earlier arrival of this batch with the same key

	fresh    bool      // stored just now
	stands   ingest.ID // else the message that stands
	phantom  bool      // a repeat that left new keys behind
	conflict bool      // a repeat with other content
	newDead  bool      // …which was stored as a dead message just now
	again    bool      // wanted with its body
	bare     bool      // refused: no content is stored
	guessed  bool      // …as the store itself found before it stored any of it
	joined   ingest.ID // the message that a part of this batch has become a part of
}

// own is the id of what an item became.
func (it *item) own() ingest.ID {
	if !it.joined.IsZero() {
		return it.joined
	}
	return it.id
}

func (it *item) standing() ingest.ID {
	switch {
	case it.same != nil && it.stands.IsZero():
		return it.same.own()
	case !it.joined.IsZero():
		return it.joined
	}
	return it.stands
}

// load is a batch on its way into the tables.
type load struct {
	all   []*item // in the order of the batch
	items []*item // those still to be stored
	parts []*item // those that are parts of messages
	move  *ingest.Move
	lanes map[int]bool
	now   time.Time
	plain bool // the one statement is enough
	apart bool // raw bytes are written behind the statement, as a stream

	imports bool
	orders  int64   // the back-fill by which messages were recovered
	channel channel // of the move, or of an import
	refuser Refuser
	renew   func(context.Context, querier, Judge) error
}

var errNoKey = errors.New("an arrival without a key: a repeat could not be told")

// load prepares a batch; it reads nothing but the names of channels.
func (s *Store) load(ctx context.Context, b ingest.Batch) (*load, error) {
	l := s.newLoad()
	l.move, l.plain, l.imports, l.orders = b.Move, !b.Import, b.Import, b.Backfill
	if b.Move != nil {
		c, err := s.channel(ctx, b.Move.Channel)
		if err != nil {
			return nil, err
		}
		l.channel = c
	}
	seen := make(map[keyOf]*item, len(b.Arrivals))
	for _, a := range b.Arrivals {
		c, err := s.channel(ctx, a.Message.Channel)
		if err != nil {
			return nil, err
		}
		if len(a.Keys) == 0 {
			return nil, ingest.AsInvalid(errNoKey)
		}
		if b.Import {
			l.channel = c
		}
		it := newItem(a, c, l.now)
		if it.isPart() {
			if err := a.Part.Check(a.Raw); err != nil {
				return nil, err
			}
		} else {
			it.hear(s.refuser)
			it.guess(s.refuser, l.now)
		}
		l.add(it, seen)
	}
	return l, nil
}

func (s *Store) newLoad() *load {
	return &load{lanes: map[int]bool{}, now: s.now(), refuser: s.refuser, renew: s.renew}
}

type keyOf struct {
	channel int32
	hash    ingest.Hash
}

func newItem(a ingest.Arrival, c channel, now time.Time) *item {
	it := &item{arrival: a, channel: c, id: ingest.NewID(now), content: a.Content}
	if it.content == (ingest.Hash{}) {
		it.content = hashBytes(a.Raw)
	}
	for _, k := range a.Keys {
		if h := hashBytes([]byte(k)); !slices.Contains(it.keys, h) {
			it.keys = append(it.keys, h)
		}
	}
	it.bare = a.Refused != 0
	return it
}

// add takes an item in unless an earlier one of the batch has its first key.
func (l *load) add(it *item, seen map[keyOf]*item) {
	l.all = append(l.all, it)
	k := keyOf{it.channel.ID, it.keys[0]}
	if first := seen[k]; first != nil && first.content == it.content {
		it.same = first
	} else if first == nil {
		seen[k] = it
	}
	if it.isPart() {
		l.parts, l.plain = append(l.parts, it), false
		return
	}
	l.items = append(l.items, it)
	if len(it.keys) > 1 || len(it.arrival.Raw) > chunkSize || it.arrival.Refused != 0 || it.arrival.Prints != nil {
		l.plain = false
	}
}
