package housetest

import (
	"net/http"
	"time"
)

// A Rule is what the API says of one.
type Rule struct {
	ID, Kind, Target, Reason, Comment string
	Scope                             []string
	CreatedBy                         string     `json:"created_by"`
	CreatedAt                         time.Time  `json:"created_at"`
	ExpiresAt                         *time.Time `json:"expires_at"`
	LiftedAt                          *time.Time `json:"lifted_at"`
	LiftedBy                          string     `json:"lifted_by"`
	Hits                              int64
	Held                              int
	SharedBy                          int `json:"shared_by"`
	Also                              []Rule
	Closed                            int `json:"closed_conversations"`
}

// A Ticket is a line of the blocked list.
type Ticket struct {
	ID, Channel, Reason string
	Contact             string `json:"contact_id"`
	Messages            int
	Rule                *Rule
	OpenedAt            *time.Time `json:"opened_at"`
	Expired             bool
}

// A Job is an order on held messages.
type Job struct {
	ID, Kind, Scope, State string
	Total, Done, Released  int
	Purged, Skipped        int
	SkippedWhy             map[string]int `json:"skipped_why"`
	HeldAgain              []struct {
		Rule string
		N    int
	} `json:"held_again"`
}

// Held is the blocked list.
func (h *House) Held() []Ticket {
	h.T.Helper()
	return All[Ticket](h, "/blocked")
}

// Finished waits until a job is done.
func (h *House) Finished(id string) (j Job) {
	h.T.Helper()
	Eventually(h.T, "job "+id+" is done", func() bool {
		h.Read(http.StatusOK, http.MethodGet, "/jobs/"+id, nil, &j)
		return j.State == "done"
	})
	return j
}
