package pipeline

import (
	"fmt"

	"gatehouse/ingest"
)

// repeat tells a message that comes for the first time from one that a job
// let go from the blocked list. (The same message delivered twice never gets
// here: its keys are taken.)
func repeat(_ *Book, _ ingest.Message, f ingest.Facts, d ingest.Decision) (ingest.Decision, string) {
	p := f.Pass
	if p == nil {
		return d, "first seen"
	}
	by := p.By
	if by == "" {
		by = "nobody named"
	}
	says := fmt.Sprintf("received again by job %d (%s), with a pass for what held it up to epoch %d", p.Job, by, p.Epoch)
	if p.Order {
		says += ", by order"
	}
	return d, says
}
