package postgres

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"gatehouse/ingest"
)

var (
	sqlJobStrike  = statement("job_strike")
	sqlJobEnd     = statement("job_end")
	sqlJobKeep    = statement("job_keep")
	sqlJobRetry   = statement("job_retry")
	sqlJobRulesOf = statement("job_rules_of")
)

// maxStrikes is how many steps of a job may fail one after the other. With the
// pauses between them that is half a minute.
const maxStrikes = 8

// CancelJob ends a job before its work is done. What its steps did stays done;
// what a lift's job leaves is then held as if the lift had said keep. A second
// cancel changes nothing; a job that ended otherwise is ErrConflict.
func (s *Store) CancelJob(ctx context.Context, id int64, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		ended, err := endJob(ctx, tx, id, ingest.JobCancelled, "")
		if err != nil {
			return err
		}
		if !ended {
			return mustBeIn(ctx, tx, id, ingest.JobCancelled)
		}
		return record(ctx, tx, actor, "job.cancel", "job:"+strconv.FormatInt(id, 10), nil)
	})
	if err != nil {
		return fmt.Errorf("cancel job %d: %w", id, err)
	}
	return nil
}

// RetryJob takes a job up again that failed or was cancelled. One that is under
// way already stays so; one that is done is ErrConflict.
func (s *Store) RetryJob(ctx context.Context, id int64, actor string) error {
	err := s.tx(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
			return err
		}
		var kind ingest.JobKind
		err := tx.QueryRow(ctx, sqlJobRetry, id).Scan(&kind)
		if errors.Is(err, pgx.ErrNoRows) {
			return mustBeIn(ctx, tx, id, ingest.JobQueued, ingest.JobRunning)
		}
		if err != nil {
			return err
		}
		if err := jobEvent(ctx, tx, "job.started", id, kind, ""); err != nil {
			return err
		}
		return record(ctx, tx, actor, "job.retry", "job:"+strconv.FormatInt(id, 10), nil)
	})
	if err != nil {
		return fmt.Errorf("retry job %d: %w", id, err)
	}
	return nil
}

// JobRules lists the rules whose lift a job works off.
func (s *Store) JobRules(ctx context.Context, id int64) ([]ingest.Rule, error) {
	rows, err := s.pool.Query(ctx, sqlJobRulesOf, id)
	if err != nil {
		return nil, classify(err)
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return nil, classify(err)
	}
	rules, err := s.readRules(ctx, ids)
	return rules, classify(err)
}

// mustBeIn holds that a job is in one of the states.
func mustBeIn(ctx context.Context, q querier, id int64, states ...ingest.JobState) error {
	var state ingest.JobState
	if err := q.QueryRow(ctx, "select state from jobs where id = $1", id).Scan(&state); err != nil {
		return err
	}
	for _, s := range states {
		if s == state {
			return nil
		}
	}
	return fmt.Errorf("it is %s: %w", state, ingest.ErrConflict)
}

// endJob ends a job that is queued or running, under the exclusive rules lock:
// no step is under way, and no lift. It reports whether there was one.
func endJob(ctx context.Context, tx pgx.Tx, id int64, state ingest.JobState, code string) (bool, error) {
	if _, err := tx.Exec(ctx, sqlRulesLock); err != nil {
		return false, err
	}
	var kind ingest.JobKind
	err := tx.QueryRow(ctx, sqlJobEnd, id, state, code).Scan(&kind)
	if errors.Is(err, pgx.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	if _, err := tx.Exec(ctx, sqlJobKeep, id); err != nil {
		return false, err
	}
	return true, jobEvent(ctx, tx, "job."+string(state), id, kind, code)
}

// strike counts a failed step, and fails the job after too many. That the
// database could not be asked is not the job's failure.
func (s *Store) strike(ctx context.Context, id int64, cause error) error {
	code := failureCode(cause)
	if code == "" {
		return nil
	}
	var strikes int
	err := s.pool.QueryRow(ctx, sqlJobStrike, id, code, s.now()).Scan(&strikes)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // it has ended meanwhile
	}
	if err != nil || strikes < maxStrikes {
		return classify(err)
	}
	return s.tx(ctx, func(tx pgx.Tx) error {
		_, err := endJob(ctx, tx, id, ingest.JobFailed, code)
		return err
	})
}

// failureCode says why a step failed without quoting anything: the database's
// code (SQLSTATE), or that the fault is ours. It is empty for what says nothing
// of the step: the connection broke, the database is being stopped.
func failureCode(err error) string {
	var pg *pgconn.PgError
	switch {
	case !errors.As(err, &pg) && ingest.Temporary(err):
		return ""
	case pg == nil:
		return "internal"
	case pg.Code[:2] == "08" || pg.Code[:3] == "57P":
		return ""
	}
	return "sqlstate " + pg.Code
}
