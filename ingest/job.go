package ingest

import "time"

// JobKind is what a job does.
type JobKind string

// The kinds of job.
const (
	JobUnblockAll JobKind = "unblock_all" // releases what lifted rules hold
	JobDeleteAll  JobKind = "delete_all"  // purges what lifted rules hold
	JobRelease    JobKind = "release"     // releases tickets by order
	JobDelete     JobKind = "delete"      // purges tickets
)

// JobState is how far a job is.
type JobState string

// The states of a job.
const (
	JobQueued    JobState = "queued"
	JobRunning   JobState = "running"
	JobDone      JobState = "done"
	JobFailed    JobState = "failed"
	JobCancelled JobState = "cancelled"
)

// Job is a running or ended Unblock All, Delete All, release or delete.
type Job struct {
	ID         int64       `json:"id,string"`
	Kind       JobKind     `json:"kind"`
	Scope      string      `json:"scope"` // contact:ID, rule:ID, selection:ID or all
	State      JobState    `json:"state"`
	Total      int         `json:"total"`
	Done       int         `json:"done"`
	Released   int         `json:"released"`
	HeldAgain  []HeldAgain `json:"held_again"`
	Purged     int         `json:"purged"`
	Skipped    int         `json:"skipped"`
	Failed     int         `json:"failed"`
	CreatedBy  string      `json:"created_by"`
	CreatedAt  time.Time   `json:"created_at"`
	FinishedAt *time.Time  `json:"finished_at"`
}

// HeldAgain counts the released messages that another rule or reason held.
type HeldAgain struct {
	Rule int64 `json:"rule,string"` // 0: a system hold
	N    int   `json:"n"`
}
