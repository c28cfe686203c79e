package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlOrdersLock     = "select pg_advisory_xact_lock(3, 0)"
	sqlJobJoins       = statement("job_joins")
	sqlOrderOnHold    = statement("order_on_hold")
	sqlJobAddTickets  = statement("job_add_tickets")
	sqlJobAddMessages = statement("job_add_messages")
)

// ReleaseTickets starts a job that lets what the order names go: it passes the
// blocks and blacklists that stand by now, never a ban. An order that a job
// under way fulfils joins it. With nothing held: ErrNotFound, for messages
// alone ErrNotHeld.
func (s *Store) ReleaseTickets(ctx context.Context, o ingest.TicketOrder) (int64, error) {
	return s.order(ctx, ingest.JobRelease, o)
}

// DeleteTickets starts a job that deletes what the order names for good and
// touches no rule. It joins as a release does. What a legal hold keeps is
// skipped; with nothing else named: ErrLegalHold.
func (s *Store) DeleteTickets(ctx context.Context, o ingest.TicketOrder) (int64, error) {
	return s.order(ctx, ingest.JobDelete, o)
}

// order takes no longer with more messages: the job's first steps look at what
// is in the tickets.
func (s *Store) order(ctx context.Context, kind ingest.JobKind, o ingest.TicketOrder) (int64, error) {
	var job int64
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		if err = lockOrder(ctx, tx, o); err != nil {
			return err
		}
		t, err := s.ordered(ctx, tx, o)
		if err != nil {
			return err
		}
		if err = s.mayDelete(ctx, tx, kind, sqlOrderOnHold, t.tickets, t.messages); err != nil {
			return err
		}
		if err = s.setAlso(ctx, tx, o, t); err != nil {
			return err
		}
		job, err = s.startOrder(ctx, tx, kind, o, t)
		if err == nil && kind == ingest.JobRelease {
			err = closeReviewsOfJob(ctx, tx, job, ingest.ID{}, o.Actor)
		}
		return err
	})
	if err == nil || ingest.Invalid(err) { // what is wrong with the order itself begins with a field's name
		return job, err
	}
	return 0, fmt.Errorf("order a %s: %w", kind, err)
}

// lockOrder takes the rules lock, alone if the order sets rules, and lets one
// order start at a time: two of the same ticket are to become one job.
func lockOrder(ctx context.Context, tx pgx.Tx, o ingest.TicketOrder) error {
	lock := sqlRulesLockShared
	if o.Also != nil {
		lock = sqlRulesLock
	}
	if _, err := tx.Exec(ctx, lock); err != nil {
		return err
	}
	_, err := tx.Exec(ctx, sqlOrdersLock)
	return err
}

// orderedOf is what an order takes: tickets and messages, of those what was
// held at the moment of a snapshot.
type orderedOf struct {
	tickets, messages []ingest.ID
	snapshot          string
}

var errNothingNamed = ingest.AsInvalid(errors.New("tickets: name tickets, messages or a filter"))

func (s *Store) ordered(ctx context.Context, tx pgx.Tx, o ingest.TicketOrder) (orderedOf, error) {
	t := orderedOf{tickets: o.Tickets, messages: o.Messages}
	var err error
	if t.snapshot, err = s.moment(ctx, tx, o.AsOf); err != nil {
		return t, err
	}
	if o.Filter != nil {
		t.tickets, err = s.ticketIDs(ctx, tx, *o.Filter, t.snapshot)
		if err == nil && len(t.tickets) == 0 {
			err = fmt.Errorf("no ticket that the filter chooses: %w", ingest.ErrNotFound)
		}
		return t, err
	}
	if len(t.tickets)+len(t.messages) == 0 {
		err = errNothingNamed
	}
	return t, err
}

// scope names what an order is about. Of one ticket, or one message, there is
// one job at a time.
func (s *Store) scope(t orderedOf) string {
	id := ingest.NewID(s.now())
	switch {
	case len(t.tickets) == 1 && len(t.messages) == 0:
		id = t.tickets[0]
	case len(t.tickets) == 0 && len(t.messages) == 1:
		id = t.messages[0]
	}
	return "selection:" + id.String()
}

func (s *Store) startOrder(ctx context.Context, tx pgx.Tx, kind ingest.JobKind, o ingest.TicketOrder, t orderedOf) (int64, error) {
	var epoch, job int64
	if err := tx.QueryRow(ctx, sqlSettleEpoch).Scan(&epoch); err != nil {
		return 0, err
	}
	if o.To == "" {
		o.To = "auto"
	}
	err := tx.QueryRow(ctx, sqlJobJoins, kind, o.To, epoch, t.tickets, t.messages).Scan(&job)
	switch {
	case err == nil:
		err = record(ctx, tx, o.Actor, "job.join", "job:"+strconv.FormatInt(job, 10), nil)
	case errors.Is(err, pgx.ErrNoRows):
		return s.startAnew(ctx, tx, kind, o, t, epoch)
	}
	if err == nil {
		_, err = t.enter(ctx, tx, job)
	}
	return job, err
}

func (s *Store) startAnew(ctx context.Context, tx pgx.Tx, kind ingest.JobKind, o ingest.TicketOrder, t orderedOf, epoch int64) (int64, error) {
	job, err := insertJob(ctx, tx, kind, s.scope(t), epoch, o.To, o.Actor)
	if err != nil {
		return 0, err
	}
	n, err := t.enter(ctx, tx, job)
	switch {
	case err == nil && n == 0 && len(t.tickets) == 0:
		err = ingest.ErrNotHeld
	case err == nil && n == 0:
		err = fmt.Errorf("no ticket that holds something: %w", ingest.ErrNotFound)
	}
	return job, err
}

// enter writes down what a job is to take and returns how many tickets and
// messages there are.
func (t orderedOf) enter(ctx context.Context, tx pgx.Tx, job int64) (int64, error) {
	var n int64
	for query, ids := range map[string][]ingest.ID{sqlJobAddTickets: t.tickets, sqlJobAddMessages: t.messages} {
		if len(ids) == 0 {
			continue
		}
		tag, err := tx.Exec(ctx, query, job, ids, t.snapshot)
		if err != nil {
			return n, err
		}
		n += tag.RowsAffected()
	}
	return n, nil
}
