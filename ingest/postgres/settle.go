package postgres

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgxpool"

	"gatehouse/ingest"
)

// Judge decides messages under the rules of one epoch. A settle renews it when
// the database's epoch is newer; since it holds the rules lock then, no
// decision straddles a change.
type Judge interface {
	Epoch() int64
	// Renew learns the rules that changed since Epoch, lifted ones included.
	Renew(epoch int64, changed []ingest.Rule, s ingest.Settings)
	Decide(ingest.Message, ingest.Facts) ingest.Decision
	// Buckets lists those that a message draws from if it is let through;
	// without facts, those that do not depend on any.
	Buckets(ingest.Message, ingest.Facts) []ingest.Bucket
	// Holds lists the conversations, by number, that a message holds a token of.
	Holds(ingest.Message) []int64
}

// waitForAncestor is how long a reply waits for the message it answers to be
// settled in its own lane.
const waitForAncestor = 5 * time.Second

// Settle decides the oldest waiting messages of one lane, at most limit, in
// one transaction (TX 2) of three round trips. Two settles of one lane exclude
// each other: the second returns Busy at once.
//
// What moved under it is settled again. A batch that the database refuses even
// then is tried one message at a time; what fails alone becomes dead.
func (s *Store) Settle(ctx context.Context, lane, limit int, judge Judge) (ingest.Settled, error) {
	_, done, err := s.settle(ctx, lane, limit, judge)
	for try := 0; try < 2 && again(err); try++ {
		_, done, err = s.settle(ctx, lane, limit, judge)
	}
	if !ingest.Invalid(err) {
		return done, err
	}
	w, done, err := s.settle(ctx, lane, 1, judge)
	if !ingest.Invalid(err) || len(w.rows) == 0 {
		done.More = true
		return done, err
	}
	return ingest.Settled{Decided: 1, More: true}, s.giveUp(ctx, lane, w.rows[0].message.ID, err)
}

// again reports whether a settle may succeed at once with what is so by now.
func again(err error) bool {
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code[:2] == "40" || pg.Code[:2] == "23")
}

func (s *Store) settle(ctx context.Context, lane, limit int, judge Judge) (w *world, done ingest.Settled, err error) {
	conn, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, done, fmt.Errorf("settle: %w", classify(err))
	}
	defer conn.Release() // destroys the connection if the transaction is still open
	defer func() {
		if err != nil {
			rollback(ctx, conn)
			err = fmt.Errorf("settle lane %d: %w", lane, classify(err))
		}
	}()
	var got bool
	w, got, err = s.open(ctx, conn, lane, limit, judge)
	if err != nil {
		return w, done, err
	}
	if !got || len(w.rows) == 0 {
		rollback(ctx, conn)
		return w, ingest.Settled{Busy: !got}, nil
	}
	if err := w.learn(ctx, conn, judge); err != nil {
		return w, done, err
	}
	if done, err = w.decideSafely(judge); err != nil {
		return w, done, err
	}
	done.More = len(w.rows) == limit
	if len(w.decided) == 0 {
		rollback(ctx, conn)
		return w, done, nil
	}
	return w, done, w.write(ctx, conn)
}

func rollback(ctx context.Context, conn *pgxpool.Conn) {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	_, _ = conn.Exec(ctx, "rollback") // on failure Release drops the connection
}

var (
	sqlSettleEpoch = statement("settle_begin")
	sqlSettleLane  = statement("settle_lane")
	sqlSettleRows  = statement("settle_rows")
)

// open begins the transaction, takes the locks in their order, each in a
// statement of its own, and reads the lane's rows: one round trip.
func (s *Store) open(ctx context.Context, conn *pgxpool.Conn, lane, limit int, judge Judge) (*world, bool, error) {
	w := newWorld(s)
	var epoch int64
	var got bool
	b := &pgx.Batch{}
	b.Queue("begin")
	if !s.unsafe.noRulesLock {
		b.Queue(sqlRulesLockShared)
	}
	b.Queue(sqlSettleEpoch).QueryRow(func(r pgx.Row) error { return r.Scan(&epoch) })
	b.Queue(sqlSettleLane, lane, s.unsafe.noLanes).QueryRow(func(r pgx.Row) error { return r.Scan(&got) })
	rows := sqlSettleRows
	if s.unsafe.noLanes {
		rows += " skip locked"
	}
	b.Queue(rows, lane, limit).Query(w.readRows)
	if err := conn.SendBatch(ctx, b).Close(); err != nil || !got {
		return w, got, err
	}
	s.unsafe.pause()
	if epoch > judge.Epoch() {
		if err := s.renew(ctx, conn, judge); err != nil {
			return w, true, err
		}
	}
	return w, true, w.nameChannels(ctx)
}

// renew brings the judge to the database's epoch, under the rules lock.
func (s *Store) renew(ctx context.Context, q querier, judge Judge) error {
	rules, epoch, settings, err := s.rulesSince(ctx, q, judge.Epoch())
	if err != nil {
		return err
	}
	judge.Renew(epoch, rules, settings)
	return nil
}

// Refresh brings a judge up to date outside of a settle, for questions that
// decide nothing: standing, header-first refusals.
func (s *Store) Refresh(ctx context.Context, judge Judge) error {
	var epoch int64
	if err := s.pool.QueryRow(ctx, sqlSettleEpoch).Scan(&epoch); err != nil {
		return classify(err)
	}
	if epoch <= judge.Epoch() {
		return nil
	}
	return classify(s.renew(ctx, s.pool, judge))
}
