package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

var jobPages = []page{
	{pattern: "GET /jobs", show: lists[ingest.Job]("jobs", "/jobs", "state")},
	{pattern: "GET /jobs/{id}", show: (*visit).job},
}

// jobView is a job and how far it is.
type jobView struct {
	ingest.Job
	Back string
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
func (j jobView) Ended() bool { return j.FinishedAt != nil }

func (v *visit) job() error {
	view := jobView{Back: v.back()}
	if err := v.get("/jobs/"+url.PathEscape(v.r.PathValue("id")), nil, &view.Job); err != nil {
		return err
	}
	return v.render(http.StatusOK, "job", view)
}
