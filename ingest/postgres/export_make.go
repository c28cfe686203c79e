package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gatehouse/ingest"
)

var (
	sqlExportsDue     = statement("exports_due")
	sqlExportTake     = statement("export_take")
	sqlExportTooLarge = statement("export_too_large")
	sqlContactsCount  = statement("contacts_count")
	sqlContactsRules  = statement("contacts_rules")
)

// What a file is made of at a time, and how short its rows are at least: of more
// rows than fit it is known before that it would be too large.
const (
	exportPart  = 500
	shortestRow = 100 // octets: two ids and a time
)

// tooMany says how many rows a file would have that is too large.
type tooMany struct{ rows int64 }

func (e tooMany) Error() string { return fmt.Sprintf("%d rows: %v", e.rows, errTooLarge) }

// MakeExports makes the files that are to be made and that no other process is
// making, and reports whether it was busy with one. Each is one transaction, of
// one moment: what is cut off is begun again, by any process.
func (s *Store) MakeExports(ctx context.Context) (worked bool, err error) {
	rows, err := s.pool.Query(ctx, sqlExportsDue, s.now())
	if err != nil {
		return false, fmt.Errorf("exports: %w", classify(err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return false, fmt.Errorf("exports: %w", classify(err))
	}
	var failed error // a file that fails stops no other
	for _, id := range ids {
		made, err := s.tryExport(ctx, id)
		if worked = worked || made; err != nil {
			failed = errors.Join(failed, fmt.Errorf("export %d: %w", id, err))
		}
	}
	return worked, failed
}

func (s *Store) tryExport(ctx context.Context, id int64) (made bool, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		made, err = s.export(ctx, tx, id)
		return err
	})
	var many tooMany
	switch {
	case err == nil:
		return made, nil
	case errors.As(err, &many):
		return true, s.failExport(ctx, id, ingest.ExportTooLarge, many.rows)
	case errors.Is(err, ingest.ErrExportGone):
		return true, s.failExport(ctx, id, "gone", 0)
	case ctx.Err() != nil || overtaken(err):
		return false, nil // what it had read was deleted, or it was cancelled: the next look tells
	}
	return false, errors.Join(classify(err), s.strike(ctx, id, err))
}

// overtaken reports that something else changed what a transaction of one
// moment was to change.
func overtaken(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == "40001"
}

// failExport ends the job of a file that cannot be made, whoever tries.
func (s *Store) failExport(ctx context.Context, id int64, code string, rows int64) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		ended, err := endJob(ctx, tx, id, ingest.JobFailed, code)
		if err != nil || !ended {
			return err
		}
		_, err = tx.Exec(ctx, sqlExportTooLarge, id, rows)
		return err
	})
}

// export makes a file, unless somebody else does.
func (s *Store) export(ctx context.Context, tx pgx.Tx, id int64) (bool, error) {
	var o ingest.ExportOrder
	var filter string
	err := tx.QueryRow(ctx, sqlExportTake, id).Scan(&o.What, &filter)
	switch {
	case errors.Is(err, pgx.ErrNoRows):
		return false, nil
	case err != nil:
		return false, err
	case filter == "":
		return true, ingest.ErrExportGone // what was asked for was forgotten
	}
	if err := json.Unmarshal([]byte(filter), &o); err != nil {
		return true, fmt.Errorf("filter: %w", err)
	}
	maker := map[ingest.ExportWhat]func(context.Context, pgx.Tx, ingest.ExportOrder, *exportFile) error{
		ingest.ExportContacts: s.exportContacts,
		ingest.ExportHeld:     s.exportHeld,
	}[o.What]
	if maker == nil {
		return true, fmt.Errorf("nothing is exported that is called %q", o.What)
	}
	f := newExportFile(ctx, tx, id, s.exportMost)
	if err := maker(ctx, tx, o, f); err != nil {
		return true, err
	}
	return true, f.finish(s)
}

func (s *Store) exportContacts(ctx context.Context, tx pgx.Tx, o ingest.ExportOrder, f *exportFile) error {
	list, err := s.exportedContacts(ctx, tx, o.Contacts)
	if err != nil {
		return err
	}
	return writeParts(f, ingest.ContactHead, list, func(ids []ingest.ID) error {
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

// exportedContacts are those that a filter chooses, in the list's order.
func (s *Store) exportedContacts(ctx context.Context, tx pgx.Tx, filter ingest.ContactFilter) ([]mark, error) {
	most := s.exportRows()
	if filter.Q != "" {
		q := searched(filter.Q, filter.Number)
		list, _, err := marks(ctx, tx, most, byTimeID, sqlContactsSearch, q.args(filter, s.now(), nil, most)...)
		return list, err
	}
	args := []any{given(filter.Tag), filter.From, filter.To, given(filter.Standing), s.now(), nil, nil, nil, nil}
	list, more, _, err := walk(ctx, tx, most, byTimeID, sqlContactsList, append(args[:7:7], most+1, most+1)...)
	if err != nil || !more {
		return list, err
	}
	var n int64
	if err := tx.QueryRow(ctx, sqlContactsCount, append([]any{planned}, args...)...).Scan(&n); err != nil {
		return nil, err
	}
	return nil, tooMany{n}
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
	most := s.exportRows()
	args := append(s.chosen(o.Held), nil, nil, nil, most+1)
	list, more, err := marks(ctx, tx, most, byLikely, sqlTicketsBy[ingest.SortLikely], args...)
	if err != nil {
		return err
	}
	if more {
		var b ingest.Blocked
		return errors.Join(s.countTickets(ctx, o.Held, &b), tooMany{int64(b.Total)})
	}
	return writeParts(f, ingest.TicketHead, list, func(ids []ingest.ID) error {
		items, err := s.readTickets(ctx, tx, ids)
		for _, t := range items {
			if err == nil {
				err = f.row(ingest.TicketCells(t), t.ID, t.ContactID)
			}
		}
		return err
	})
}

// exportRows is how many rows a file may have at the very most.
func (s *Store) exportRows() int { return int(s.exportMost / shortestRow) }

// writeParts writes the line of names, and the rows of so many at a time.
func writeParts(f *exportFile, head []string, list []mark, write func([]ingest.ID) error) error {
	_, err := f.Write(ingest.AppendCSV([]byte(ingest.ByteOrderMark), head))
	for at := 0; at < len(list) && err == nil; at += exportPart {
		err = write(idsOf(list[at:min(at+exportPart, len(list))]))
	}
	if errors.Is(err, errTooLarge) {
		return tooMany{int64(len(list))}
	}
	return err
}
