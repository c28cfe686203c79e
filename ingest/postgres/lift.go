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
	sqlRuleLift       = statement("rule_lift")
	sqlRulesOfContact = statement("rules_of_contact")
	sqlRulesNamed     = statement("rules_named")
	sqlLiftOnHold     = statement("lift_on_hold")
	sqlRulesHold      = statement("rules_hold")
	sqlRulesHoldAny   = statement("rules_hold_any")
	sqlJobInsert      = statement("job_insert")
	sqlJobAddRules    = statement("job_add_rules")
	sqlJobLatest      = statement("job_latest")
)

// Lift ends rules and starts, or joins, the job that works off what they hold.
// Under the exclusive rules lock it does only what takes no longer with more
// messages. Without a choice and with messages held it changes nothing and
// returns an *ingest.HeldChoiceError. Delete All skips what a legal hold keeps,
// which then stays held as if the choice had been keep; if that is all that the
// rules hold, ErrLegalHold.
func (s *Store) Lift(ctx context.Context, o ingest.LiftOrder) (ingest.Lifted, error) {
	var lifted ingest.Lifted
	err := s.tx(ctx, func(tx pgx.Tx) (err error) {
		lifted, err = s.lift(ctx, tx, o)
		return err
	})
	if errors.Is(err, errHeldChoice) {
		return ingest.Lifted{}, s.heldChoice(ctx, lifted.Rules)
	}
	if err != nil {
		return ingest.Lifted{}, fmt.Errorf("lift: %w", err)
	}
	return lifted, nil
}

var errHeldChoice = fmt.Errorf("a choice is wanted: %w", ingest.ErrConflict)

func (s *Store) lift(ctx context.Context, tx pgx.Tx, o ingest.LiftOrder) (ingest.Lifted, error) {
	if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
		return ingest.Lifted{}, err
	}
	var err error
	if !o.Contact.IsZero() { // its jobs have the name that it goes by now
		if o.Contact, err = survivor(ctx, tx, o.Contact); err != nil {
			return ingest.Lifted{}, err
		}
	}
	rules, err := rulesToLift(ctx, tx, o)
	if err != nil {
		return ingest.Lifted{}, err
	}
	if len(rules) == 0 {
		return liftedAlready(ctx, tx, o)
	}
	if err := s.mayDelete(ctx, tx, jobKind(o.Held), sqlLiftOnHold, rules); err != nil {
		return ingest.Lifted{}, err
	}
	return liftThese(ctx, tx, o, rules)
}

// liftThese lifts rules that are not lifted, under the rules lock.
func liftThese(ctx context.Context, tx pgx.Tx, o ingest.LiftOrder, rules []int64) (lifted ingest.Lifted, err error) {
	lifted.Rules = rules
	var holds bool
	if err := tx.QueryRow(ctx, sqlRulesHoldAny, rules).Scan(&holds); err != nil {
		return lifted, err
	}
	if holds && o.Held == "" {
		return lifted, errHeldChoice
	}
	var epoch int64
	if err := tx.QueryRow(ctx, sqlEpochRaise).Scan(&epoch); err != nil {
		return lifted, err
	}
	if _, err := tx.Exec(ctx, sqlRuleLift, rules, o.Actor, o.Held, epoch); err != nil {
		return lifted, err
	}
	if err := recordRules(ctx, tx, o.Actor, "rule.lift", rules, map[string]any{"held": o.Held}); err != nil {
		return lifted, err
	}
	if err := tellRules(ctx, tx, "rule.lifted", rules...); err != nil {
		return lifted, err
	}
	if holds && o.Held != ingest.KeepHeld {
		lifted.Job, err = startLiftJob(ctx, tx, o, rules, epoch)
	}
	if err == nil {
		err = closeReviewsOfJob(ctx, tx, lifted.Job, o.Contact, o.Actor)
	}
	return lifted, err
}

func rulesToLift(ctx context.Context, tx pgx.Tx, o ingest.LiftOrder) ([]int64, error) {
	query, args := sqlRulesOfContact, []any{o.Contact, o.Kinds}
	if o.Rules != nil {
		query, args = sqlRulesNamed, []any{o.Rules}
	}
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[int64])
}

// liftedAlready answers a second lift: with the job that is under way for it,
// or that there is nothing to lift.
func liftedAlready(ctx context.Context, tx pgx.Tx, o ingest.LiftOrder) (ingest.Lifted, error) {
	var job int64
	err := tx.QueryRow(ctx, sqlJobLatest, scopeOfLift(o), jobKind(o.Held)).Scan(&job)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.Lifted{}, fmt.Errorf("no rule that stands: %w", ingest.ErrNotFound)
	}
	return ingest.Lifted{Job: job}, err
}

func scopeOfLift(o ingest.LiftOrder) string {
	if !o.Contact.IsZero() {
		return "contact:" + o.Contact.String()
	}
	if len(o.Rules) == 1 {
		return "rule:" + strconv.FormatInt(o.Rules[0], 10)
	}
	return "all"
}

func jobKind(held ingest.HeldChoice) ingest.JobKind {
	if held == ingest.DeleteAll {
		return ingest.JobDeleteAll
	}
	return ingest.JobUnblockAll
}

// startLiftJob joins the job of the scope that does the same, running or
// queued; else it makes one, queued behind whatever runs there. Steps hold the
// rules lock shared, so none is under way here.
func startLiftJob(ctx context.Context, tx pgx.Tx, o ingest.LiftOrder, rules []int64, epoch int64) (int64, error) {
	var job int64
	err := tx.QueryRow(ctx, sqlJobLatest, scopeOfLift(o), jobKind(o.Held)).Scan(&job)
	if errors.Is(err, pgx.ErrNoRows) {
		job, err = insertJob(ctx, tx, jobKind(o.Held), scopeOfLift(o), epoch, o.To, o.Actor)
	}
	if err != nil {
		return 0, err
	}
	if _, err = tx.Exec(ctx, sqlJobAddRules, job, rules); err != nil {
		return 0, err
	}
	_, err = tx.Exec(ctx, "update jobs set total = 0 where id = $1", job) // the next step counts anew
	return job, err
}

func insertJob(ctx context.Context, tx pgx.Tx, kind ingest.JobKind, scope string, epoch int64, to, actor string) (int64, error) {
	if to == "" {
		to = "auto"
	}
	var job int64
	if err := tx.QueryRow(ctx, sqlJobInsert, kind, scope, epoch, to, actor).Scan(&job); err != nil {
		return 0, err
	}
	if err := jobEvent(ctx, tx, "job.started", job, kind, ""); err != nil {
		return 0, err
	}
	return job, record(ctx, tx, actor, "job.start", "job:"+strconv.FormatInt(job, 10), map[string]any{"kind": kind, "scope": scope})
}

// heldChoice counts what rules hold, outside of the lock.
func (s *Store) heldChoice(ctx context.Context, rules []int64) error {
	e := &ingest.HeldChoiceError{}
	if err := s.pool.QueryRow(ctx, sqlRulesHold, rules).Scan(&e.Held, &e.Tickets, &e.Unopened); err != nil {
		return classify(err)
	}
	return e
}
