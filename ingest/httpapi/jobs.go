package httpapi

import (
	"context"

	"gatehouse/ingest"
)

type jobStore interface {
	Jobs(ctx context.Context, state ingest.JobState, p ingest.Part) (ingest.List[ingest.Job], error)
	Job(ctx context.Context, id int64) (ingest.Job, error)
}

func (a *api) jobs() {
	route(a, op{does: "GET /jobs", least: ingest.RoleSupervisor, says: "Lists jobs, newest first."}, a.listJobs)
	route(a, op{does: "GET /jobs/{id}", least: ingest.RoleSupervisor, says: "Returns a job and how far it is."}, a.getJob)
}

// JobsInput chooses jobs.
type JobsInput struct {
	Paging
	State string `query:"state" enum:"queued,running,done,failed,cancelled"`
}

func (a *api) listJobs(ctx context.Context, in *JobsInput) (*Body[ingest.List[ingest.Job]], error) {
	return body(a.Store.Jobs(ctx, ingest.JobState(in.State), in.part()))
}

func (a *api) getJob(ctx context.Context, in *ByNumber) (*Body[ingest.Job], error) {
	return body(a.Store.Job(ctx, in.ID))
}
