package postgres

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlHoldSet       = statement("hold_set")
	sqlHoldLift      = statement("hold_lift")
	sqlMessageOnHold = statement("message_on_hold")
)

// SetLegalHold puts a contact under a legal hold, under the exclusive rules
// lock: whatever deletes for good takes that lock shared, so that nothing which
// the hold covers is deleted once this returns. One that stands gets the new
// terms. It covers those whom the contact is merged with, too.
func (s *Store) SetLegalHold(ctx context.Context, o ingest.HoldOrder) error {
	err := s.changeHold(ctx, o.Contact, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlHoldSet, o.Contact, s.now(), text(o.Actor), text(o.Reason), o.Until); err != nil {
			return err
		}
		return tellContact(ctx, tx, "contact.legal_hold", o.Contact, o.Actor, map[string]any{"until": o.Until})
	})
	if err != nil {
		return fmt.Errorf("set a legal hold: %w", err)
	}
	return nil
}

// LiftLegalHold ends a contact's legal hold, if there is one.
func (s *Store) LiftLegalHold(ctx context.Context, contact ingest.ID, actor string) error {
	err := s.changeHold(ctx, contact, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlHoldLift, contact)
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return tellContact(ctx, tx, "contact.legal_hold_lifted", contact, actor, nil)
	})
	if err != nil {
		return fmt.Errorf("lift a legal hold: %w", err)
	}
	return nil
}

func (s *Store) changeHold(ctx context.Context, contact ingest.ID, do func(pgx.Tx) error) error {
	return s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
			return err
		}
		if _, err := lockedContact(ctx, tx, contact); err != nil {
			return err
		}
		return do(tx)
	})
}

// mayDelete refuses an order to delete, of which nothing would be done: all that
// the query, called with args and the time, asks about is under legal holds.
func (s *Store) mayDelete(ctx context.Context, tx pgx.Tx, kind ingest.JobKind, query string, args ...any) error {
	if !kind.Deletes() {
		return nil
	}
	var kept bool
	if err := tx.QueryRow(ctx, query, append(args, s.now())...).Scan(&kept); err != nil {
		return err
	}
	if kept {
		return ingest.ErrLegalHold
	}
	return nil
}

// messageFree takes the rules lock, shared, and refuses to have a message
// deleted that a legal hold covers.
func (s *Store) messageFree(ctx context.Context, tx pgx.Tx, id ingest.ID) error {
	if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
		return err
	}
	return s.mayDelete(ctx, tx, ingest.JobDelete, sqlMessageOnHold, id)
}

// holdColumns are a contact's.
type holdColumns struct {
	at         *time.Time
	by, reason string
	until      *time.Time
}

func (c holdColumns) hold() *ingest.LegalHold {
	if c.at == nil {
		return nil
	}
	return &ingest.LegalHold{At: *c.at, By: c.by, Reason: c.reason, Until: c.until}
}
