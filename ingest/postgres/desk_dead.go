package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlDeadRetry      = statement("dead_retry")
	sqlDeadReread     = statement("dead_reread")
	sqlDeadPurge      = statement("dead_purge")
	sqlBodyReplace    = statement("body_replace")
	sqlDeadTransition = statement("dead_transition")
)

// RetryDead sends a dead message on its way again. What could not be read
// before comes with the message as it is read now, nil if it was readable.
func (s *Store) RetryDead(ctx context.Context, id ingest.ID, read *ingest.Message, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if read != nil {
			if err := s.rewrite(ctx, tx, id, read); err != nil {
				return err
			}
		}
		tag, err := tx.Exec(ctx, sqlDeadRetry, id)
		if err != nil {
			return err
		}
		return noteDead(ctx, tx, tag.RowsAffected(), id, ingest.Received, "dead.retry", actor)
	})
	if err != nil {
		return fmt.Errorf("retry: %w", err)
	}
	return nil
}

// rewrite stores what a message says now that it can be read.
func (s *Store) rewrite(ctx context.Context, tx pgx.Tx, id ingest.ID, m *ingest.Message) error {
	if s.refuser != nil {
		m.Opt, m.OptWord = s.refuser.Opted(*m)
	}
	_, err := tx.Exec(ctx, sqlDeadReread, id, text(m.From.Key()), toJSON(envelopeOf(m)), threadOf(m), answersHash(m.Answers), m.SentAt)
	if err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlBodyReplace, id, text(m.Text), text(m.ReplyText), text(m.HTML), toJSON(documentOf(m)))
	if err != nil {
		return err
	}
	var c columns
	c.addFiles(id, m)
	return c.writeFiles(ctx, tx, s.now())
}

// PurgeDead deletes a dead message for good: its content goes, what makes a
// repeat a repeat stays. What a legal hold keeps is ErrLegalHold.
func (s *Store) PurgeDead(ctx context.Context, id ingest.ID, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if err := s.messageFree(ctx, tx, id); err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sqlDeadPurge, id)
		if err != nil {
			return err
		}
		if _, err := tx.Exec(ctx, sqlContentDelete, []ingest.ID{id}); err != nil {
			return err
		}
		if err := forgetExports(ctx, tx, []ingest.ID{id}); err != nil {
			return err
		}
		return noteDead(ctx, tx, tag.RowsAffected(), id, ingest.Purged, "dead.delete", actor)
	})
	if err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	return nil
}

func noteDead(ctx context.Context, tx pgx.Tx, n int64, id ingest.ID, to ingest.State, action, actor string) error {
	if n == 0 {
		return fmt.Errorf("dead message %s: %w", id, ingest.ErrNotFound)
	}
	if _, err := tx.Exec(ctx, sqlDeadTransition, id, to, actor); err != nil {
		return err
	}
	return record(ctx, tx, actor, action, "message:"+id.String(), nil)
}
