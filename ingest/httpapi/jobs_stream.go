package httpapi

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

func (a *api) streamJob(ctx context.Context, in *ByNumber) (*huma.StreamResponse, error) {
	first, err := a.Store.Job(ctx, in.ID) // an error here is still an answer
	if err != nil {
		return nil, err
	}
	return streamed(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		w.Header().Set("Cache-Control", "no-store")
		w.Header().Set("X-Accel-Buffering", "no")
		s := stream{api: a, w: w, control: http.NewResponseController(w), request: r, role: who(ctx).Role}
		if err := s.followJob(r.Context(), first); err != nil {
			a.logFailure(r.Context(), err)
		}
	}), nil
}

// followJob sends a job whenever it has changed, the last time when it has
// ended. A reader who comes back begins with how it is by then.
func (s *stream) followJob(ctx context.Context, j ingest.Job) error {
	pace := time.NewTicker(s.api.Pace)
	defer pace.Stop()
	beat := time.NewTicker(s.api.Beat)
	defer beat.Stop()
	var sent ingest.Job
	for {
		if !reflect.DeepEqual(j, sent) {
			if err := s.sendJob(j); err != nil {
				return nil // the client has gone
			}
		}
		if j.State.Ended() {
			return nil
		}
		sent = j
		if done, err := s.wait(ctx, pace.C, beat.C); done || err != nil {
			return err
		}
		var err error
		if j, err = s.api.Store.Job(ctx, j.ID); err != nil {
			return err
		}
	}
}

func (s *stream) sendJob(j ingest.Job) error {
	event := "job.progress"
	if j.State.Ended() {
		event = "job." + string(j.State)
	}
	var b bytes.Buffer
	fmt.Fprintf(&b, "event: %s\ndata: ", event)
	if err := writeJSON(&b, j); err != nil {
		return err
	}
	b.WriteByte('\n')
	return s.send(b.Bytes())
}
