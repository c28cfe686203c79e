package httpapi

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"gatehouse/ingest"
)

type jobStore interface {
	Jobs(ctx context.Context, state ingest.JobState, p ingest.Part) (ingest.List[ingest.Job], error)
	Job(ctx context.Context, id int64) (ingest.Job, error)
	JobRules(ctx context.Context, id int64) ([]ingest.Rule, error)
	CancelJob(ctx context.Context, id int64, actor string) error
	RetryJob(ctx context.Context, id int64, actor string) error
}

func (a *api) jobs() {
	const least = ingest.RoleSupervisor
	route(a, op{does: "GET /jobs", least: least, says: "Lists jobs, newest first."}, a.listJobs)
	route(a, op{does: "GET /jobs/{id}", least: least, says: "Returns a job and how far it is."}, a.getJob)
	route(a, op{does: "GET /jobs/{id}/events", least: least,
		says: "Follows a job as server-sent events until it ends: job.progress, then job.done, job.failed or job.cancelled, each with the job."},
		a.streamJob)
	route(a, op{does: "POST /jobs/{id}/cancel", least: least, once: true, status: http.StatusOK,
		says: "Ends a job before its work is done. What it did stays done; what a lift's job leaves stays held. What only an administrator may order takes one. " +
			"409: it is done or has failed."},
		a.cancelJob)
	route(a, op{does: "POST /jobs/{id}/retry", least: least, once: true, status: http.StatusAccepted,
		says: "Takes a job up again that failed or was cancelled. What only an administrator may order takes one. 409: it is done."}, a.retryJob)
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

func (a *api) cancelJob(ctx context.Context, in *ByNumber) (*Answer[*ingest.Job], error) {
	return a.changeJob(ctx, in.ID, http.StatusOK, a.Store.CancelJob)
}

func (a *api) retryJob(ctx context.Context, in *ByNumber) (*Answer[*ingest.Job], error) {
	return a.changeJob(ctx, in.ID, http.StatusAccepted, a.Store.RetryJob)
}

func (a *api) changeJob(ctx context.Context, id int64, status int, change func(context.Context, int64, string) error) (*Answer[*ingest.Job], error) {
	if err := a.mayWork(ctx, id); err != nil {
		return nil, err
	}
	return effect(ctx, a, func(ctx context.Context) (ingest.Outcome, error) {
		err := change(ctx, id, who(ctx).Name)
		if errors.Is(err, ingest.ErrConflict) {
			err = conflict("job-ended", "the job has ended: read it to see how; what is still held takes a new order")
		}
		return ingest.Outcome{Status: status, Job: id}, err
	}, a.jobAnswer)
}

// errNotTheirs is of a job that a supervisor sees and may not touch.
var errNotTheirs = &Problem{Type: "role", Status: http.StatusForbidden,
	Detail: "only an administrator may order such a job, and so cancel or retry it"}

// OrderedBy is the least role that may order such a job.
func OrderedBy(j ingest.Job) ingest.Role {
	what, isExport := strings.CutPrefix(j.Scope, "export:")
	switch {
	case j.Kind == ingest.JobErase || j.Kind == ingest.JobDossier:
		return ingest.RoleAdmin
	case isExport:
		return ingest.ExportWhat(what).Least()
	}
	return ingest.RoleSupervisor
}

// mayWork holds the asker against who may start such a job: one that works off
// a lift, who may lift its rules.
func (a *api) mayWork(ctx context.Context, id int64) error {
	job, err := a.Store.Job(ctx, id)
	if err != nil {
		return err
	}
	if mustBe(ctx, OrderedBy(job)) != nil {
		return errNotTheirs
	}
	rules, err := a.Store.JobRules(ctx, id)
	if err != nil {
		return err
	}
	for _, r := range rules {
		if _, err := a.mayRule(ctx, r.Kind); err != nil {
			return err
		}
		if err := mayTarget(ctx, r.Target); err != nil {
			return err
		}
	}
	return nil
}
