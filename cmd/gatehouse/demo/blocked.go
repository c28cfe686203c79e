package demo

import (
	"context"
	"fmt"
	"net/http"

	"gatehouse/ingest"
)

// blockedList is what the story reads of GET /blocked.
type blockedList struct {
	Items []ingest.Ticket `json:"items"`
	Total int             `json:"total"`
}

func (s *story) tickets(ctx context.Context) (blockedList, error) {
	var list blockedList
	err := s.desk.api(ctx, http.MethodGet, "/blocked?limit=200", nil, &list)
	return list, err
}

func (s *story) readBlockedList(ctx context.Context) error {
	list, err := s.tickets(ctx)
	if err != nil {
		return err
	}
	s.head("The blocked list holds %d tickets: what would have been one conversation each", len(list.Items))
	for _, t := range list.Items {
		s.say("%s on %s, %s: %s", messages(t.Messages), t.Channel, heldBy(t), orNone(t.Subject))
	}
	return nil
}

func messages(n int) string {
	if n == 1 {
		return "1 message"
	}
	return fmt.Sprintf("%d messages", n)
}

func heldBy(t ingest.Ticket) string {
	if t.Rule != nil {
		return fmt.Sprintf("%s rule %d on %s", t.Rule.Kind, t.Rule.ID, t.Rule.Target)
	}
	return "reason " + string(t.Reason)
}

func orNone(subject string) string {
	if subject == "" {
		return "(no subject)"
	}
	return subject
}

// releaseTicket lets one ticket go and leaves the rule standing.
func (s *story) releaseTicket(ctx context.Context) error {
	s.head("Release of one ticket: Carl's two messages go to the agents, the block stays")
	ticket, err := s.ticketOf(ctx, "visitor:v-carl")
	if err != nil {
		return err
	}
	if err := s.job(ctx, http.MethodPost, "/blocked/"+ticket.ID.String()+"/release", nil); err != nil {
		return err
	}
	if err := s.chat(ctx, "v-carl", "Carl", "4", "So somebody is there!", http.StatusAccepted); err != nil {
		return err
	}
	s.expected["site-chat"]++
	if err := s.settled(ctx); err != nil {
		return err
	}
	s.say("Carl wrote again: held again, for the rule still stands.")
	return nil
}

// unblockAll lifts Paul's block and lets everything go that it held.
func (s *story) unblockAll(ctx context.Context) error {
	s.head("Unblock All: Paul was blocked by mistake")
	return s.lift(ctx, "email:paul@example.org", ingest.UnblockAll)
}

// deleteAll lifts Rob's block and deletes what it held for good.
func (s *story) deleteAll(ctx context.Context) error {
	s.head("Delete All: what Rob wrote goes from the system and the database")
	return s.lift(ctx, "email:rob@example.net", ingest.DeleteAll)
}

// lift takes the contact of a ticket and unblocks it with a choice.
func (s *story) lift(ctx context.Context, target string, held ingest.HeldChoice) error {
	ticket, err := s.ticketOf(ctx, target)
	if err != nil {
		return err
	}
	path := "/contacts/" + ticket.ContactID.String() + "/unblock"
	status, err := s.desk.call(ctx, http.MethodPost, "/api/v1"+path, struct{}{}, nil)
	if err != nil {
		return err
	}
	s.say("Without a choice the answer is %d: say what becomes of the messages held.", status)
	return s.job(ctx, http.MethodPost, path, map[string]any{"held": held})
}

func (s *story) ticketOf(ctx context.Context, target string) (ingest.Ticket, error) {
	list, err := s.tickets(ctx)
	if err != nil {
		return ingest.Ticket{}, err
	}
	for _, t := range list.Items {
		if t.Rule != nil && t.Rule.Target.String() == target {
			return t, nil
		}
	}
	return ingest.Ticket{}, fmt.Errorf("no ticket is held by a rule on %s", target)
}

// job starts a job and waits for its end.
func (s *story) job(ctx context.Context, method, path string, body any) error {
	var j ingest.Job
	if err := s.desk.api(ctx, method, path, body, &j); err != nil {
		return err
	}
	for j.State == ingest.JobQueued || j.State == ingest.JobRunning {
		if !pause(ctx) {
			return fmt.Errorf("job %d does not end: %w", j.ID, ctx.Err())
		}
		if err := s.desk.api(ctx, http.MethodGet, fmt.Sprintf("/jobs/%d", j.ID), nil, &j); err != nil {
			return err
		}
	}
	s.say("job %d, %s: %s, %d released, %d purged.", j.ID, j.Kind, j.State, j.Released, j.Purged)
	if j.State != ingest.JobDone {
		return fmt.Errorf("job %d ended as %s", j.ID, j.State)
	}
	return nil
}
