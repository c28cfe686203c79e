package postgres

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/ingest"
)

var (
	sqlDossierBegin    = statement("dossier_begin")
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

// tryDossier makes a dossier, unless another process does. It reads in one
// transaction of one moment, which may last for minutes, and so writes in others:
// a long one that writes would keep the log of events and the audit from going
// on. What is deleted meanwhile ends it, and it is begun anew.
func (s *Store) tryDossier(ctx context.Context, id int64) (made bool, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return false, classify(err)
	}
	defer conn.Release()
	var free bool
	if err := conn.QueryRow(ctx, "select pg_try_advisory_lock(34, $1::int)", id).Scan(&free); err != nil || !free {
		return false, classify(err)
	}
	defer unlockDossier(ctx, conn, id)
	d := &dossier{s: s, ctx: ctx}
	err = d.make(conn, id)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	return s.tried(ctx, id, true, err)
}

// unlockDossier frees a dossier for others; with a connection that cannot, the
// lock goes.
func unlockDossier(ctx context.Context, conn *pgxpool.Conn, id int64) {
	ctx, stop := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer stop()
	if _, err := conn.Exec(ctx, "select pg_advisory_unlock(34, $1::int)", id); err != nil {
		_ = conn.Conn().Close(ctx) // it is broken: nothing to be done
	}
}

// make begins a dossier, writes it and ends its job. [pgx.ErrNoRows]: it is not
// to be made.
func (d *dossier) make(conn *pgxpool.Conn, id int64) error {
	contact, again, err := d.begin(id)
	if err != nil {
		return err
	}
	d.file = newExportFile(id, 0, d.chunks(id, again))
	err = pgx.BeginTxFunc(d.ctx, conn, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		if _, err := tx.Exec(d.ctx, "set local statement_timeout = 0"); err != nil {
			return err
		}
		d.tx = tx
		return d.write(contact)
	})
	if err != nil {
		return err
	}
	return d.s.tx(d.ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(d.ctx, sqlDossierMade, append(d.file.made(d.s), again)...)
		if err == nil && tag.RowsAffected() == 0 {
			err = errOvertaken
		}
		if err != nil {
			return err
		}
		return jobEvent(d.ctx, tx, "job.done", id, ingest.JobDossier, "")
	})
}

// begin deletes what was written of a dossier before, and returns whose it is
// and the number that who deletes raises.
func (d *dossier) begin(id int64) (contact ingest.ID, again int64, err error) {
	var order string
	err = d.s.tx(d.ctx, func(tx pgx.Tx) error {
		if err := tx.QueryRow(d.ctx, sqlDossierBegin, id).Scan(&again, &order); err != nil {
			return err
		}
		_, err := tx.Exec(d.ctx, "delete from export_chunks where job = $1", id)
		return err
	})
	if err == nil && order == "" {
		err = ingest.ErrExportGone
	}
	if err != nil {
		return contact, 0, err
	}
	var o ingest.ExportOrder
	err = json.Unmarshal([]byte(order), &o)
	return o.Contact, again, err
}

// chunks stores each chunk by itself.
func (d *dossier) chunks(job, again int64) addChunk {
	return func(n int, chunk []byte, subjects []ingest.ID) error {
		tag, err := d.s.pool.Exec(d.ctx, sqlDossierChunkAdd, job, n, chunk, subjects, again)
		if err == nil && tag.RowsAffected() == 0 {
			err = errOvertaken
		}
		return err
	}
}
