package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gatehouse/ingest"
)

var (
	sqlReceive      = statement("receive")
	sqlReceiveKnown = statement("receive_known")
	sqlReceiveAdopt = statement("receive_adopt")
	sqlRawAppend    = statement("raw_append")
)

// querier is what a pool and a transaction have in common.
type querier interface {
	Query(ctx context.Context, sql string, args ...any) (pgx.Rows, error)
	QueryRow(ctx context.Context, sql string, args ...any) pgx.Row
	Exec(ctx context.Context, sql string, args ...any) (pgconn.CommandTag, error)
}

// Receive stores a batch in one transaction (TX 1): raw bytes, messages, keys,
// ledger and the poller's cursor. Nil means that all of it is committed.
// Repeats are told from fresh messages by their keys; other content under a
// known key is stored as a dead message of its own.
//
// If a result says Again, nothing of the batch was stored and the cursor did not
// move: the caller sends the batch once more, with that message's body.
//
// An error with ingest.ErrFenced means that the cursor or the lease has moved;
// ingest.Invalid that the database refuses the data itself, so the caller may
// try the arrivals one by one; ingest.Temporary that another try may help. The
// outcome of a failed commit is unknown: the caller acknowledges nothing.
func (s *Store) Receive(ctx context.Context, b ingest.Batch) (ingest.Receipt, error) {
	l, err := s.load(ctx, b)
	if err != nil {
		return ingest.Receipt{}, err
	}
	if b.Move == nil && l.plain { // one statement is a transaction; a conflict's is another, acknowledged with it
		one := func(part *load) error { return part.store(ctx, s.pool) }
		err = s.storeWith(ctx, l, one)
	} else {
		err = s.tx(ctx, func(tx pgx.Tx) error {
			if err := s.storeWith(ctx, l, func(part *load) error { return part.storeAll(ctx, tx) }); err != nil {
				return err
			}
			return s.joinFresh(ctx, tx, l)
		})
	}
	if errors.Is(err, errAgain) {
		return l.receipt(), nil
	}
	if err != nil {
		return ingest.Receipt{}, fmt.Errorf("receive: %w", classify(err))
	}
	return l.receipt(), nil
}

// storeWith stores a batch and then what of it turned out to conflict with what
// stands.
func (s *Store) storeWith(ctx context.Context, l *load, store func(*load) error) error {
	if err := store(l); err != nil {
		return err
	}
	conflicts, items, err := s.conflicts(ctx, l)
	if err != nil || items == nil {
		return err
	}
	if err := store(conflicts); err != nil {
		return err
	}
	for i, r := range conflicts.receipt().Results {
		items[i].stands, items[i].newDead = r.ID, r.Fresh
	}
	return nil
}

// storeAll is Receive's transaction where one statement is not enough.
func (l *load) storeAll(ctx context.Context, tx pgx.Tx) error {
	if err := l.checkRefusals(ctx, tx); err != nil {
		return err
	}
	if err := l.recognise(ctx, tx); err != nil {
		return err
	}
	if err := l.countRefusals(ctx, tx); err != nil {
		return err
	}
	l.apart = l.rawSize() > streamFrom
	if err := l.store(ctx, tx); err != nil {
		return err
	}
	further := l.appendChunks
	if l.apart {
		further = l.streamRaw
	}
	if err := further(ctx, tx); err != nil {
		return err
	}
	return l.storeParts(ctx, tx)
}

// store runs the statement and reads what it says of each arrival.
func (l *load) store(ctx context.Context, q querier) error {
	if len(l.items) == 0 && l.move == nil {
		return nil // all were refused and counted
	}
	rows, err := q.Query(ctx, sqlReceive, l.args()...)
	if err != nil {
		return err
	}
	var (
		ok, fresh bool
		ord       *int64
		lane      int16
		state     string
	)
	_, err = pgx.ForEachRow(rows, []any{&ok, &ord, &fresh, &lane, &state}, func() error {
		if !ok {
			return ingest.ErrFenced
		}
		if ord == nil {
			return nil // a batch without messages: only the cursor moved
		}
		it := l.items[*ord-1]
		it.fresh = fresh
		if fresh && ingest.State(state) == ingest.Received {
			l.lanes[int(lane)] = true
		}
		return nil
	})
	if err != nil {
		return err
	}
	return findKnown(ctx, q, l.items)
}

// findKnown asks, for the repeats of a batch, which messages stand, and marks
// those whose content differs.
func findKnown(ctx context.Context, q querier, items []*item) error {
	var repeats []*item
	var channels []int32
	var hashes [][]byte
	for _, it := range items {
		if it.fresh {
			continue
		}
		for _, h := range it.keys {
			repeats, channels, hashes = append(repeats, it), append(channels, it.channel.ID), append(hashes, h[:])
		}
	}
	if repeats == nil {
		return nil
	}
	rows, err := q.Query(ctx, sqlReceiveKnown, channels, hashes)
	if err != nil {
		return err
	}
	var (
		ord     int64
		message ingest.ID
		content []byte
	)
	_, err = pgx.ForEachRow(rows, []any{&ord, &message, &content}, func() error {
		it := repeats[ord-1]
		if message == it.id {
			it.phantom = true // one of its keys was new and now names nothing
			return nil
		}
		it.stands = message
		it.conflict = ingest.Hash(content) != it.content
		return nil
	})
	if err != nil {
		return err
	}
	followRepeats(items)
	return adopt(ctx, q, items)
}

// followRepeats finds the message that stands where a repeat is known by a key
// that an earlier repeat of the batch brought.
func followRepeats(items []*item) {
	byID := make(map[ingest.ID]*item, len(items))
	for _, it := range items {
		if earlier := byID[it.stands]; !it.fresh && earlier != nil && !earlier.fresh {
			it.stands = earlier.stands
		}
		byID[it.id] = it
	}
}

var errGone = ingest.AsTemporary(errors.New("the message that stood is gone meanwhile"))

// adopt gives the new keys of known messages to the messages that stand.
func adopt(ctx context.Context, q querier, items []*item) error {
	var phantoms, stand []ingest.ID
	for _, it := range items {
		if it.phantom && it.stands.IsZero() {
			return errGone
		}
		if it.phantom {
			phantoms, stand = append(phantoms, it.id), append(stand, it.stands)
		}
	}
	if phantoms == nil {
		return nil
	}
	_, err := q.Exec(ctx, sqlReceiveAdopt, phantoms, stand)
	return err
}

// appendChunks writes what of a large message is beyond its first chunk.
func (l *load) appendChunks(ctx context.Context, tx pgx.Tx) error {
	for _, it := range l.items {
		if !it.fresh || it.bare {
			continue
		}
		for n, rest := 1, beyond(it.arrival.Raw); len(rest) > 0; n, rest = n+1, beyond(rest) {
			if _, err := tx.Exec(ctx, sqlRawAppend, it.id, n, chunk(rest)); err != nil {
				return err
			}
		}
	}
	return nil
}

// conflicts are the arrivals whose key stands for other content: dead messages
// under a key made of both.
func (s *Store) conflicts(ctx context.Context, l *load) (*load, []*item, error) {
	batch := ingest.Batch{Backfill: l.orders}
	var items []*item
	for _, it := range slices.Concat(l.items, l.parts) {
		if !it.conflict {
			continue
		}
		a := it.arrival
		a.Keys = []string{a.Keys[0] + "\x00conflict\x00" + string(it.content[:])}
		a.Problem, a.Note, a.Refused, a.Part = ingest.ReasonKeyConflict, "stands: "+it.stands.String(), 0, nil
		batch.Arrivals = append(batch.Arrivals, a)
		items = append(items, it)
	}
	if items == nil {
		return nil, nil, nil
	}
	conflicts, err := s.load(ctx, batch)
	return conflicts, items, err
}

func (l *load) receipt() ingest.Receipt {
	r := ingest.Receipt{Results: make([]ingest.Result, len(l.all))}
	for i, it := range l.all {
		r.Results[i] = ingest.Result{ID: it.own(), Fresh: it.fresh || it.newDead, Again: it.again}
		if !it.fresh {
			r.Results[i].ID = it.standing()
		} else if !it.again {
			r.Results[i].Refused = it.arrival.Refused
		}
	}
	for lane := range l.lanes {
		r.Lanes = append(r.Lanes, lane)
	}
	sort.Ints(r.Lanes)
	return r
}
