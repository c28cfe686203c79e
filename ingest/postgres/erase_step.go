package postgres

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sort"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlEraseDue     = statement("erase_due")
	sqlEraseTake    = statement("erase_take")
	sqlErasePage    = statement("erase_page")
	sqlEraseFound   = statement("erase_found")
	sqlEraseRefused = statement("erase_refused")
	sqlEraseWeigh   = statement("erase_weigh")
	sqlEraseAdvance = statement("erase_advance")
)

// pagePer is how many messages a step goes through for each that it may delete.
const pagePer = 8

// stepErasures takes one step in each running erasure.
//
// A step goes through the next messages by id, whoever's they are: no index
// knows all messages of a person, those in other people's conversations among
// them, and none is worth its cost to every message for what happens this
// rarely. When all are gone through the last step empties the contact.
func (s *Store) stepErasures(ctx context.Context, n int) (ingest.Stepped, error) {
	rows, err := s.pool.Query(ctx, sqlEraseDue, s.now())
	if err != nil {
		return ingest.Stepped{}, fmt.Errorf("running erasures: %w", classify(err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return ingest.Stepped{}, fmt.Errorf("running erasures: %w", classify(err))
	}
	return s.eachJob(ctx, ids, func(ctx context.Context, id int64) (one ingest.Stepped, err error) {
		over := false
		err = s.tx(ctx, func(tx pgx.Tx) (err error) {
			one, over, err = s.stepErasure(ctx, tx, id, n)
			return err
		})
		if err != nil || !over {
			return one, err
		}
		err = s.tx(ctx, func(tx pgx.Tx) (err error) {
			one, err = s.endErasure(ctx, tx, id, n)
			return err
		})
		return one, err
	})
}

// erasure is a running one, as a step needs it.
type erasure struct {
	id, job int64
	contact ingest.ID
	was     []ingest.ID // the contacts that it is of, when the last step looked
	reason  string
	after   *ingest.ID // so far messages were gone through
	counts  map[string]int
	by      string
	at      time.Time
	now     time.Time // when legal holds are asked about
	waits   bool      // for parts of messages
	grown   bool      // somebody was merged with them since

	*subject
}

// takeErasure locks a running erasure; nil: another replica steps it, it has
// ended, or it has to wait: a legal hold stops it, and parts of messages become
// messages first.
func (s *Store) takeErasure(ctx context.Context, tx pgx.Tx, job int64) (*erasure, error) {
	e := &erasure{now: s.now()}
	err := tx.QueryRow(ctx, sqlEraseTake, job).Scan(&e.id, &e.job, &e.contact, &e.was, &e.reason, &e.after, &e.counts, &e.by, &e.at, &e.waits)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if e.subject, err = subjectOf(ctx, tx, e.contact); err != nil {
		return nil, err
	}
	if e.grown = !slices.Equal(e.was, e.contacts); e.grown {
		e.after = nil // their messages are to be found, too
		if _, err := tx.Exec(ctx, sqlEraseAdvance, e.id, nil, e.counts, 0, e.contacts); err != nil {
			return nil, err
		}
	}
	switch _, err = s.mayErase(ctx, tx, e.subject); {
	case errors.Is(err, ingest.ErrLegalHold):
		return nil, nil
	case errors.Is(err, ingest.ErrErased): // with somebody whom they were merged with since: this order gets its certificate, too
		return e, nil
	}
	return e, err
}

// stepErasure reports with over that all messages were gone through.
func (s *Store) stepErasure(ctx context.Context, tx pgx.Tx, job int64, n int) (one ingest.Stepped, over bool, err error) {
	if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
		return one, false, err
	}
	e, err := s.takeErasure(ctx, tx, job)
	if err != nil || e == nil {
		return one, false, err
	}
	var end *ingest.ID
	if err := tx.QueryRow(ctx, sqlErasePage, e.after, n*pagePer).Scan(&end); err != nil {
		return one, false, err
	}
	if end == nil {
		return one, !e.waits, nil
	}
	one, err = e.walk(ctx, tx, *end, n)
	return one, false, err
}

// walk deletes what is the person's up to an id, n messages at most. What is
// still to be settled stays where it is, and so does the mark: the next step
// looks again.
func (e *erasure) walk(ctx context.Context, tx pgx.Tx, end ingest.ID, n int) (ingest.Stepped, error) {
	f, err := e.find(ctx, tx, end, n)
	if err != nil {
		return ingest.Stepped{}, err
	}
	purged, err := f.purge(ctx, tx, e)
	if err != nil {
		return ingest.Stepped{}, err
	}
	switch {
	case f.waiting:
	case f.n == n:
		e.after = &f.last
	default:
		e.after = &end
	}
	_, err = tx.Exec(ctx, sqlEraseAdvance, e.id, e.after, e.counts, purged, e.contacts)
	return ingest.Stepped{Worked: !f.waiting || purged > 0, Lanes: f.lanes}, err
}

// theirs is what a step found, by state.
type theirs struct {
	of      map[ingest.State][]ingest.ID
	held    taken
	waiting bool  // some are to be settled first
	lanes   []int // where
	n       int
	last    ingest.ID // the greatest
}

func (e *erasure) find(ctx context.Context, tx pgx.Tx, end ingest.ID, n int) (*theirs, error) {
	f := &theirs{of: map[ingest.State][]ingest.ID{}, held: taken{tickets: map[ingest.ID]int32{}}}
	rows, err := tx.Query(ctx, sqlEraseFound, e.after, end, e.contacts, e.senders(), n, e.now)
	if err != nil {
		return nil, err
	}
	var id ingest.ID
	var ticket *ingest.ID
	var state ingest.State
	var lane int16
	_, err = pgx.ForEachRow(rows, []any{&id, &state, &ticket, &lane}, func() error {
		f.n++
		f.of[state] = append(f.of[state], id)
		if string(id[:]) > string(f.last[:]) {
			f.last = id
		}
		switch state {
		case ingest.Held:
			f.held.tickets[*ticket]++
		case ingest.Received:
			f.waiting, f.lanes = true, append(f.lanes, int(lane))
		}
		return nil
	})
	sort.Ints(f.lanes)
	f.lanes = slices.Compact(f.lanes)
	return f, err
}

// purge deletes what was found, and returns how many messages are purged now.
func (f *theirs) purge(ctx context.Context, tx pgx.Tx, e *erasure) (purged int, err error) {
	for _, of := range []struct {
		state ingest.State
		class string
	}{{ingest.Conversed, ingest.ErasedConversed}, {ingest.Held, ingest.ErasedHeld}, {ingest.Dead, ingest.ErasedDead}} {
		ids := f.of[of.state]
		if len(ids) == 0 {
			continue
		}
		if err := e.weigh(ctx, tx, ids); err != nil {
			return 0, err
		}
		if _, err := tx.Exec(ctx, sqlJobPurge, ids, e.job, e.by, of.state); err != nil {
			return 0, err
		}
		e.counts[of.class] += len(ids)
		purged += len(ids)
	}
	if refused := f.of[ingest.Refused]; len(refused) > 0 {
		if _, err := tx.Exec(ctx, sqlEraseRefused, refused); err != nil {
			return 0, err
		}
		e.counts[ingest.ErasedRefused] += len(refused)
	}
	if len(f.held.tickets) == 0 {
		return purged, nil
	}
	return purged, e.countExports(ctx, tx, func([]ingest.ID) error { return f.held.shrinkTickets(ctx, tx, ticketDeleted, &e.job) })
}

func (e *erasure) weigh(ctx context.Context, tx pgx.Tx, ids []ingest.ID) error {
	var raw, files, bytes int
	if err := tx.QueryRow(ctx, sqlEraseWeigh, ids).Scan(&raw, &files, &bytes); err != nil {
		return err
	}
	e.counts[ingest.ErasedRaw] += raw
	e.counts[ingest.ErasedFiles] += files
	e.counts[ingest.ErasedFileBytes] += bytes
	return nil
}
