package ingest

import "time"

// RuleFigures say how a rule does its work. Hits and what it holds stand beside
// them, in [Rule].
type RuleFigures struct {
	FirstHitAt *time.Time `json:"first_hit_at" doc:"null: never, or before this was noted"`
	// ReleasedWrong are messages that people let go although the rule held them: by
	// a release, or by a lift with unblock_all. What an end by the clock lets go is
	// none of them.
	ReleasedWrong int64 `json:"released_wrong"`
	// Deleted are messages that people deleted which the rule held. What retention
	// or an erasure deletes is none of them: nobody judged it.
	Deleted int64 `json:"deleted"`
	// FalseShare is ReleasedWrong in all that people decided, ReleasedWrong and
	// Deleted: 0 to 1; nil: they decided nothing.
	FalseShare *float64 `json:"false_share" doc:"released_wrong / (released_wrong + deleted), 0 to 1; null: nobody decided yet"`
}

// Share fills in FalseShare.
func (f RuleFigures) Share() RuleFigures {
	f.FalseShare = nil
	if all := f.ReleasedWrong + f.Deleted; all > 0 {
		share := float64(f.ReleasedWrong) / float64(all)
		f.FalseShare = &share
	}
	return f
}
