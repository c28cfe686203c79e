package console

import (
	"strings"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// JobTabs are the lists of jobs.
func (f frame) JobTabs() []way {
	return []way{{"/jobs", "All"}, {"/jobs?state=running", "Under way"}, {"/jobs?state=queued", "Waiting"}, {"/jobs?state=done", "Done"},
		{"/jobs?state=failed", "Stopped"}, {"/jobs?state=cancelled", "Cancelled"}}
}

// Job is a job as pages show it.
func (f frame) Job(j ingest.Job) jobView { return jobView{Job: j} }

// MayWork reports whether the reader may cancel a job, or have it go on, as far
// as its kind tells.
func (f frame) MayWork(j ingest.Job) bool { return f.Me.Role.AtLeast(httpapi.OrderedBy(j)) }

// About is what it is of, in words.
func (j jobView) About() string {
	kind, what, _ := strings.Cut(j.Scope, ":")
	switch kind {
	case "contact":
		return "of a person"
	case "rule":
		return "of what a rule holds"
	case "selection":
		return "of a selection"
	case "export":
		return lower(exported[ingest.ExportWhat(what)])
	}
	return ""
}

// Did is what came of it, in a line.
func (j jobView) Did() string {
	var did []string
	for _, c := range []struct {
		n    int
		what string
	}{{j.Freed(), "released"}, {j.again(), "held again"}, {j.Purged, "deleted"}, {j.Skipped, "left as they are"}, {j.Failed, "failed"}} {
		if c.n > 0 {
			did = append(did, thousands(int64(c.n))+" "+c.what)
		}
	}
	return strings.Join(did, ", ")
}

// stops are why jobs gave up, and what to do about it.
var stops = map[string]string{
	ingest.ExportTooLarge: "the file would be too large. Ask for fewer, by a time for one",
}

// WhyStopped says why it gave up and what to do.
func (j jobView) WhyStopped() string {
	if says, ok := stops[j.Error]; ok {
		return "It stopped: " + says + "."
	}
	if !j.Ended() {
		return "Its last step did not work (" + j.Error + "). It is tried again by itself."
	}
	return "It stopped, since a step did not work (" + j.Error + "). What it did stays done, what it did not reach is as it was. " +
		"Have it go on; if it stops again, whoever runs Gatehouse looks at the log."
}
