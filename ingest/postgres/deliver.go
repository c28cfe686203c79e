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
	sqlEndpointsBehind     = statement("endpoints_behind")
	sqlEndpointSpread      = statement("endpoint_spread")
	sqlReplaySpread        = statement("replay_spread")
	sqlEndpointsDue        = statement("endpoints_due")
	sqlEndpointTake        = statement("endpoint_take")
	sqlEndpointKeys        = statement("endpoint_keys")
	sqlDeliveriesClaim     = statement("deliveries_claim")
	sqlDeliveriesDelivered = statement("deliveries_delivered")
	sqlDeliveryFailed      = statement("delivery_failed")
	sqlDeliveryReturn      = statement("delivery_return")
	sqlEndpointFailed      = statement("endpoint_failed")
	sqlEndpointRest        = statement("endpoint_rest")
)

// The log is the outbox: what happened is in it by the transaction in which it
// happened. Each endpoint has a place in it, which moves in the transaction that
// makes the deliveries of what lies before it.

// SpreadEvents moves each endpoint on in the log, and each replay, by at most n
// events, and returns the endpoints for which there is something new. more: some
// have not come to the end. Any number of processes may.
func (s *Store) SpreadEvents(ctx context.Context, n int) (fresh []ingest.ID, more bool, err error) {
	type behind struct {
		Endpoint ingest.ID
		Replay   int64
	}
	rows, err := s.pool.Query(ctx, sqlEndpointsBehind)
	if err != nil {
		return nil, false, fmt.Errorf("spread events: %w", classify(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowToStructByPos[behind])
	if err != nil {
		return nil, false, fmt.Errorf("spread events: %w", classify(err))
	}
	for _, b := range list {
		sql, id := sqlEndpointSpread, any(b.Endpoint)
		if b.Replay != 0 {
			sql, id = sqlReplaySpread, b.Replay
		}
		var looked, made int
		if err := s.pool.QueryRow(ctx, sql, id, n, s.now()).Scan(&looked, &made); err != nil {
			return fresh, more, fmt.Errorf("spread events: %w", classify(err))
		}
		more = more || looked == n
		if made > 0 {
			fresh = append(fresh, b.Endpoint)
		}
	}
	return fresh, more, nil
}

// EndpointsDue are those that something could be sent to now.
func (s *Store) EndpointsDue(ctx context.Context) ([]ingest.ID, error) {
	rows, err := s.pool.Query(ctx, sqlEndpointsDue, s.now())
	if err != nil {
		return nil, fmt.Errorf("endpoints that are due: %w", classify(err))
	}
	list, err := pgx.CollectRows(rows, pgx.RowTo[ingest.ID])
	return list, classify(err)
}

// How many tries at one endpoint are under way in all processes, and how many
// while it fails.
const (
	atOnce        = 8
	atOnceFailing = 1
)

// ClaimDeliveries takes at most n deliveries of an endpoint for one try each,
// which may last as long as lease: then they may be taken again. Nothing: none
// is due, or enough are under way.
func (s *Store) ClaimDeliveries(ctx context.Context, id ingest.ID, n int, lease time.Duration) (to ingest.EndpointTarget, list []ingest.DeliveryTask, err error) {
	now := s.now()
	var broken error
	err = s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, withoutFlush); err != nil {
			return err
		}
		var blob []byte
		var failing bool
		err := tx.QueryRow(ctx, sqlEndpointTake, id, now).Scan(&blob, &to.Format, &to.Scheme, &failing)
		if errors.Is(err, pgx.ErrNoRows) {
			return nil
		}
		if err != nil {
			return err
		}
		if broken = s.openTarget(ctx, tx, &to, id, blob, now); broken != nil {
			return s.failEndpoint(ctx, tx, id, now, ingest.Attempt{Error: ingest.DeliverySecret})
		}
		most := atOnce
		if failing {
			most = atOnceFailing
		}
		rows, err := tx.Query(ctx, sqlDeliveriesClaim, id, now, now.Add(lease), n, most)
		if err != nil {
			return err
		}
		list, err = pgx.CollectRows(rows, scanTask)
		return err
	})
	if err = errors.Join(err, broken); err != nil {
		return to, nil, fmt.Errorf("claim deliveries of endpoint %s: %w", id, err)
	}
	return to, list, nil
}

func scanTask(row pgx.CollectableRow) (t ingest.DeliveryTask, err error) {
	e := &t.Event
	err = row.Scan(&t.ID, &t.Token, &t.Try, &t.Lane, &e.ID, &e.Type, &e.At, &e.Conversation, &e.Contact, &e.Message, &e.Data)
	return t, err
}

// openTarget opens an endpoint's secrets.
func (s *Store) openTarget(ctx context.Context, q querier, to *ingest.EndpointTarget, id ingest.ID, url []byte, now time.Time) (err error) {
	to.ID = id
	if to.URL, err = s.opened(url, forEndpointURL(id)); err != nil {
		return err
	}
	rows, err := q.Query(ctx, sqlEndpointKeys, id, now)
	if err != nil {
		return err
	}
	blobs, err := pgx.CollectRows(rows, pgx.RowTo[[]byte])
	if err != nil {
		return err
	}
	for _, blob := range blobs {
		key, err := s.opened(blob, forEndpointKey(id))
		if err != nil {
			return err
		}
		to.Keys = append(to.Keys, key)
	}
	return nil
}

// withoutFlush has a transaction's end not wait for the disk. Who forgets a lease,
// or that something was delivered, when the database server dies, tries again:
// that is no loss, and an event may come twice after a death anyway.
const withoutFlush = "set local synchronous_commit = off"

// EndDelivered writes down that an endpoint took deliveries. Those that took
// longer than their lease are another's now, and left.
func (s *Store) EndDelivered(ctx context.Context, endpoint ingest.ID, list []ingest.DeliveryTask, attempts []ingest.Attempt) error {
	var ids []int64
	var tokens, statuses []int
	var said []string
	for i, t := range list {
		ids, tokens = append(ids, t.ID), append(tokens, t.Token)
		statuses, said = append(statuses, attempts[i].Status), append(said, toJSON(attempts[i]))
	}
	err := s.tx(ctx, func(tx pgx.Tx) error {
		b := &pgx.Batch{}
		b.Queue(withoutFlush)
		b.Queue(sqlDeliveriesDelivered, ids, tokens, endpoint, s.now(), statuses, said)
		return tx.SendBatch(ctx, b).Close()
	})
	if err != nil {
		return fmt.Errorf("end of %d deliveries: %w", len(list), classify(err))
	}
	return nil
}

// EndFailed writes down why a try failed. ErrFenced: it took longer than its
// lease, and is another's now.
func (s *Store) EndFailed(ctx context.Context, endpoint ingest.ID, t ingest.DeliveryTask, a ingest.Attempt) error {
	now := s.now()
	var ended int
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if a.Error != ingest.DeliveryExpired { // which is no fault of its
			if err := s.failEndpoint(ctx, tx, endpoint, now, a); err != nil {
				return err
			}
		}
		return tx.QueryRow(ctx, sqlDeliveryFailed, t.ID, t.Token, endpoint, t.Again(now, a), now, a.Status, a.Error, toJSON(a)).Scan(&ended)
	})
	if err == nil && ended == 0 {
		err = ingest.ErrFenced
	}
	if err != nil {
		return fmt.Errorf("end of delivery %d: %w", t.ID, classify(err))
	}
	return nil
}

// failEndpoint notes a failed try: the endpoint rests, or is switched off, which
// is told.
func (s *Store) failEndpoint(ctx context.Context, tx pgx.Tx, id ingest.ID, now time.Time, a ingest.Attempt) error {
	var failures int
	var since time.Time
	var off bool
	err := tx.QueryRow(ctx, sqlEndpointFailed, id, now, a.Error).Scan(&failures, &since, &off)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // it was deleted
	}
	if err != nil {
		return err
	}
	reason := ""
	switch {
	case a.Gone():
		reason = ingest.OffGone
	case now.Sub(since) >= ingest.DeliveryDay:
		reason = ingest.OffFailing
	}
	if _, err := tx.Exec(ctx, sqlEndpointRest, id, now.Add(ingest.Rest(failures, a)), reason, now); err != nil || reason == "" || off {
		return err
	}
	var events eventColumns
	events.add("endpoint.disabled", ingest.ID{}, ingest.ID{}, ingest.ID{}, map[string]string{"endpoint": id.String(), "reason": reason})
	return events.insert(ctx, tx)
}

// ReturnDelivery gives back what was not tried to an end.
func (s *Store) ReturnDelivery(ctx context.Context, t ingest.DeliveryTask) error {
	_, err := s.pool.Exec(ctx, sqlDeliveryReturn, t.ID, t.Token)
	return classify(err)
}

// Target is what a try needs of an endpoint, in whatever state it is.
func (s *Store) Target(ctx context.Context, id ingest.ID) (to ingest.EndpointTarget, err error) {
	var blob []byte
	err = s.pool.QueryRow(ctx, "select url, format, scheme from endpoints where id = $1", id).Scan(&blob, &to.Format, &to.Scheme)
	if err != nil {
		return to, fmt.Errorf("endpoint %s: %w", id, classify(err))
	}
	if err := s.openTarget(ctx, s.pool, &to, id, blob, s.now()); err != nil {
		return to, fmt.Errorf("endpoint %s: %w", id, err)
	}
	return to, nil
}
