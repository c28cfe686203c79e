package demo

import (
	"context"
	"fmt"
	"net/http"

	"gatehouse/ingest"
)

// chat posts one message and wants one answer.
func (s *story) chat(ctx context.Context, visitor, name, id, words string, want int) error {
	status, err := s.desk.post(ctx, visitor, name, id, words)
	if err != nil {
		return err
	}
	if status != want {
		return fmt.Errorf("chat post %s/%s answered %d, not %d", visitor, id, status, want)
	}
	return nil
}

type stats struct {
	Channels []ingest.Account `json:"channels"`
}

// settled waits until every expected message was accepted and decided.
func (s *story) settled(ctx context.Context) error {
	for {
		var st stats
		if err := s.desk.api(ctx, http.MethodGet, "/stats", nil, &st); err != nil {
			return err
		}
		done := true
		for _, a := range st.Channels {
			done = done && a.Accepted >= s.expected[a.Name] && a.InFlight == 0
		}
		if done {
			return nil
		}
		if !pause(ctx) {
			return fmt.Errorf("messages are not decided: %+v: %w", st.Channels, ctx.Err())
		}
	}
}

// sum says where the messages are.
func (s *story) sum(ctx context.Context) error {
	var st stats
	if err := s.desk.api(ctx, http.MethodGet, "/stats", nil, &st); err != nil {
		return err
	}
	for _, a := range st.Channels {
		if a.Accepted > 0 {
			s.say("%s: %d accepted: %d in conversations, %d in the blocked list, %d refused, %d dead.",
				a.Name, a.Accepted, a.Conversed, a.Held, a.Refused, a.Dead)
		}
	}
	return nil
}
