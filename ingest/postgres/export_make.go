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
)

// MakeExports makes the files that are to be made and that no other process is
// making, but for dossiers, and reports whether it was busy with one. Each is one
// transaction, of one moment: what is cut off is begun again, by any process.
func (s *Store) MakeExports(ctx context.Context) (worked bool, err error) {
	return s.makeDue(ctx, ingest.JobExport, s.tryExport)
}

// makeDue tries to make each file of a kind of job; one that fails stops no other.
func (s *Store) makeDue(ctx context.Context, kind ingest.JobKind, try func(context.Context, int64) (bool, error)) (worked bool, err error) {
	rows, err := s.pool.Query(ctx, sqlExportsDue, s.now(), kind)
	if err != nil {
		return false, fmt.Errorf("exports: %w", classify(err))
	}
	due, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return false, fmt.Errorf("exports: %w", classify(err))
	}
	var failed error
	for _, id := range due {
		made, err := s.trySafely(ctx, id, try)
		if worked = worked || made; err != nil {
			failed = errors.Join(failed, fmt.Errorf("export %d: %w", id, err))
		}
	}
	return worked, failed
}

// trySafely tries; a panic over what is read is a strike against that job, and must
// not end the program, which would begin with it again.
func (s *Store) trySafely(ctx context.Context, id int64, try func(context.Context, int64) (bool, error)) (made bool, err error) {
	defer func() {
		if p := recover(); p != nil {
			err = fmt.Errorf("making it panicked: %T", p) // the value may quote what was read
			err = errors.Join(err, s.strike(ctx, id, err))
		}
	}()
	return try(ctx, id)
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
