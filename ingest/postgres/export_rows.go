package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var sqlContactsRules = statement("contacts_rules")

// exportPart is how many rows a file is made of at a time.
const exportPart = 500

// tooMany says how many rows a file would have that is too large.
type tooMany struct{ rows int64 }

func (e tooMany) Error() string { return fmt.Sprintf("%d rows: %v", e.rows, errTooLarge) }

func (s *Store) exportContacts(ctx context.Context, tx pgx.Tx, o ingest.ExportOrder, f *exportFile) error {
	return s.chosenContacts(o.Contacts).write(ctx, tx, f, ingest.ContactHead, func(ids []ingest.ID) error {
		items, err := readContacts(ctx, tx, ids)
		if err != nil {
			return err
		}
		rules, err := s.rulesNaming(ctx, tx, ids)
		for _, c := range items {
			if err == nil {
				err = f.row(ingest.ContactCells(c, rules[c.ID]), c.ID)
			}
		}
		return err
	})
}

// chosenContacts are those that a filter chooses, in the list's order.
func (s *Store) chosenContacts(filter ingest.ContactFilter) rowsOf {
	var m mark
	if words(filter.Q) != "" {
		return rowsOf{sqlContactsSearch, searched(filter.Q, filter.Number).args(filter, s.now(), nil, nil), byTimeID(&m), &m.ID}
	}
	args := []any{given(filter.Tag), filter.From, filter.To, given(filter.Standing), s.now(), nil, nil, nil, nil}
	return rowsOf{sqlContactsList, args, append(byTimeID(&m), new(bool)), &m.ID}
}

func (s *Store) rulesNaming(ctx context.Context, q querier, contacts []ingest.ID) (map[ingest.ID][]string, error) {
	rows, err := q.Query(ctx, sqlContactsRules, contacts, s.now())
	if err != nil {
		return nil, err
	}
	named := map[ingest.ID][]string{}
	var id ingest.ID
	var kinds []string
	_, err = pgx.ForEachRow(rows, []any{&id, &kinds}, func() error { named[id], kinds = kinds, nil; return nil })
	return named, err
}

func (s *Store) exportHeld(ctx context.Context, tx pgx.Tx, o ingest.ExportOrder, f *exportFile) error {
	var m mark
	list := rowsOf{sqlTicketsBy[ingest.SortLikely], append(s.having(texted{TicketFilter: o.Held}), nil, nil, nil, nil), byLikely(&m), &m.ID}
	return list.write(ctx, tx, f, ingest.TicketHead, func(ids []ingest.ID) error {
		items, err := s.readTickets(ctx, tx, ids)
		for _, t := range items {
			if err == nil {
				err = f.row(ingest.TicketCells(t), t.ID, t.ContactID)
			}
		}
		return err
	})
}

// rowsOf is a list's statement without limits, and the fields of its rows, of
// which one is their id.
type rowsOf struct {
	sql    string
	args   []any
	fields []any
	id     *ingest.ID
}

// write writes the line of names, and the rows. The database keeps the list: so
// many of its ids are here at a time. What does not fit is only counted.
func (l rowsOf) write(ctx context.Context, tx pgx.Tx, f *exportFile, head []string, write func([]ingest.ID) error) error {
	if _, err := tx.Exec(ctx, "declare exported no scroll cursor for "+l.sql, append([]any{planned}, l.args...)...); err != nil {
		return err
	}
	var read int64
	_, err := f.Write(ingest.AppendCSV([]byte(ingest.ByteOrderMark), head))
	for err == nil {
		var ids []ingest.ID
		if ids, err = l.fetch(ctx, tx); err != nil || len(ids) == 0 {
			return err
		}
		read += int64(len(ids))
		err = write(ids)
	}
	if !errors.Is(err, errTooLarge) {
		return err
	}
	rest, err := tx.Exec(ctx, "move forward all in exported")
	if err != nil {
		return err
	}
	return tooMany{read + rest.RowsAffected()}
}

func (l rowsOf) fetch(ctx context.Context, tx pgx.Tx) ([]ingest.ID, error) {
	// Described each time: rows of different lists are different.
	rows, err := tx.Query(ctx, fmt.Sprintf("fetch %d from exported", exportPart), pgx.QueryExecModeDescribeExec)
	if err != nil {
		return nil, err
	}
	ids := make([]ingest.ID, 0, exportPart)
	_, err = pgx.ForEachRow(rows, l.fields, func() error { ids = append(ids, *l.id); return nil })
	return ids, err
}
