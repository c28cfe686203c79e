package ingest

import (
	"errors"
	"fmt"
	"time"
)

// JobKind is what a job does.
type JobKind string

// The kinds of job.
const (
	JobUnblockAll JobKind = "unblock_all" // releases what lifted rules hold
	JobDeleteAll  JobKind = "delete_all"  // purges what lifted rules hold
	JobRelease    JobKind = "release"     // releases what an order names
	JobDelete     JobKind = "delete"      // purges what an order names
)

// Lifts reports whether the job works off what lifted rules hold.
func (k JobKind) Lifts() bool { return k == JobUnblockAll || k == JobDeleteAll }

// Deletes reports whether the job deletes for good what is held.
func (k JobKind) Deletes() bool { return k == JobDeleteAll || k == JobDelete }

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

// Ended reports whether a job in the state does nothing more by itself.
func (s JobState) Ended() bool { return s == JobDone || s == JobFailed || s == JobCancelled }

// ErrListStale says that a list was read too long ago to order by what it
// showed; ErrNotHeld that a message is not in the blocked list.
var (
	ErrListStale = fmt.Errorf("the list was read too long ago: %w", ErrConflict)
	ErrNotHeld   = fmt.Errorf("the message is not held: %w", ErrConflict)
)

// ErrAsOf says that a list's moment is not one that was given out.
var ErrAsOf = AsInvalid(errors.New("as_of: not one that the list gave; read the list again"))

// Job is a running or ended Unblock All, Delete All, release or delete.
type Job struct {
	ID         int64       `json:"id,string"`
	Kind       JobKind     `json:"kind"`
	Scope      string      `json:"scope"` // contact:ID, rule:ID, selection:ID or all
	State      JobState    `json:"state"`
	Total      int         `json:"total"` // 0 until its first step has counted
	Done       int         `json:"done"`
	Released   int         `json:"released"`
	HeldAgain  []HeldAgain `json:"held_again"`
	Purged     int         `json:"purged"`
	Skipped    int         `json:"skipped"`
	Failed     int         `json:"failed"`
	Error      string      `json:"error"` // why it failed: a code
	CreatedBy  string      `json:"created_by"`
	CreatedAt  time.Time   `json:"created_at"`
	FinishedAt *time.Time  `json:"finished_at"`
	// SkippedWhy counts what was not to be fetched again, and what a legal hold
	// keeps from being deleted, by the reasons of SkipGone and those beside it.
	SkippedWhy map[string]int `json:"skipped_why,omitempty"`
}

// HeldAgain counts the released messages that another rule or reason held.
type HeldAgain struct {
	Rule int64 `json:"rule,string"` // 0: a system hold
	N    int   `json:"n"`
}
