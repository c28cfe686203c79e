package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlDossierTake     = statement("dossier_take")
	sqlDossierSubjects = statement("dossier_subjects")
	sqlDossierBegin    = statement("dossier_begin")
	sqlDossierClear    = statement("dossier_clear")
	sqlDossierChunkAdd = statement("dossier_chunk_add")
	sqlDossierMade     = statement("dossier_made")
)

// Dossier starts a job that makes a ZIP of all that is stored of a person: of the
// contact, and of whoever it is merged with. [ingest.ErrErased]: nothing is.
func (s *Store) Dossier(ctx context.Context, contact ingest.ID, actor string) (int64, error) {
	if _, err := s.dossierOf(ctx, s.pool, contact); err != nil {
		return 0, fmt.Errorf("dossier: %w", classify(err))
	}
	return s.Export(ctx, ingest.ExportOrder{What: ingest.ExportDossier, Contact: contact, Actor: actor})
}

// dossierOf is whom a dossier is of. A legal hold keeps nobody from reading.
func (s *Store) dossierOf(ctx context.Context, q querier, contact ingest.ID) (*subject, error) {
	p, err := subjectOf(ctx, q, contact)
	if err != nil {
		return nil, err
	}
	if _, err = s.mayErase(ctx, q, p); errors.Is(err, ingest.ErrLegalHold) {
		err = nil
	}
	return p, err
}

// MakeDossiers makes the dossiers that are to be made and that no other process
// is making, one after the other, and reports whether it was busy with one. Texts
// that only the raw bytes of messages say r reads again. One of five gigabytes
// takes minutes: then the next one waits, and nothing else does.
func (s *Store) MakeDossiers(ctx context.Context, r Reader) (worked bool, err error) {
	return s.makeDue(ctx, ingest.JobDossier, func(ctx context.Context, id int64) (bool, error) { return s.tryDossier(ctx, id, r) })
}

// tryDossier makes a dossier, unless another process does. It reads in one
// transaction of one moment, which may last for minutes, and so writes in others:
// a long one that writes would keep the log of events and the audit from going
// on. What is deleted meanwhile ends it, and it is begun anew.
func (s *Store) tryDossier(ctx context.Context, id int64, r Reader) (made bool, err error) {
	d := &dossier{s: s, ctx: ctx, reader: r, id: id}
	err = d.make()
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil && d.begun && ctx.Err() == nil {
		err = errors.Join(err, d.clear())
	}
	return s.tried(ctx, id, true, err)
}

// make reads and writes a dossier, and ends its job. [pgx.ErrNoRows]: it is not
// to be made, or another process makes it.
func (d *dossier) make() error {
	err := pgx.BeginTxFunc(d.ctx, d.s.pool, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		for _, set := range []string{"statement_timeout = 0", "idle_in_transaction_session_timeout = '10min'"} { // while it waits for memory, or writes
			if _, err := tx.Exec(d.ctx, "set local "+set); err != nil {
				return err
			}
		}
		d.tx = tx
		contact, err := d.take()
		if err != nil {
			return err
		}
		if err := d.begin(contact); err != nil {
			return err
		}
		return d.write()
	})
	if err != nil {
		return err
	}
	return d.s.tx(d.ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(d.ctx, sqlDossierMade, append(d.file.made(d.s), d.again)...)
		if err == nil && tag.RowsAffected() == 0 {
			err = errOvertaken
		}
		if err != nil {
			return err
		}
		return jobEvent(d.ctx, tx, "job.done", d.id, ingest.JobDossier, "")
	})
}

// take returns whose dossier it is, and locks it against other processes for as
// long as it is read. What it reads is of the moment that all else is read at.
func (d *dossier) take() (contact ingest.ID, err error) {
	var order string
	if err := d.tx.QueryRow(d.ctx, sqlDossierTake, d.id).Scan(&d.again, &order); err != nil {
		return contact, err
	}
	if order == "" {
		return contact, ingest.ErrExportGone
	}
	var o ingest.ExportOrder
	err = json.Unmarshal([]byte(order), &o)
	return o.Contact, err
}

// begin deletes what was written of it before, and writes down by whom and what
// those find it who delete from now on. Who did so since the moment that it reads
// has raised its number, which begin finds out.
func (d *dossier) begin(contact ingest.ID) (err error) {
	d.subject, err = d.s.dossierOf(d.ctx, d.tx, contact)
	if errors.Is(err, ingest.ErrErased) || errors.Is(err, ingest.ErrNotFound) {
		return ingest.ErrExportGone
	}
	if err != nil {
		return err
	}
	rows, err := d.tx.Query(d.ctx, sqlDossierSubjects, d.contacts, d.senders())
	if err != nil {
		return err
	}
	subjects, err := pgx.CollectRows(rows, pgx.RowTo[ingest.ID])
	if err != nil {
		return err
	}
	return d.s.tx(d.ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(d.ctx, sqlDossierBegin, d.id, d.again).Scan(&d.again); errors.Is(err, pgx.ErrNoRows) {
			return errOvertaken
		} else if err != nil {
			return err
		}
		d.begun = true
		if _, err := tx.Exec(d.ctx, "delete from export_chunks where job = $1", d.id); err != nil {
			return err
		}
		return chunksIn(d.ctx, tx, d.id)(beforeFirst, []byte{}, subjects)
	})
}

// beforeFirst numbers a chunk without octets, which says of whom a dossier is
// before there is any of it.
const beforeFirst = -1

// add stores each chunk by itself.
func (d *dossier) add(n int, chunk []byte, subjects []ingest.ID) error {
	tag, err := d.s.pool.Exec(d.ctx, sqlDossierChunkAdd, d.id, n, chunk, subjects, d.again)
	if err == nil && tag.RowsAffected() == 0 {
		err = errOvertaken
	}
	return err
}

// clear deletes what was written of it, unless it was begun anew since: one that
// was cancelled or failed leaves nothing.
func (d *dossier) clear() error {
	_, err := d.s.pool.Exec(d.ctx, sqlDossierClear, d.id, d.again)
	return err
}
