package ingest

import (
	"fmt"
	"time"
)

// BackfillOrder has a channel's provider asked for the messages from Since on
// and before Until. With DryRun nothing is stored.
type BackfillOrder struct {
	Channel      string
	Since, Until time.Time
	DryRun       bool
	Actor        string
}

// Check returns nil if it can be asked for at the given time.
func (o BackfillOrder) Check(now time.Time) error {
	switch {
	case o.Since.IsZero() || o.Until.IsZero():
		return AsInvalid(fmt.Errorf("since and until must be said"))
	case !o.Since.Before(o.Until):
		return AsInvalid(fmt.Errorf("since must be before until"))
	case o.Since.After(now):
		return AsInvalid(fmt.Errorf("since is yet to come"))
	}
	return nil
}

// Backfill is such an order and what it came to. Listed is the sum of Known and
// New.
type Backfill struct {
	ID      int64      `json:"id,string"`
	Channel string     `json:"channel"`
	Since   time.Time  `json:"since"`
	Until   time.Time  `json:"until"`
	DryRun  bool       `json:"dry_run"`
	State   string     `json:"state"`  // queued, running, done or failed
	Listed  int        `json:"listed"` // the channel's messages that the provider lists; 0 until it is done
	Known   int        `json:"known"`  // of them, those that had come before, or a ban refused without keeping a row
	New     int        `json:"new"`    // those stored; with dry_run those that would be
	Error   string     `json:"error"`  // why it failed, or could not be done yet
	AskedBy string     `json:"asked_by"`
	AskedAt time.Time  `json:"asked_at"`
	DoneAt  *time.Time `json:"done_at"`
	Tries   int        `json:"-"`
}

// Ended reports that nothing more comes of it.
func (b *Backfill) Ended() bool { return b.DoneAt != nil }

// BackfillCount is what a source says to an order.
type BackfillCount struct {
	Listed, New int // New is counted of a dry run alone: else the messages tell
}
