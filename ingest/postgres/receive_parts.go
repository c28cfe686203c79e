package postgres

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlPartsReceive = statement("parts_receive")
	sqlPartsLock    = statement("parts_lock")
)

// isPart reports whether an item is a part of a message. One that is refused or
// cannot be read is a row of its own, like any.
func (it *item) isPart() bool {
	return it.arrival.Part != nil && it.arrival.Problem == "" && it.arrival.Refused == 0
}

// partsOf names the parts of one message, and of others that use its reference.
type partsOf struct {
	channel channel
	name    ingest.Hash
}

func (it *item) partsOf() partsOf { return partsOf{it.channel, it.arrival.Part.Name()} }

// partNames lists the names of items, each once.
func partNames(items []*item) (names []partsOf) {
	seen := map[partsOf]bool{}
	for _, it := range items {
		if n := it.partsOf(); !seen[n] {
			seen[n] = true
			names = append(names, n)
		}
	}
	return names
}

// nameArgs are a statement's arrays of channels and names.
func nameArgs(names []partsOf) (channels []int32, hashes [][]byte) {
	for i := range names {
		channels, hashes = append(channels, names[i].channel.ID), append(hashes, names[i].name[:])
	}
	return channels, hashes
}

// storeParts stores the batch's parts and tells repeats. From here on it is alone
// with the parts of their names until the transaction ends.
func (l *load) storeParts(ctx context.Context, tx pgx.Tx) error {
	if l.parts == nil {
		return nil
	}
	rows, err := tx.Query(ctx, sqlPartsReceive, partArgs(l.parts, l.now)...)
	if err != nil {
		return err
	}
	var ord int64
	var fresh bool
	_, err = pgx.ForEachRow(rows, []any{&ord, &fresh}, func() error { l.parts[ord-1].fresh = fresh; return nil })
	if err != nil {
		return err
	}
	if err := lockParts(ctx, tx, partNames(l.parts)); err != nil {
		return err
	}
	return findKnown(ctx, tx, l.parts)
}

func lockParts(ctx context.Context, tx pgx.Tx, names []partsOf) error {
	channels, hashes := nameArgs(names)
	_, err := tx.Exec(ctx, sqlPartsLock, channels, hashes)
	return err
}

func partArgs(items []*item, now time.Time) []any {
	var (
		ids                  []ingest.ID
		channels, keys       []int32
		names, contents, raw [][]byte
		numbers, totals      []int16
	)
	for _, it := range items {
		p, name := it.arrival.Part, it.arrival.Part.Name()
		ids, channels, keys = append(ids, it.id), append(channels, it.channel.ID), append(keys, int32(len(it.keys)))
		names, contents, raw = append(names, name[:]), append(contents, it.content[:]), append(raw, chunk(it.arrival.Raw))
		numbers, totals = append(numbers, int16(p.Number)), append(totals, int16(p.Total))
	}
	args := append([]any{ids, channels, names, numbers, totals, contents, raw, keys}, keyArgs(keyRows(items))...)
	return append(args, now)
}
