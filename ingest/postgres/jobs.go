package postgres

import (
	"context"
	"errors"
	"fmt"
	"sort"
	"strconv"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlJobsPromote   = statement("jobs_promote")
	sqlJobTake       = statement("job_take")
	sqlJobsDue       = statement("jobs_due")
	sqlJobCount      = statement("job_count")
	sqlJobNextRules  = statement("job_next_rules")
	sqlJobNextPurge  = statement("job_next_purge")
	sqlJobList       = statement("job_list")
	sqlJobNextList   = statement("job_next_list")
	sqlJobUnlist     = statement("job_unlist")
	sqlJobRelease    = statement("job_release")
	sqlRulingsAppend = statement("rulings_append")
	sqlJobPurge      = statement("job_purge")
	sqlTicketsLock   = statement("tickets_lock")
	sqlTicketsShrink = statement("tickets_shrink")
	sqlJobAdvance    = statement("job_advance")
	sqlJobFinish     = statement("job_finish")
)

// StepJobs takes one step of at most n messages in each running job that no
// other replica is stepping, and starts queued ones. A step is a transaction
// of its own: a job that is cut off goes on where it was, anywhere. One whose
// steps fail is left alone for a while, longer each time, and fails at last.
func (s *Store) StepJobs(ctx context.Context, n int) (ingest.Stepped, error) {
	if _, err := s.pool.Exec(ctx, sqlJobsPromote); err != nil && !violates(err, "jobs_one_running") {
		return ingest.Stepped{}, fmt.Errorf("start queued jobs: %w", classify(err))
	}
	rows, err := s.pool.Query(ctx, sqlJobsDue, s.now())
	if err != nil {
		return ingest.Stepped{}, fmt.Errorf("running jobs: %w", classify(err))
	}
	ids, err := pgx.CollectRows(rows, pgx.RowTo[int64])
	if err != nil {
		return ingest.Stepped{}, fmt.Errorf("running jobs: %w", classify(err))
	}
	all, failed := s.eachJob(ctx, ids, func(ctx context.Context, id int64) (one ingest.Stepped, err error) {
		err = s.tx(ctx, func(tx pgx.Tx) (err error) {
			one, err = s.stepJob(ctx, tx, id, n)
			return err
		})
		return one, err
	})
	more, err := s.stepErasures(ctx, n)
	return all.And(more), errors.Join(failed, err)
}

// eachJob steps jobs; one that fails is put off, and stops no other.
func (s *Store) eachJob(ctx context.Context, ids []int64, step func(ctx context.Context, id int64) (ingest.Stepped, error)) (all ingest.Stepped, failed error) {
	for _, id := range ids {
		one, err := step(ctx, id)
		switch {
		case err == nil:
			all = all.And(one)
		case ctx.Err() == nil:
			err = errors.Join(err, s.strike(ctx, id, err))
			fallthrough
		default:
			failed = errors.Join(failed, fmt.Errorf("step job %d: %w", id, err))
		}
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
	// Holds is the moment at which legal holds keep what it would delete; nil: it
	// deletes nothing.
	Holds *time.Time `db:"-"`
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
	if j.Kind.Deletes() {
		now := s.now()
		j.Holds = &now
	}
	take := takeRuled
	if !j.Kind.Lifts() {
		take = takeListed
	}
	t, err := take(ctx, tx, j, n)
	switch {
	case err != nil:
		return ingest.Stepped{}, err
	case t.more:
		return ingest.Stepped{Worked: true}, nil
	case len(t.ids)+t.skipped == 0:
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
	skipped int   // of the list, what was not held any more or a legal hold keeps
	onHold  int   // of that, what a legal hold keeps
	more    bool  // the list is still being written
}

// takeRuled takes what the job's rules hold, above what it has done in each.
func takeRuled(ctx context.Context, tx pgx.Tx, j job, n int) (*taken, error) {
	if j.Total == 0 {
		if _, err := tx.Exec(ctx, sqlJobCount, j.ID); err != nil {
			return nil, err
		}
	}
	if j.Kind == ingest.JobDeleteAll {
		return take(ctx, tx, sqlJobNextPurge, j.ID, n, j.Holds)
	}
	return take(ctx, tx, sqlJobNextRules, j.ID, n)
}

// ticketsListed is how many tickets a step looks into.
const ticketsListed = 1000

// takeListed writes down what is in the job's tickets, so many at a time, and
// when all is written takes the beginning of the list.
func takeListed(ctx context.Context, tx pgx.Tx, j job, n int) (*taken, error) {
	var listed int
	if err := tx.QueryRow(ctx, sqlJobList, j.ID, ticketsListed).Scan(&listed); err != nil {
		return nil, err
	}
	if listed > 0 || j.Total == 0 {
		if _, err := tx.Exec(ctx, sqlJobCount, j.ID); err != nil {
			return nil, err
		}
	}
	if listed == ticketsListed {
		return &taken{more: true}, nil
	}
	t, err := take(ctx, tx, sqlJobNextList, j.ID, n, j.Holds)
	if err != nil {
		return nil, err
	}
	var looked int
	err = tx.QueryRow(ctx, sqlJobUnlist, j.ID, n, j.Holds).Scan(&looked, &t.onHold)
	t.skipped = looked - len(t.ids)
	return t, err
}

func take(ctx context.Context, tx pgx.Tx, query string, args ...any) (*taken, error) {
	rows, err := tx.Query(ctx, query, args...)
	if err != nil {
		return nil, err
	}
	t := &taken{tickets: map[ingest.ID]int32{}, lanes: map[int]bool{}}
	var message, ticket ingest.ID
	var lane int16
	_, err = pgx.ForEachRow(rows, []any{&message, &ticket, &t.last, &lane}, func() error {
		t.ids = append(t.ids, message)
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
	event := "ticket.released"
	lets := j.Kind == ingest.JobUnblockAll || j.Kind == ingest.JobRelease
	err := t.rule(ctx, tx, j, lets)
	switch {
	case err != nil:
	case lets:
		_, err = tx.Exec(ctx, sqlJobRelease, t.ids, j.ID, j.Epoch, j.Kind == ingest.JobRelease, j.By)
	default:
		released, purged, event = 0, len(t.ids), ticketDeleted
		_, err = tx.Exec(ctx, sqlJobPurge, t.ids, j.ID, j.By, ingest.Held)
	}
	if err != nil {
		return err
	}
	if err := t.shrinkTickets(ctx, tx, event, &j.ID); err != nil {
		return err
	}
	_, err = tx.Exec(ctx, sqlJobAdvance, j.ID, t.last, released, purged, t.skipped, t.onHold)
	return err
}

// rule counts what somebody decides of the rules' work, while messages still
// know what held them. The clock decides nothing.
func (t *taken) rule(ctx context.Context, tx pgx.Tx, j job, lets bool) error {
	if j.By == byExpiry || len(t.ids) == 0 {
		return nil
	}
	_, err := tx.Exec(ctx, sqlRulingsAppend, t.ids, lets)
	return err
}

const ticketDeleted = "ticket.deleted"

// shrinkTickets takes what was taken off its tickets' counts. The event is told
// of those that are empty now, with the job that did it; nil: none.
func (t *taken) shrinkTickets(ctx context.Context, tx pgx.Tx, event string, job *int64) error {
	ids, counts := t.ticketColumns()
	if _, err := tx.Exec(ctx, sqlTicketsLock, ids); err != nil {
		return err
	}
	if _, err := tx.Exec(ctx, sqlTicketsShrink, ids, counts, event, job); err != nil || event != ticketDeleted {
		return err
	}
	return forgetExports(ctx, tx, ids)
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
	if err := abandonSources(ctx, tx, j.ID); err != nil {
		return ingest.Stepped{}, err
	}
	var id int64
	err := tx.QueryRow(ctx, sqlJobFinish, j.ID, j.Holds).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return ingest.Stepped{}, nil // its messages are still being settled
	}
	if err != nil {
		return ingest.Stepped{}, err
	}
	return ingest.Stepped{Worked: true}, jobEvent(ctx, tx, "job.done", j.ID, j.Kind, "")
}

// jobEvent tells the log of a job: its number, its kind and, if it failed, the
// code of what failed.
func jobEvent(ctx context.Context, q querier, event string, id int64, kind ingest.JobKind, code string) error {
	data := map[string]any{"job": strconv.FormatInt(id, 10), "kind": kind}
	if code != "" {
		data["error"] = code
	}
	var events eventColumns
	events.add(event, ingest.ID{}, ingest.ID{}, ingest.ID{}, data)
	return events.insert(ctx, q)
}
