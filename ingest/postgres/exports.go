package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlExportInsert  = statement("export_insert")
	sqlExportsList   = statement("exports_list")
	sqlExportsRead   = statement("exports_read")
	sqlExportChunk   = statement("export_chunk")
	sqlExportsDrop   = statement("exports_drop")
	sqlExportsSpoil  = statement("exports_spoil")
	sqlExportsSpoilt = statement("exports_spoilt")
	sqlExportsForget = statement("exports_forget")
)

// exportChunk is the size of a file's chunks, but for the last.
const exportChunk = 256 << 10

// Export starts a job that makes a file; its number is the file's. One at a
// time is made of a kind. [ingest.ErrExports]: too many are kept.
func (s *Store) Export(ctx context.Context, o ingest.ExportOrder) (int64, error) {
	var job int64
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		kind, scope := ingest.JobExport, "export:"+string(o.What)
		if o.What == ingest.ExportDossier {
			kind, scope = ingest.JobDossier, "dossier:"+o.Contact.String()
		}
		if err := lockScope(ctx, tx, scope); err != nil {
			return err
		}
		if job, err = insertJob(ctx, tx, kind, scope, 0, "", o.Actor); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sqlExportInsert, job, o.What, toJSON(o), s.now().Add(ingest.ExportKept), ingest.ExportsMost)
		if err == nil && tag.RowsAffected() == 0 {
			err = ingest.ErrExports
		}
		return err
	})
	if err != nil {
		return 0, fmt.Errorf("export: %w", err)
	}
	return job, nil
}

// Exports lists the files that tell of these, newest first.
func (s *Store) Exports(ctx context.Context, what []ingest.ExportWhat, p ingest.Part) (ingest.List[ingest.Export], error) {
	m, err := after(p.After)
	if err != nil {
		return ingest.List[ingest.Export]{}, err
	}
	limit := limitOf(p.Limit)
	list, more, err := marks(ctx, s.pool, limit, byN, sqlExportsList, what, m.n(), limit+1)
	var items []ingest.Export
	if err == nil {
		items, err = s.readExports(ctx, numbersOf(list))
	}
	if err != nil {
		return ingest.List[ingest.Export]{}, fmt.Errorf("list exports: %w", classify(err))
	}
	return listed(items, list, more), nil
}

// ExportOf returns a file, without its content.
func (s *Store) ExportOf(ctx context.Context, id int64) (ingest.Export, error) {
	list, err := s.readExports(ctx, []int64{id})
	return one(list, classify(err), "export", id)
}

func (s *Store) readExports(ctx context.Context, ids []int64) ([]ingest.Export, error) {
	rows, err := s.pool.Query(ctx, sqlExportsRead, ids, s.now())
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Export, error) {
		var e ingest.Export
		err := row.Scan(&e.ID, &e.What, &e.State, &e.Rows, &e.Bytes, &e.SHA256, &e.Error, &e.CreatedBy, &e.CreatedAt, &e.MadeAt, &e.ExpiresAt)
		e.Explain()
		return e, err
	})
}

// ExportChunk returns the n-th 256 KiB of a file, from 0. [ingest.ErrNotFound]:
// the file has gone, or is not so long.
func (s *Store) ExportChunk(ctx context.Context, id int64, n int) ([]byte, error) {
	var chunk []byte
	err := s.pool.QueryRow(ctx, sqlExportChunk, id, n, s.now()).Scan(&chunk)
	return chunk, classify(err)
}

// DropExport deletes a file. [ingest.ErrConflict]: a job still makes it, cancel
// that; one that has gone stays gone.
func (s *Store) DropExport(ctx context.Context, id int64, actor string) error {
	e, err := s.ExportOf(ctx, id)
	if err != nil || e.State == ingest.ExportGone {
		return err
	}
	return s.tx(ctx, func(tx pgx.Tx) error {
		if err := s.dropExports(ctx, tx, &id, "deleted"); err != nil {
			return err
		}
		var kept bool
		if err := tx.QueryRow(ctx, "select gone = '' from exports where job = $1", id).Scan(&kept); err != nil {
			return err
		}
		if kept {
			return fmt.Errorf("export %d is still being made: cancel its job: %w", id, ingest.ErrConflict)
		}
		return record(ctx, tx, actor, "export.delete", fmt.Sprintf("export:%d", id), nil)
	})
}

// DropOldExports deletes the files that are past their time.
func (s *Store) DropOldExports(ctx context.Context) error {
	return classify(s.dropExports(ctx, s.pool, nil, "expired"))
}

func (s *Store) dropExports(ctx context.Context, q querier, id *int64, why string) error {
	_, err := q.Exec(ctx, sqlExportsDrop, id, why, s.now())
	return err
}

// forgetExports deletes the files that tell of contacts, tickets or dead messages
// whose content is deleted in the same transaction. What is being made of it is
// made anew.
func forgetExports(ctx context.Context, tx pgx.Tx, subjects []ingest.ID) error {
	rows, err := tx.Query(ctx, sqlExportsSpoil, subjects)
	if err != nil {
		return err
	}
	spoilt, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlExportsSpoilt, spoilt); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlExportsForget, subjects) // with what was made before the statements above
	return err
}

// exportEnds is until when a file is kept that is made now.
func (s *Store) exportEnds() time.Time { return s.now().Add(ingest.ExportKept) }
