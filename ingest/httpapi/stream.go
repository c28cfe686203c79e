package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

const streamPart = 200

// StreamInput says where to begin.
type StreamInput struct {
	After string   `query:"after" doc:"id of the last event read"`
	Last  string   `header:"Last-Event-ID"`
	Types []string `query:"types" doc:"only these, separated by commas: message.held; message.* for all of a group"`
}

func (a *api) streamEvents(ctx context.Context, in *StreamInput) (*huma.StreamResponse, error) {
	types, err := ingest.EventsNamed(in.Types)
	if err != nil {
		return nil, err
	}
	f := ingest.EventFilter{After: in.Last, Types: types, Limit: streamPart}
	if f.After == "" {
		f.After = in.After
	}
	if f.After == "" {
		head, err := a.Store.EventHead(ctx)
		if err != nil {
			return nil, err
		}
		f.After = head
	}
	first, err := a.Store.Events(ctx, f) // an error here is still an answer
	if err != nil {
		return nil, err
	}
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Accel-Buffering", "no")
		s := stream{api: a, w: w, control: http.NewResponseController(w), filter: f, request: r, role: who(ctx).Role}
		passing, leave := a.Follow()
		defer leave()
		s.passing = passing
		if err := s.run(r.Context(), first); err != nil {
			a.logFailure(r.Context(), err)
		}
	}), nil
}

// stream is one follower of the log.
type stream struct {
	api     *api
	w       http.ResponseWriter
	control *http.ResponseController
	filter  ingest.EventFilter
	passing <-chan ingest.Event // that no log has; nil: none
	request *http.Request       // by which it was begun: it ends with the token or session of that
	role    ingest.Role         // with which it was begun
}

func (s *stream) run(ctx context.Context, part ingest.List[ingest.Event]) error {
	pace := time.NewTicker(s.api.Pace)
	defer pace.Stop()
	beat := time.NewTicker(s.api.Beat)
	defer beat.Stop()
	if err := s.send([]byte(": following\n\n")); err != nil {
		return nil // the client has gone
	}
	for {
		if err := s.sendPart(part); err != nil {
			return nil
		}
		if len(part.Items) < s.filter.Limit { // else there is more at once
			if done, err := s.wait(ctx, pace.C, beat.C); done || err != nil {
				return err
			}
		}
		var err error
		if part, err = s.api.Store.Events(ctx, s.filter); err != nil {
			return err
		}
	}
}

// wait returns when it is time to look again, or true when the stream ends.
func (s *stream) wait(ctx context.Context, pace, beat <-chan time.Time) (bool, error) {
	for {
		select {
		case <-ctx.Done():
			return true, nil
		case <-pace:
			return false, nil
		case e := <-s.passing:
			if s.sendPassing(e) != nil {
				return true, nil
			}
		case <-beat:
			if !s.mayGoOn() {
				return true, nil
			}
			return s.sendBeat() != nil, nil
		}
	}
}

// mayGoOn asks as at the beginning who it is: a token may have been revoked, a
// person signed out, or have another role by now.
func (s *stream) mayGoOn() bool {
	w, err := s.api.askerOf(s.request)
	return err == nil && w.Role.AtLeast(s.role)
}

// sendBeat sends a comment, so that proxies keep the line open, and the place:
// a reader to whom none of their types happens would else come back with one
// that is no longer kept. An id without data is no event (HTML, 9.2.6).
func (s *stream) sendBeat() error {
	beat := ": beat\n"
	if s.filter.After != "" { // a job's stream has no place
		beat += "id: " + s.filter.After + "\n"
	}
	return s.send([]byte(beat + "\n"))
}

// sendPassing sends an event that is not asked for again: without an id, so
// that a reader who comes back goes on behind the last of the log.
func (s *stream) sendPassing(e ingest.Event) error {
	if len(s.filter.Types) > 0 && !slices.Contains(s.filter.Types, e.Type) {
		return nil
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "event: %s\ndata: ", e.Type)
	if err := writeJSON(&b, e); err != nil {
		return err
	}
	b.WriteByte('\n')
	return s.send(b.Bytes())
}

func (s *stream) sendPart(part ingest.List[ingest.Event]) error {
	var b bytes.Buffer
	for _, e := range part.Items {
		fmt.Fprintf(&b, "id: %s\nevent: %s\ndata: ", e.ID, e.Type)
		if err := writeJSON(&b, e); err != nil {
			return err
		}
		b.WriteByte('\n')
	}
	s.filter.After = part.Next
	if b.Len() == 0 {
		return nil
	}
	return s.send(b.Bytes())
}

func (s *stream) send(b []byte) error {
	if _, err := timely(s.w).Write(b); err != nil {
		return err
	}
	return s.control.Flush()
}
