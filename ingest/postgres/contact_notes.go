package postgres

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlNotesOf    = statement("notes_of")
	sqlNoteRead   = statement("note_read")
	sqlNoteAdd    = statement("note_add")
	sqlNoteDelete = statement("note_delete")
)

// Notes lists what the desk wrote about a contact, newest first.
func (s *Store) Notes(ctx context.Context, contact ingest.ID, p ingest.Part) (ingest.List[ingest.Note], error) {
	var list ingest.List[ingest.Note]
	m, err := after(p.After)
	if err != nil {
		return list, err
	}
	if _, err := s.Contact(ctx, contact); err != nil {
		return list, err
	}
	limit := limitOf(p.Limit)
	rows, err := s.pool.Query(ctx, sqlNotesOf, contact, m.n(), limit+1)
	if err == nil {
		list.Items, err = pgx.CollectRows(rows, pgx.RowToStructByPos[ingest.Note])
	}
	if err != nil {
		return ingest.List[ingest.Note]{}, fmt.Errorf("list notes: %w", classify(err))
	}
	if len(list.Items) > limit {
		list.Items = list.Items[:limit]
		list.Next = mark{N: list.Items[limit-1].ID}.String()
	}
	return list, nil
}

// Note is one note about a contact.
func (s *Store) Note(ctx context.Context, contact ingest.ID, note int64) (ingest.Note, error) {
	rows, err := s.pool.Query(ctx, sqlNoteRead, contact, note)
	if err != nil {
		return ingest.Note{}, classify(err)
	}
	n, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[ingest.Note])
	if errors.Is(err, pgx.ErrNoRows) {
		err = ingest.ErrNotFound
	}
	if err != nil {
		return n, fmt.Errorf("note %d: %w", note, classify(err))
	}
	return n, nil
}

// AddNote writes a note about a contact.
func (s *Store) AddNote(ctx context.Context, contact ingest.ID, words, actor string) (note int64, err error) {
	err = s.tx(ctx, func(tx pgx.Tx) error {
		contact, err := lockContact(ctx, tx, contact)
		if err != nil {
			return err
		}
		if err := tx.QueryRow(ctx, sqlNoteAdd, contact, s.now(), text(actor), text(words)).Scan(&note); err != nil {
			return err
		}
		return tellContact(ctx, tx, "contact.noted", contact, actor, map[string]int64{"note": note})
	})
	if err != nil {
		return 0, fmt.Errorf("add a note: %w", err)
	}
	return note, nil
}

// DeleteNote deletes a note for good: one's own, or with all anybody's. Others
// are not found.
func (s *Store) DeleteNote(ctx context.Context, contact ingest.ID, note int64, all bool, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, sqlNoteDelete, contact, note, text(actor), all)
		switch {
		case err != nil:
			return err
		case tag.RowsAffected() == 0:
			return fmt.Errorf("note %d: %w", note, ingest.ErrNotFound)
		}
		return tellContact(ctx, tx, "contact.note_deleted", contact, actor, map[string]int64{"note": note})
	})
	if err != nil {
		return fmt.Errorf("delete a note: %w", err)
	}
	return nil
}
