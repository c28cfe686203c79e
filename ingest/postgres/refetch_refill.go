package postgres

import (
	"context"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlRefetchContent = statement("refetch_content")
	sqlRefetchParts   = statement("refetch_parts")
	sqlRefetchReceive = statement("refetch_receive")
	sqlRefetchDead    = statement("refetch_dead")
)

// refill gives rows their content, and receives again those that were refused.
func (r *refetch) refill(ctx context.Context, tx pgx.Tx) error {
	if len(r.known) == 0 {
		return nil
	}
	var c columns
	for _, it := range r.known {
		c.add(it)
	}
	if _, err := tx.Exec(ctx, sqlRefetchContent, c.id, c.sender, c.envelope, c.thread, c.answers, c.sentAt); err != nil {
		return err
	}
	var mailbox string
	if r.load.move != nil {
		mailbox = r.load.move.Mailbox
	}
	_, err := tx.Exec(ctx, sqlRefetchParts, c.bodyOf, c.bodyText, c.bodyReply, c.bodyHTML, c.bodyDoc, c.rawOf, c.rawData,
		c.printOf, c.printKind, c.printHash, r.channel, mailbox, r.load.era())
	if err != nil {
		return err
	}
	if err := (&load{items: r.known}).appendChunks(ctx, tx); err != nil {
		return err
	}
	if err := c.writeFiles(ctx, tx, r.load.now); err != nil {
		return err
	}
	if r.part.Rule == 0 {
		return nil
	}
	if _, err := tx.Exec(ctx, sqlRefetchReceive, c.id, r.part.Job, r.actor); err != nil {
		return err
	}
	return r.bury(ctx, tx)
}

// bury makes those dead that cannot be read.
func (r *refetch) bury(ctx context.Context, tx pgx.Tx) error {
	var ids []ingest.ID
	var reasons, notes []string
	for _, it := range r.known {
		if it.arrival.Problem != "" {
			ids, reasons, notes = append(ids, it.id), append(reasons, string(it.arrival.Problem)), append(notes, text(it.arrival.Note))
		}
	}
	if ids == nil {
		return nil
	}
	_, err := tx.Exec(ctx, sqlRefetchDead, ids, reasons, notes, r.part.Job, r.actor)
	return err
}
