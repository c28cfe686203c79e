package console

import (
	"net/http"
	"net/url"
	"slices"

	"gatehouse/ingest"
)

var jobPages = []page{
	{pattern: "GET /jobs", show: lists[ingest.Job]("jobs", "/jobs", "state")},
	{pattern: "GET /jobs/{id}", show: (*visit).job},
}

// jobView is a job and how far it is.
type jobView struct {
	ingest.Job
	Rules map[int64]*ingest.Rule // that held again, as far as they can be read
	Back  string
}

// Percent is how much of it is done.
func (j jobView) Percent() int {
	if j.Ended() {
		return 100
	}
	if j.Total == 0 {
		return 0
	}
	return min(99, j.Done*100/j.Total)
}

// Ended reports whether nothing more will happen.
func (j jobView) Ended() bool { return j.FinishedAt != nil || j.State.Ended() }

func (v *visit) job() error {
	view := jobView{Back: v.back(), Rules: map[int64]*ingest.Rule{}}
	if err := v.get("/jobs/"+url.PathEscape(v.r.PathValue("id")), nil, &view.Job); err != nil {
		return err
	}
	for _, h := range view.HeldAgain {
		var r ingest.Rule
		if len(view.Rules) < 20 && h.Rule != 0 && v.get("/rules/"+number(h.Rule), nil, &r) == nil {
			view.Rules[h.Rule] = &r
		}
	}
	return v.render(http.StatusOK, "job", view)
}

// again is how many were released and held again.
func (j jobView) again() (n int) {
	for _, h := range j.HeldAgain {
		n += h.N
	}
	return n
}

// Freed is how many were released and not held again.
func (j jobView) Freed() int { return max(j.Released-j.again(), 0) }

// toJob shows a job that was just ordered, and from there the page to go back to.
func (v *visit) toJob(job ingest.Job, back string) {
	v.to("/jobs/" + number(job.ID) + "?" + url.Values{"back": {back}}.Encode())
}

// unended lists the jobs that have not ended, the running first.
func (v *visit) unended() (list []jobView, err error) {
	for _, state := range []ingest.JobState{ingest.JobRunning, ingest.JobQueued} {
		var jobs ingest.List[ingest.Job]
		if err := v.get("/jobs", url.Values{"limit": {"50"}, "state": {string(state)}}, &jobs); err != nil {
			return nil, err
		}
		for _, j := range jobs.Items {
			list = append(list, jobView{Job: j})
		}
	}
	return list, nil
}

// underWay lists the orders on what is held that have not ended.
func (v *visit) underWay() ([]jobView, error) {
	list, err := v.unended()
	return slices.DeleteFunc(list, func(j jobView) bool {
		return !j.Kind.Lifts() && j.Kind != ingest.JobRelease && j.Kind != ingest.JobDelete
	}), err
}

// works are the kinds of job in words.
var works = map[ingest.JobKind]string{
	ingest.JobUnblockAll: "Unblock all", ingest.JobDeleteAll: "Delete all", ingest.JobRelease: "Release", ingest.JobDelete: "Delete",
	ingest.JobRefetch: "Fetch again what a ban refused", ingest.JobFetch: "Fetch the rest of a message",
	ingest.JobExport: "Export", ingest.JobDossier: "Dossier", ingest.JobErase: "Erase",
}

// Work is what it does, in words.
func (j jobView) Work() string {
	if work, ok := works[j.Kind]; ok {
		return work
	}
	return capital(string(j.Kind))
}

// Stands is how it stands, in a word or two.
func (j jobView) Stands() string {
	switch j.State {
	case ingest.JobQueued:
		return "Waiting for its turn"
	case ingest.JobDone:
		return "Done"
	case ingest.JobFailed:
		return "Stopped"
	case ingest.JobCancelled:
		return "Cancelled"
	}
	return "Under way"
}

// skips are why something was left as it is.
var skips = map[string]string{ingest.SkipGone: "no longer where it came from", ingest.SkipNoSource: "kept nowhere else", ingest.SkipRefused: "refused by a ban",
	ingest.SkipTooLarge: "too large", ingest.SkipFailed: "its source does not give it", ingest.SkipOnHold: "under a legal hold"}

// Skip says why something was left as it is.
func (j jobView) Skip(why string) string {
	if says, ok := skips[why]; ok {
		return says
	}
	return bySystemSays(why)
}
