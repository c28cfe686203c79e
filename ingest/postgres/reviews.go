package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlTicketsLikely = statement("tickets_likely")
	sqlReviewAsk     = statement("review_ask")
	sqlReviewsClose  = statement("reviews_close")
	sqlReviewsOfJob  = statement("reviews_of_job")
	sqlReviewsEnded  = statement("reviews_ended")
)

// The bits of tickets.likely, the weightier the higher.
const (
	passedSenderCheck = 1
	answeredBefore    = 2
	reviewAsked       = 4
)

// likely notes of all tickets of a contact, which is locked, why they are
// likely held in error.
func likely(ctx context.Context, q querier, contact ingest.ID, bit int) error {
	_, err := q.Exec(ctx, sqlTicketsLikely, contact, bit)
	return err
}

// AskReview notes an agent's request for a second look at what is held of a
// contact. While one is open another changes nothing.
func (s *Store) AskReview(ctx context.Context, contact ingest.ID, reason, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		contact, err := lockContact(ctx, tx, contact)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, sqlReviewAsk, contact, s.now(), text(actor), text(reason))
		if err != nil || tag.RowsAffected() == 0 {
			return err // one is open already
		}
		if err := likely(ctx, tx, contact, reviewAsked); err != nil {
			return err
		}
		return tellReview(ctx, tx, "review.asked", contact, actor)
	})
	if err != nil {
		return fmt.Errorf("ask for a review: %w", err)
	}
	return nil
}

// CloseReview ends the request for a second look at a contact, if one is open.
func (s *Store) CloseReview(ctx context.Context, contact ingest.ID, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		contact, err := lockContact(ctx, tx, contact)
		if err != nil {
			return err
		}
		return closeReviews(ctx, tx, []ingest.ID{contact}, actor)
	})
	if err != nil {
		return fmt.Errorf("close a review: %w", err)
	}
	return nil
}

// closeReviewsOfJob ends the requests that a release or a lift answers: those of
// the contacts from whose tickets its job takes, 0 for none, and of the contact
// it is about, if one. The job's own rows are there already.
func closeReviewsOfJob(ctx context.Context, tx pgx.Tx, job int64, contact ingest.ID, actor string) error {
	rows, err := tx.Query(ctx, sqlReviewsOfJob, job, contact)
	if err != nil {
		return err
	}
	contacts, err := pgx.CollectRows(rows, pgx.RowTo[ingest.ID])
	if err != nil || len(contacts) == 0 {
		return err
	}
	return closeReviews(ctx, tx, contacts, actor)
}

func closeReviews(ctx context.Context, tx pgx.Tx, contacts []ingest.ID, actor string) error {
	rows, err := tx.Query(ctx, sqlReviewsClose, contacts)
	if err != nil {
		return err
	}
	closed, err := pgx.CollectRows(rows, pgx.RowTo[ingest.ID])
	if err != nil || len(closed) == 0 {
		return err
	}
	if _, err := tx.Exec(ctx, sqlReviewsEnded, closed, reviewAsked); err != nil {
		return err
	}
	for _, id := range closed {
		err = errors.Join(err, tellReview(ctx, tx, "review.closed", id, actor))
	}
	return err
}

func tellReview(ctx context.Context, tx pgx.Tx, what string, contact ingest.ID, actor string) error {
	var events eventColumns
	events.add(what, ingest.ID{}, contact, ingest.ID{}, nil)
	if err := events.insert(ctx, tx); err != nil {
		return err
	}
	return record(ctx, tx, actor, what, "contact:"+contact.String(), nil)
}

// whyLikely names the bits. That a sender passed a check only sorts tickets
// that are likely held in error for more than that.
func whyLikely(bits int) []string {
	why := []string{}
	for _, w := range []struct {
		bit  int
		code string
	}{{reviewAsked, "review_asked"}, {answeredBefore, "answered_before"}, {passedSenderCheck, "sender_check_passed"}} {
		if bits >= answeredBefore && bits&w.bit != 0 {
			why = append(why, w.code)
		}
	}
	return why
}

// reviewColumns are a contact's.
type reviewColumns struct {
	at         *time.Time
	by, reason string
}

func (c reviewColumns) review() *ingest.Review {
	if c.at == nil {
		return nil
	}
	return &ingest.Review{At: *c.at, By: c.by, Reason: c.reason}
}
