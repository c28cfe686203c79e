package postgres

import (
	"bytes"
	"context"
	"maps"
	"slices"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlPartsWaiting = statement("parts_waiting")
	sqlPartsTake    = statement("parts_take")
	sqlPartsLost    = statement("parts_lost")
	sqlPartsForget  = statement("parts_forget")
)

// Joiner makes the arrival of a message, without keys, of its parts' raw forms,
// for a channel of a kind. It is a function of its arguments: what it cannot read
// is an arrival with a Problem.
type Joiner func(kind string, set ingest.PartSet) ingest.Arrival

// joining is a set on its way to be a message.
type joining struct {
	partsOf
	ingest.PartSet
}

// joinFresh makes messages of what the parts of a batch have made whole.
func (s *Store) joinFresh(ctx context.Context, tx pgx.Tx, l *load) error {
	if l.parts == nil || s.joiner == nil {
		return nil
	}
	became, lanes, err := s.join(ctx, tx, partNames(l.parts), s.joiner)
	if err != nil {
		return err
	}
	for _, it := range l.parts {
		if id, ok := became[it.id]; ok {
			it.joined = id
		} else if id, ok := became[it.stands]; ok {
			it.joined = id
		}
	}
	maps.Copy(l.lanes, lanes)
	return nil
}

// join delivers what is ready of the names, which the transaction has locked:
// the parts go, their keys name the message that they have become.
func (s *Store) join(ctx context.Context, tx pgx.Tx, names []partsOf, joiner Joiner) (became map[ingest.ID]ingest.ID, lanes map[int]bool, err error) {
	l := s.newLoad()
	ready, err := readyParts(ctx, tx, names, l.now)
	if err != nil || ready == nil {
		return nil, nil, err
	}
	if err := takeParts(ctx, tx, ready); err != nil {
		return nil, nil, err
	}
	for _, set := range ready {
		a := joiner(set.channel.Kind, set.PartSet)
		a.Message.Channel, a.Message.Family, a.Keys, a.Part = set.channel.Name, set.channel.Family, nil, nil
		it := newItem(a, set.channel, l.now)
		it.hear(s.refuser)
		it.guess(s.refuser, l.now)
		l.items = append(l.items, it)
	}
	l.all = slices.Clone(l.items)
	if err := l.storeAll(ctx, tx); err != nil {
		return nil, nil, err
	}
	became, err = l.takeKeys(ctx, tx, ready)
	return became, l.lanes, err
}

// readyParts reads what waits under the names and finds the messages in it. Of
// what is lost it writes down what has changed.
func readyParts(ctx context.Context, tx pgx.Tx, names []partsOf, now time.Time) (ready []joining, err error) {
	waiting, lost, err := waitingParts(ctx, tx, names, now)
	if err != nil {
		return nil, err
	}
	var changed []partsOf
	var numbers [][]byte
	for i, n := range names {
		sets, still := ingest.Gather(waiting[i], partNumbers(lost[i]), now)
		for _, set := range sets {
			ready = append(ready, joining{n, set})
		}
		if left := partOctets(still); !bytes.Equal(left, lost[i]) {
			changed, numbers = append(changed, n), append(numbers, left)
		}
	}
	if changed != nil {
		channels, hashes := nameArgs(changed)
		_, err = tx.Exec(ctx, sqlPartsLost, channels, hashes, numbers, now)
	}
	return ready, err
}

// waitingParts reads, for each name, its parts without their bytes, and what was
// lost.
func waitingParts(ctx context.Context, tx pgx.Tx, names []partsOf, now time.Time) (waiting [][]ingest.StoredPart, lost [][]byte, err error) {
	channels, hashes := nameArgs(names)
	rows, err := tx.Query(ctx, sqlPartsWaiting, channels, hashes, now.Add(-ingest.PartsLate))
	if err != nil {
		return nil, nil, err
	}
	var ord int64
	var p ingest.StoredPart
	var content, numbers []byte
	waiting, lost = make([][]ingest.StoredPart, len(names)), make([][]byte, len(names))
	_, err = pgx.ForEachRow(rows, []any{&ord, &p.ID, &p.Number, &p.Total, &content, &p.At, &numbers}, func() error {
		p.Content = ingest.Hash(content)
		waiting[ord-1], lost[ord-1] = append(waiting[ord-1], p), bytes.Clone(numbers)
		return nil
	})
	return waiting, lost, err
}

// The numbers of parts stand in a column as octets, which they are on the air.
func partOctets(numbers []int) []byte {
	b := make([]byte, 0, len(numbers))
	for _, n := range numbers {
		b = append(b, byte(n))
	}
	return b
}

func partNumbers(octets []byte) (numbers []int) {
	for _, o := range octets {
		numbers = append(numbers, int(o))
	}
	return numbers
}

// takeParts takes the parts of sets away and fills in their bytes.
func takeParts(ctx context.Context, tx pgx.Tx, ready []joining) error {
	var ids []ingest.ID
	for _, set := range ready {
		ids = append(ids, set.IDs()...)
	}
	rows, err := tx.Query(ctx, sqlPartsTake, ids)
	if err != nil {
		return err
	}
	raw := make(map[ingest.ID][]byte, len(ids))
	var id ingest.ID
	var data []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &data}, func() error { raw[id] = slices.Clone(data); return nil })
	for _, set := range ready {
		for i := range set.Parts {
			set.Parts[i].Raw = raw[set.Parts[i].ID]
		}
	}
	return err
}

// takeKeys lets the keys of the parts name the messages, in the order of the
// load. Of a refusal that is only counted no key stays, as of any.
func (l *load) takeKeys(ctx context.Context, tx pgx.Tx, ready []joining) (map[ingest.ID]ingest.ID, error) {
	became := map[ingest.ID]ingest.ID{}
	var forgotten, parts, messages []ingest.ID
	for i, set := range ready {
		ids := set.IDs()
		if it := l.all[i]; slices.Contains(l.items, it) {
			for _, id := range ids {
				became[id] = it.id
				parts, messages = append(parts, id), append(messages, it.id)
			}
			continue
		}
		forgotten = append(forgotten, ids...)
	}
	if _, err := tx.Exec(ctx, sqlReceiveAdopt, parts, messages); err != nil {
		return nil, err
	}
	_, err := tx.Exec(ctx, sqlPartsForget, forgotten)
	return became, err
}
