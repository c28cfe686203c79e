package postgres

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlPartsWaiting = statement("parts_waiting")
	sqlPartsTake    = statement("parts_take")
	sqlPartsDue     = statement("parts_due")
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

// readyParts reads what waits under the names and finds the messages in it. What
// was lost of them is written down.
func readyParts(ctx context.Context, tx pgx.Tx, names []partsOf, now time.Time) (ready []joining, err error) {
	channels, hashes := nameArgs(names)
	rows, err := tx.Query(ctx, sqlPartsWaiting, channels, hashes, now.Add(-ingest.PartsLate))
	if err != nil {
		return nil, err
	}
	var ord int64
	var p ingest.StoredPart
	var content []byte
	var numbers []int
	waiting, lost := make([][]ingest.StoredPart, len(names)), make([][]int, len(names))
	_, err = pgx.ForEachRow(rows, []any{&ord, &p.ID, &p.Number, &p.Total, &content, &p.At, &numbers}, func() error {
		p.Content = ingest.Hash(content)
		waiting[ord-1], lost[ord-1] = append(waiting[ord-1], p), slices.Clone(numbers)
		return nil
	})
	if err != nil {
		return nil, err
	}
	for i, n := range names {
		for _, set := range ingest.Gather(waiting[i], lost[i], now) {
			ready = append(ready, joining{n, set})
		}
	}
	return ready, noteLost(ctx, tx, ready, names, lost, now)
}

// noteLost writes down without which parts messages are delivered, and takes off
// what came late.
func noteLost(ctx context.Context, tx pgx.Tx, ready []joining, names []partsOf, lost [][]int, now time.Time) error {
	var changed []partsOf
	var left []string
	for i, n := range names {
		before := lost[i]
		for _, set := range ready {
			switch {
			case set.partsOf != n:
			case set.Late:
				lost[i] = slices.DeleteFunc(slices.Clone(lost[i]), func(n int) bool { return n == set.Parts[0].Number })
			case !set.Whole():
				lost[i] = set.Missing()
			}
		}
		if !slices.Equal(before, lost[i]) {
			changed, left = append(changed, n), append(left, "{"+strings.Trim(strings.ReplaceAll(fmt.Sprint(lost[i]), " ", ","), "[]")+"}")
		}
	}
	if changed == nil {
		return nil
	}
	channels, hashes := nameArgs(changed)
	_, err := tx.Exec(ctx, sqlPartsLost, channels, hashes, left, now)
	return err
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

// dueParts is how many names one transaction looks at.
const dueParts = 50

// JoinParts delivers the messages whose first part has waited for
// [ingest.PartsWait], with what came of them. Processes may do so at once.
func (s *Store) JoinParts(ctx context.Context) error {
	for s.joiner != nil {
		due, err := s.partsDue(ctx)
		if err == nil && due != nil {
			err = s.joinDue(ctx, due)
		}
		if err != nil {
			return fmt.Errorf("join parts: %w", err)
		}
		if len(due) < dueParts {
			return nil
		}
	}
	return nil
}

func (s *Store) partsDue(ctx context.Context) (due []partsOf, err error) {
	rows, err := s.pool.Query(ctx, sqlPartsDue, s.now().Add(-ingest.PartsWait), dueParts)
	if err != nil {
		return nil, classify(err)
	}
	var number int32
	var name []byte
	_, err = pgx.ForEachRow(rows, []any{&number, &name}, func() error {
		c, err := s.channelByID(ctx, number)
		due = append(due, partsOf{c, ingest.Hash(name)})
		return err
	})
	return due, classify(err)
}

// joinDue joins in one transaction, or if the data of one of them is at fault in
// one each, the last way as dead.
func (s *Store) joinDue(ctx context.Context, due []partsOf) error {
	err := s.joinIn(ctx, due, s.joiner)
	if !ingest.Invalid(err) {
		return err
	}
	for i := range due {
		if err = s.joinIn(ctx, due[i:i+1], s.joiner); ingest.Invalid(err) {
			err = s.joinIn(ctx, due[i:i+1], s.rejected(err))
		}
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *Store) joinIn(ctx context.Context, names []partsOf, joiner Joiner) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if err := lockParts(ctx, tx, names); err != nil {
			return err
		}
		_, _, err := s.join(ctx, tx, names, joiner)
		return err
	})
	if errors.Is(err, errAgain) {
		return ingest.AsTemporary(err)
	}
	return err
}

// rejected is a joiner with nothing left that the database could refuse.
func (s *Store) rejected(why error) Joiner {
	return func(kind string, set ingest.PartSet) ingest.Arrival {
		a := s.joiner(kind, set)
		return ingest.Arrival{
			Message: ingest.Message{ReceivedAt: a.Message.ReceivedAt, Auto: ingest.AutoNone},
			Raw:     a.Raw, Problem: ingest.ReasonRejected, Note: why.Error(),
		}
	}
}
