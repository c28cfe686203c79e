package postgres

import (
	"context"
	"maps"
	"slices"
	"sort"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlPrintsRecognise = statement("prints_recognise")
	sqlPrintsImported  = statement("prints_imported")
	sqlPrintsUse       = statement("prints_use")
	sqlKeysName        = statement("keys_name")
	sqlPrintsLock      = "select pg_advisory_xact_lock(5, $1)" // imports and mailboxes of a channel look one after the other
)

// print is a recognised earlier sighting of a mail.
type print struct {
	kind    string
	hash    ingest.Hash
	message ingest.ID
	seq     int64
}

// sightings are those of the mails that may be recognised.
type sightings map[ingest.Print][]print

func (s sightings) read(rows pgx.Rows) error {
	var p print
	var hash []byte
	var seq *int64
	_, err := pgx.ForEachRow(rows, []any{&p.kind, &hash, &p.message, &seq}, func() error {
		p.hash, p.seq = ingest.Hash(hash), value(seq)
		k := ingest.Print{Kind: p.kind, Hash: p.hash}
		s[k] = append(s[k], p)
		return nil
	})
	return err
}

// recognise takes out of the batch what its channels already have: of an import,
// what came before; of a mailbox, what it gave under another UIDVALIDITY or an
// import brought; of mail that was delivered, what an import brought. Each
// earlier message is used up by one arrival, oldest first, so two mails with
// equal content stay two.
func (l *load) recognise(ctx context.Context, tx pgx.Tx) error {
	for _, items := range l.printed() {
		l.channel = items[0].channel
		if err := l.recogniseIn(ctx, tx, items); err != nil {
			return err
		}
	}
	return nil
}

// recogniseIn does so in one channel.
func (l *load) recogniseIn(ctx context.Context, tx pgx.Tx, prints []*item) error {
	if _, err := tx.Exec(ctx, sqlPrintsLock, l.channel.ID); err != nil {
		return err
	}
	find := l.findSeen
	if l.imports {
		find = l.findCopies
	}
	if err := find(ctx, tx, prints); err != nil {
		return err
	}
	var rest, repeats []*item
	for _, it := range l.items {
		if it.stands.IsZero() {
			rest = append(rest, it)
		} else {
			repeats = append(repeats, it)
		}
	}
	l.items = rest
	return l.nameAgain(ctx, tx, repeats)
}

// printed lists the arrivals that can be recognised, by channel and in the order
// of their numbers: that of the locks.
func (l *load) printed() (list [][]*item) {
	byChannel := map[int32][]*item{}
	for _, it := range l.items {
		if it.arrival.Prints != nil {
			byChannel[it.channel.ID] = append(byChannel[it.channel.ID], it)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(byChannel)) {
		list = append(list, byChannel[id])
	}
	return list
}

// findSeen finds what a mailbox shows again, or is delivered again.
func (l *load) findSeen(ctx context.Context, tx pgx.Tx, items []*item) error {
	known, err := l.sightings(ctx, tx, items)
	if err != nil || len(known) == 0 {
		return err
	}
	used := map[ingest.ID]bool{}
	for _, kind := range []string{"raw", "mail"} {
		for _, it := range items {
			if !it.stands.IsZero() {
				continue
			}
			if it.stands = match(it, kind, known, used); !it.stands.IsZero() {
				used[it.stands] = true
			}
		}
	}
	return nil
}

// match finds the oldest unused sighting of an arrival by one kind of print:
// contents come first, headers are for servers that write a mail anew each time
// and for mails of which only that was read.
func match(it *item, kind string, known sightings, used map[ingest.ID]bool) ingest.ID {
	for _, p := range it.arrival.Prints {
		for _, k := range known[p] {
			if p.Kind == kind && !used[k.message] {
				return k.message
			}
		}
	}
	return ingest.ID{}
}

func (l *load) sightings(ctx context.Context, tx pgx.Tx, items []*item) (sightings, error) {
	var kinds []string
	var hashes [][]byte
	for _, it := range items {
		for _, p := range it.arrival.Prints {
			kinds, hashes = append(kinds, p.Kind), append(hashes, append([]byte(nil), p.Hash[:]...))
		}
	}
	known := sightings{}
	b := &pgx.Batch{}
	b.Queue(sqlPrintsImported, l.channel.ID, kinds, hashes).Query(known.read)
	if l.move != nil && l.move.Recheck {
		b.Queue(sqlPrintsRecognise, l.channel.ID, kinds, hashes, l.move.Mailbox, l.move.Era).Query(known.read)
	}
	if err := tx.SendBatch(ctx, b).Close(); err != nil {
		return nil, err
	}
	for _, list := range known {
		sort.Slice(list, func(i, j int) bool { return list[i].seq < list[j].seq })
	}
	return known, nil
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
	if !l.imports {
		if _, err := tx.Exec(ctx, sqlPrintsUse, messages, l.era(), l.mailbox()); err != nil {
			return err
		}
	}
	_, err := tx.Exec(ctx, sqlLedger, l.channel.ID, 0, len(repeats), 0, 0)
	return err
}
