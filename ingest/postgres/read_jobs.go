package postgres

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

var (
	sqlJobsList      = statement("jobs_list")
	sqlJobsRead      = statement("jobs_read")
	sqlJobsHeldAgain = statement("jobs_held_again")
	sqlJobsSkipped   = statement("jobs_skipped")
)

// Jobs lists jobs, newest first; state "" lists all.
func (s *Store) Jobs(ctx context.Context, state ingest.JobState, p ingest.Part) (ingest.List[ingest.Job], error) {
	m, err := after(p.After)
	if err != nil {
		return ingest.List[ingest.Job]{}, err
	}
	limit := limitOf(p.Limit)
	list, more, err := marks(ctx, s.pool, limit, byN, sqlJobsList, given(state), m.n(), limit+1)
	var items []ingest.Job
	if err == nil {
		items, err = s.readJobs(ctx, numbersOf(list))
	}
	if err != nil {
		return ingest.List[ingest.Job]{}, fmt.Errorf("list jobs: %w", classify(err))
	}
	return listed(items, list, more), nil
}

// Job returns one job.
func (s *Store) Job(ctx context.Context, id int64) (ingest.Job, error) {
	list, err := s.readJobs(ctx, []int64{id})
	return one(list, classify(err), "job", id)
}

func (s *Store) readJobs(ctx context.Context, ids []int64) ([]ingest.Job, error) {
	rows, err := s.pool.Query(ctx, sqlJobsRead, ids)
	if err != nil {
		return nil, err
	}
	at := map[int64]int{}
	list, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (ingest.Job, error) {
		var j ingest.Job
		var exported int
		err := row.Scan(&j.ID, &j.Kind, &j.Scope, &j.State, &j.Total, &j.Released, &j.Purged, &j.Skipped, &j.Failed, &j.Error,
			&j.CreatedBy, &j.CreatedAt, &j.FinishedAt, &exported)
		j.Done = j.Released + j.Purged + j.Skipped + j.Failed + exported
		at[j.ID] = len(at)
		return j, err
	})
	if err != nil {
		return nil, err
	}
	rows, err = s.pool.Query(ctx, sqlJobsHeldAgain, ids)
	if err != nil {
		return nil, err
	}
	var job int64
	var h ingest.HeldAgain
	_, err = pgx.ForEachRow(rows, []any{&job, &h.Rule, &h.N}, func() error {
		j := &list[at[job]]
		j.HeldAgain = append(j.HeldAgain, h)
		return nil
	})
	if err != nil {
		return nil, err
	}
	return list, s.readSkipped(ctx, ids, func(id int64) *ingest.Job { return &list[at[id]] })
}

// readSkipped adds what jobs could not fetch again.
func (s *Store) readSkipped(ctx context.Context, ids []int64, job func(id int64) *ingest.Job) error {
	rows, err := s.pool.Query(ctx, sqlJobsSkipped, ids)
	if err != nil {
		return err
	}
	var id int64
	var why string
	var n int
	_, err = pgx.ForEachRow(rows, []any{&id, &why, &n}, func() error {
		j := job(id)
		if j.SkippedWhy == nil {
			j.SkippedWhy = map[string]int{}
		}
		j.SkippedWhy[why] = n
		return nil
	})
	return err
}
