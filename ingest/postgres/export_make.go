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
	sqlContactsRules  = statement("contacts_rules")
)

// exportPart is how many rows a file is made of at a time.
const exportPart = 500

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
	due, err := pgx.CollectRows(rows, pgx.RowToStructByPos[dueExport])
	if err != nil {
		return false, fmt.Errorf("exports: %w", classify(err))
	}
	var failed error // a file that fails stops no other
	for _, x := range due {
		try := s.tryExport
		if x.Kind == ingest.JobDossier {
			try = s.tryDossier
		}
		made, err := try(ctx, x.ID)
		if worked = worked || made; err != nil {
			failed = errors.Join(failed, fmt.Errorf("export %d: %w", x.ID, err))
		}
	}
	return worked, failed
}

// dueExport is a job that is to make a file.
type dueExport struct {
	ID   int64
	Kind ingest.JobKind
}

func (s *Store) tryExport(ctx context.Context, id int64) (made bool, err error) {
	err = pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead}, func(tx pgx.Tx) error {
		made, err = s.export(ctx, tx, id)
		return err
	})
	return s.tried(ctx, id, made, err)
}

// tried makes of what a try came to what the loop is told, and the job.
func (s *Store) tried(ctx context.Context, id int64, made bool, err error) (bool, error) {
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
	return errors.Is(err, errOvertaken) || errors.As(err, &pg) && pg.Code == "40001"
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
	f := newExportFile(id, s.exportMost, chunksIn(ctx, tx, id))
	if err := maker(ctx, tx, o, f); err != nil {
		return true, err
	}
	return true, f.finish(ctx, tx, s)
}

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
	if filter.Q != "" {
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
	list := rowsOf{sqlTicketsBy[ingest.SortLikely], append(s.chosen(o.Held), nil, nil, nil, nil), byLikely(&m), &m.ID}
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
