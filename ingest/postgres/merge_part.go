package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlMergesParting = statement("merges_parting")
	sqlPartingLock   = statement("parting_lock")
	sqlPartingFind   = statement("parting_find")
	sqlPartingOpen   = statement("parting_open")
	sqlPartingMove   = statement("parting_move")
	sqlPartingKeep   = statement("parting_keep")
)

// partedAtOnce is how many messages are taken out of conversations in one
// transaction.
const partedAtOnce = 500

// PartMerged goes on with what an undo of a merge left to be done, because it
// was much. Any process may; none does it twice.
func (s *Store) PartMerged(ctx context.Context) error {
	for {
		var id int64
		err := s.pool.QueryRow(ctx, sqlMergesParting).Scan(&id)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err == nil {
			err = s.tx(ctx, func(tx pgx.Tx) error { return s.partStep(ctx, tx, id) })
		}
		if err != nil {
			return fmt.Errorf("take conversations apart: %w", classify(err))
		}
	}
}

// partStep holds the rules lock shared: nobody is merged meanwhile. The contacts
// come before their conversations.
func (s *Store) partStep(ctx context.Context, tx pgx.Tx, id int64) error {
	if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
		return err
	}
	var o ingest.MergeOrder
	err := tx.QueryRow(ctx, "select contact, into_contact from merges where id = $1 and parting", id).Scan(&o.Contact, &o.Into)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // another process was quicker
	}
	if err == nil {
		_, _, err = bothLocked(ctx, tx, o)
	}
	if err == nil {
		err = s.part(ctx, tx, id)
	}
	return err
}

// part takes what one of two contacts wrote into a conversation of the other, as
// far as one step goes, into one of its own, which is closed. Both are locked.
func (s *Store) part(ctx context.Context, tx pgx.Tx, id int64) error {
	p := parting{id: id, places: map[string]ingest.ID{}}
	var doc []byte
	err := tx.QueryRow(ctx, sqlPartingLock, id).Scan(&p.gone, &p.into, &doc)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil
	}
	if err == nil {
		err = json.Unmarshal(doc, &p.places)
	}
	if err != nil {
		return err
	}
	found, n, err := p.find(ctx, tx)
	if err != nil {
		return err
	}
	for _, f := range found {
		if err := p.move(ctx, tx, s, f); err != nil {
			return err
		}
	}
	if err := p.events.insert(ctx, tx); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlPartingKeep, id, toJSON(p.places), n == partedAtOnce)
	return err
}

// parting is an undo that takes conversations apart.
type parting struct {
	id         int64
	gone, into ingest.ID
	places     map[string]ingest.ID // the new conversations, by the old one and whose it is
	events     eventColumns
}

// foreign is what a contact wrote into a conversation of another.
type foreign struct {
	conversation, contact ingest.ID
	messages              []ingest.ID
}

// find returns them in the order of the conversations, and how many messages.
func (p *parting) find(ctx context.Context, tx pgx.Tx) (list []*foreign, n int, err error) {
	rows, err := tx.Query(ctx, sqlPartingFind, p.gone, p.into, partedAtOnce)
	if err != nil {
		return nil, 0, err
	}
	var message ingest.ID
	var f foreign
	_, err = pgx.ForEachRow(rows, []any{&message, &f.conversation, &f.contact}, func() error {
		n++
		i := slices.IndexFunc(list, func(x *foreign) bool { return x.conversation == f.conversation && x.contact == f.contact })
		if i < 0 {
			i, list = len(list), append(list, &foreign{conversation: f.conversation, contact: f.contact})
		}
		list[i].messages = append(list[i].messages, message)
		return nil
	})
	slices.SortFunc(list, func(a, b *foreign) int { return slices.Compare(a.conversation[:], b.conversation[:]) })
	return list, n, err
}

func (p *parting) move(ctx context.Context, tx pgx.Tx, s *Store, f *foreign) error {
	key := f.conversation.String() + "/" + f.contact.String()
	to, known := p.places[key]
	if !known {
		to = ingest.NewID(s.now())
		p.places[key] = to
		number := strconv.FormatInt(p.id, 10)
		if _, err := tx.Exec(ctx, sqlPartingOpen, to, f.conversation, f.contact, "merge "+number); err != nil {
			return err
		}
		p.events.add("conversation.opened", to, f.contact, ingest.ID{}, map[string]any{"by": "unmerge", "merge": number, "parted_from": f.conversation})
	}
	_, err := tx.Exec(ctx, sqlPartingMove, f.messages, f.conversation, to)
	return err
}
