package outbound

import (
	"context"
	"encoding/json"
	"time"

	"gatehouse/ingest"
)

// TestType is the type of the event that the test button sends.
const TestType = "endpoint.test"

// Test posts an event of no meaning to an endpoint, in whatever state that is,
// and returns what came of it. Nothing is written down.
func (s *Sender) Test(ctx context.Context, endpoint ingest.ID) (ingest.Attempt, error) {
	to, err := s.store.Target(ctx, endpoint)
	if err != nil {
		return ingest.Attempt{}, err
	}
	return s.Post(ctx, to, testEvent(endpoint, s.now())), nil
}

// testEvent has an id that no event of the log has.
func testEvent(endpoint ingest.ID, now time.Time) ingest.Event {
	data, _ := json.Marshal(map[string]string{"endpoint": endpoint.String()}) // a text always marshals
	return ingest.Event{ID: "test-" + ingest.NewID(now).String(), Type: TestType, At: now, Data: data}
}
