package postgres

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlJobsPromote    = statement("jobs_promote")
	sqlJobTake        = statement("job_take")
	sqlJobTotal       = statement("job_total")
	sqlJobNextRules   = statement("job_next_rules")
	sqlJobNextTickets = statement("job_next_tickets")
	sqlJobRelease     = statement("job_release")
	sqlJobPurge       = statement("job_purge")
	sqlTicketsLock    = statement("tickets_lock")
	sqlTicketsShrink  = statement("tickets_shrink")
	sqlJobAdvance     = statement("job_advance")
	sqlJobFinish      = statement("job_finish")
)

// StepJobs takes one step of at most n messages in each running job that no
// other replica is stepping, and starts queued ones. A step is a transaction
// of its own: a job that is cut off goes on where it was, anywhere.
func (s *Store) StepJobs(ctx context.Context, n int) (ingest.Stepped, error) {
	if _, err := s.pool.Exec(ctx, sqlJobsPromote); err != nil && !violates(err, "jobs_one_running") {
		return ingest.Stepped{}, fmt.Errorf("start queued jobs: %w", classify(err))
	}
	rows, err := s.pool.Query(ctx, "select id from jobs where state = 'running' order by id")
	if err != nil {
		return ingest.Stepped{}, fmt.Errorf("running jobs: %w", classify(err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return ingest.Stepped{}, fmt.Errorf("running jobs: %w", classify(err))
	}
	var all ingest.Stepped
	var failed error // a job that fails stops no other
	for _, id := range ids {
		var one ingest.Stepped
		err := s.tx(ctx, func(tx pgx.Tx) (err error) {
			one, err = s.stepJob(ctx, tx, id, n)
			return err
		})
		if err != nil {
			failed = errors.Join(failed, fmt.Errorf("step job %d: %w", id, err))
			continue
		}
		all.Worked = all.Worked || one.Worked
		all.Lanes = append(all.Lanes, one.Lanes...)
	}
	return all, failed
}

// job is a running job as a step needs it.
type job struct {
	ID    int64
	Kind  ingest.JobKind
	Epoch int64
	By    string
	Total int
}

func (s *Store) stepJob(ctx context.Context, tx pgx.Tx, id int64, n int) (ingest.Stepped, error) {
	if _, err := tx.Exec(ctx, sqlRulesLockShared); err != nil {
		return ingest.Stepped{}, err
	}
	rows, err := tx.Query(ctx, sqlJobTake, id)
	if err != nil {
		return ingest.Stepped{}, err
	}
	j, err := pgx.CollectExactlyOneRow(rows, pgx.RowToStructByPos[job])
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.Stepped{}, nil // another replica has it, or it has ended
	}
	if err != nil {
		return ingest.Stepped{}, err
	}
	if j.Total == 0 {
		if _, err := tx.Exec(ctx, sqlJobTotal, id); err != nil {
			return ingest.Stepped{}, err
		}
	}
	t, err := takeHeld(ctx, tx, j, n)
	if err != nil {
		return ingest.Stepped{}, err
	}
	if len(t.ids) == 0 {
		return finishJob(ctx, tx, j)
	}
	return t.stepped(), t.move(ctx, tx, j)
}

// taken is the held messages of one step.
type taken struct {
	ids     []ingest.ID
	tickets map[ingest.ID]int32
	lanes   map[int]bool
	last    int64 // the highest seq
}

func takeHeld(ctx context.Context, tx pgx.Tx, j job, n int) (*taken, error) {
	query := sqlJobNextTickets
	if j.Kind == ingest.JobUnblockAll || j.Kind == ingest.JobDeleteAll {
		query = sqlJobNextRules
	}
	rows, err := tx.Query(ctx, query, j.ID, n)
	if err != nil {
		return nil, err
	}
	t := &taken{tickets: map[ingest.ID]int32{}, lanes: map[int]bool{}}
	var id, ticket ingest.ID
	var lane int16
	_, err = pgx.ForEachRow(rows, []any{&id, &ticket, &t.last, &lane}, func() error {
		t.ids = append(t.ids, id)
		t.tickets[ticket]++
		t.lanes[int(lane)] = true
		return nil
	})
	return t, err
}

// move releases or purges what was taken and moves the job's mark. Only steps
// touch the job's row: a settle that did would meet a step the other way round.
func (t *taken) move(ctx context.Context, tx pgx.Tx, j job) error {
	released, purged := len(t.ids), 0
	var err error
	switch j.Kind {
	case ingest.JobUnblockAll, ingest.JobRelease:
		_, err = tx.Exec(ctx, sqlJobRelease, t.ids, j.ID, j.Epoch, j.Kind == ingest.JobRelease, j.By)
	default:
		released, purged = 0, len(t.ids)
		_, err = tx.Exec(ctx, sqlJobPurge, t.ids, j.ID, j.By, ingest.Held)
	}
	if err != nil {
		return err
	}
	ids, counts := t.ticketColumns()
	if _, err := tx.Exec(ctx, sqlTicketsLock, ids); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlTicketsShrink, ids, counts); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlJobAdvance, j.ID, t.last, released, purged)
	return err
}

func (t *taken) ticketColumns() ([]ingest.ID, []int32) {
	ids := make([]ingest.ID, 0, len(t.tickets))
	for id := range t.tickets {
		ids = append(ids, id)
	}
	sort.Slice(ids, func(i, j int) bool { return string(ids[i][:]) < string(ids[j][:]) })
	counts := make([]int32, len(ids))
	for i, id := range ids {
		counts[i] = t.tickets[id]
	}
	return ids, counts
}

func (t *taken) stepped() ingest.Stepped {
	s := ingest.Stepped{Worked: true}
	for lane := range t.lanes {
		s.Lanes = append(s.Lanes, lane)
	}
	return s
}

func finishJob(ctx context.Context, tx pgx.Tx, j job) (ingest.Stepped, error) {
	var id int64
	err := tx.QueryRow(ctx, sqlJobFinish, j.ID).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.Stepped{}, nil // its messages are still being settled
	}
	if err != nil {
		return ingest.Stepped{}, err
	}
	var events eventColumns
	events.add("job.done", ingest.ID{}, ingest.ID{}, ingest.ID{}, map[string]any{"job": strconv.FormatInt(j.ID, 10), "kind": j.Kind})
	return ingest.Stepped{Worked: true}, events.insert(ctx, tx)
}
