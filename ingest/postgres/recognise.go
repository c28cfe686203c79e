package postgres

import (
	"context"
	"sort"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlPrintsRecognise = statement("prints_recognise")
	sqlPrintsUse       = statement("prints_use")
	sqlKeysName        = statement("keys_name")
)

// print is a recognised earlier sighting of a mail.
type print struct {
	kind    string
	hash    ingest.Hash
	message ingest.ID
	seq     int64
}

// recognise takes out of the batch what the mailbox already gave under another
// UIDVALIDITY. Each earlier message is used up by one arrival, oldest first,
// so two mails with equal content stay two.
func (l *load) recognise(ctx context.Context, tx pgx.Tx) error {
	if l.move == nil || !l.move.Recheck {
		return nil
	}
	known, err := l.sightings(ctx, tx)
	if err != nil || len(known) == 0 {
		return err
	}
	used := map[ingest.ID]bool{}
	var rest, repeats []*item
	for _, it := range l.items {
		if it.stands = match(it, known, used); it.stands.IsZero() {
			rest = append(rest, it)
			continue
		}
		used[it.stands] = true
		repeats = append(repeats, it)
	}
	l.items = rest
	return l.nameAgain(ctx, tx, repeats)
}

// match finds the oldest unused sighting of an arrival: by content, and where
// the body was not read by header.
func match(it *item, known map[ingest.Print][]print, used map[ingest.ID]bool) ingest.ID {
	for _, p := range it.arrival.Prints {
		for _, k := range known[p] {
			if !used[k.message] {
				return k.message
			}
		}
	}
	return ingest.ID{}
}

func (l *load) sightings(ctx context.Context, tx pgx.Tx) (map[ingest.Print][]print, error) {
	var kinds []string
	var hashes [][]byte
	for _, it := range l.items {
		for _, p := range it.arrival.Prints {
			kinds, hashes = append(kinds, p.Kind), append(hashes, append([]byte(nil), p.Hash[:]...))
		}
	}
	rows, err := tx.Query(ctx, sqlPrintsRecognise, l.channel.ID, kinds, hashes, l.move.Mailbox, l.move.Era)
	if err != nil {
		return nil, err
	}
	known := map[ingest.Print][]print{}
	var p print
	var hash []byte
	var seq *int64
	_, err = pgx.ForEachRow(rows, []any{&p.kind, &hash, &p.message, &seq}, func() error {
		p.hash, p.seq = ingest.Hash(hash), 0
		if seq != nil {
			p.seq = *seq
		}
		k := ingest.Print{Kind: p.kind, Hash: p.hash}
		known[k] = append(known[k], p)
		return nil
	})
	for _, list := range known {
		sort.Slice(list, func(i, j int) bool { return list[i].seq < list[j].seq })
	}
	return known, err
}

// nameAgain gives recognised messages their new keys and counts them as
// repeats.
func (l *load) nameAgain(ctx context.Context, tx pgx.Tx, repeats []*item) error {
	if repeats == nil {
		return nil
	}
	var hashes, contents [][]byte
	var messages []ingest.ID
	for _, it := range repeats {
		for i := range it.keys {
			hashes, contents = append(hashes, it.keys[i][:]), append(contents, it.content[:])
			messages = append(messages, it.stands)
		}
	}
	if _, err := tx.Exec(ctx, sqlKeysName, l.channel.ID, hashes, messages, contents); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlPrintsUse, messages, l.move.Era); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, sqlLedger, l.channel.ID, 0, len(repeats), 0, 0)
	return err
}
