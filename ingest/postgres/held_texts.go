package postgres

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlHeldUnsearched  = statement("held_unsearched")
	sqlHeldLock        = statement("held_lock")
	sqlHeldTextsWrite  = statement("held_texts_write")
	sqlTicketsSearched = statement("tickets_searched")
	sqlSearcher        = "select pg_try_advisory_xact_lock(4, 0)"
)

// Reader reads messages again whose text is only in their raw bytes.
type Reader interface {
	// Reread makes a message of a kind of channel again from its raw bytes.
	Reread(kind string, raw []byte) (ingest.Message, error)
	// Hold waits for n bytes of the process's memory for raw messages.
	Hold(ctx context.Context, n int64) (release func(), err error)
}

// searchBytes bounds the raw bytes that one step reads again, but for one
// message in any case.
const searchBytes = 16 << 20

// SearchHeld makes the texts of at most n held messages searchable, which it
// finds by their state, and returns how many there were. One process does at a
// time, others find nothing to do.
//
// A message that is released or purged meanwhile is left out: the transaction
// keeps those it writes from being moved, so no text outlives its message's
// place in the blocked list.
func (s *Store) SearchHeld(ctx context.Context, n int, r Reader) (done int, err error) {
	err = s.tx(ctx, func(tx pgx.Tx) error {
		var mine bool
		if err := tx.QueryRow(ctx, sqlSearcher).Scan(&mine); err != nil || !mine {
			return err
		}
		list, err := unsearched(ctx, tx, n)
		if err != nil || len(list) == 0 {
			return err
		}
		if err := s.reread(ctx, list, r); err != nil {
			return err
		}
		done = len(list)
		return writeTexts(ctx, tx, list)
	})
	if err != nil {
		return 0, fmt.Errorf("make held messages searchable: %w", err)
	}
	return done, nil
}

// unread is a held message on its way to be searchable.
type unread struct {
	id       ingest.ID
	kind     string
	envelope envelope
	text     *string // nil: only in the raw bytes
	rawBytes int64
}

func unsearched(ctx context.Context, tx pgx.Tx, n int) ([]*unread, error) {
	rows, err := tx.Query(ctx, sqlHeldUnsearched, n, searchedText)
	if err != nil {
		return nil, err
	}
	var size int64
	var list []*unread
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (*unread, error) {
		m, doc := &unread{}, []byte(nil)
		if err := row.Scan(&m.id, &m.kind, &doc, &m.text, &m.rawBytes); err != nil {
			return nil, err
		}
		return m, json.Unmarshal(doc, &m.envelope)
	})
	for _, m := range all {
		if size += m.rawBytes; size > searchBytes && list != nil {
			break
		}
		list = append(list, m)
	}
	return list, err
}

// reread reads the texts that only the raw bytes have. A message that cannot be
// read again is found by its subject and sender.
func (s *Store) reread(ctx context.Context, list []*unread, r Reader) error {
	of, largest := map[ingest.ID]*unread{}, int64(0)
	var ids []ingest.ID
	for _, m := range list {
		if m.text == nil {
			m.text = new(string)
			ids, of[m.id], largest = append(ids, m.id), m, max(largest, m.rawBytes)
		}
	}
	if ids == nil {
		return nil
	}
	release, err := r.Hold(ctx, largest)
	if err != nil {
		return err
	}
	defer release()
	return s.EachRaw(ctx, ids, func(id ingest.ID, raw []byte) {
		*of[id].text = textOfRaw(r, of[id].kind, raw)
	})
}

// textOfRaw is the readable text of raw bytes, "" if they cannot be read.
func textOfRaw(r Reader, kind string, raw []byte) string {
	m, _ := readAgain(r, kind, raw)
	return m.Text
}

// readAgain makes a message again of its raw bytes, and reports whether it could:
// what panics here must not stop the messages behind it.
func readAgain(r Reader, kind string, raw []byte) (m ingest.Message, read bool) {
	defer func() {
		if recover() != nil {
			m, read = ingest.Message{}, false
		}
	}()
	m, err := r.Reread(kind, raw)
	if err != nil {
		return ingest.Message{}, false
	}
	return m, true
}

// writeTexts writes the texts of what is still held.
func writeTexts(ctx context.Context, tx pgx.Tx, list []*unread) error {
	of := map[ingest.ID]*unread{}
	var ids []ingest.ID
	for _, m := range list {
		ids, of[m.id] = append(ids, m.id), m
	}
	rows, err := tx.Query(ctx, sqlHeldLock, ids)
	if err != nil {
		return err
	}
	var c textColumns
	t := taken{tickets: map[ingest.ID]int32{}}
	var id, ticket ingest.ID
	var seq int64
	_, err = pgx.ForEachRow(rows, []any{&id, &ticket, &seq}, func() error {
		c.add(id, ticket, seq, of[id])
		t.tickets[ticket]++
		return nil
	})
	if err != nil || c.message == nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlHeldTextsWrite, c.message, c.ticket, c.seq, c.preview, c.text); err != nil {
		return err
	}
	tickets, counts := t.ticketColumns()
	if _, err := tx.Exec(ctx, sqlTicketsLock, tickets); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlTicketsSearched, tickets, counts)
	return err
}

// textColumns are rows of held_texts.
type textColumns struct {
	message, ticket []ingest.ID
	seq             []int64
	preview, text   []string
}

func (c *textColumns) add(id, ticket ingest.ID, seq int64, m *unread) {
	c.message, c.ticket, c.seq = append(c.message, id), append(c.ticket, ticket), append(c.seq, seq)
	c.preview, c.text = append(c.preview, text(preview(*m.text))), append(c.text, text(searchText(&m.envelope, *m.text)))
}
