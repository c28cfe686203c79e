package channeltest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// mostBatches bounds what Resume follows: a source in a test is small.
const mostBatches = 100

// Resume makes sure that a poller loses and doubles nothing wherever it is
// stopped. source returns a new poller over a source that holds want messages
// and keeps them. Each batch in turn fails, or is stored without the poller
// hearing of it; then the poller starts afresh.
func Resume(t *testing.T, family ingest.Family, want int, source func(t *testing.T) channels.Poller) {
	gone := ingest.AsTemporary(errors.New("the database is away"))
	for name, fail := range map[string]func(*Store){
		"not stored":  func(s *Store) { s.FailNext(gone) },
		"answer lost": func(s *Store) { s.LoseAnswer(gone) },
	} {
		t.Run(name, func(t *testing.T) {
			for at := range mostBatches {
				err := StopAt(family, want, source(t), at, fail)
				if errors.Is(err, errNotReached) && at > 0 {
					return
				}
				if err != nil {
					t.Errorf("stopped at batch %d: %v", at, err)
				}
			}
			t.Errorf("the source has no end after %d batches", mostBatches)
		})
	}
}

var errNotReached = errors.New("the source had no such batch")

// StopAt polls with the batch numbered at failing as fail makes it, closes, and
// polls to the end. The error says what was lost or doubled.
func StopAt(family ingest.Family, want int, p channels.Poller, at int, fail func(*Store)) error {
	ctx, s, n := context.Background(), NewStore(), 0
	s.Before(func(ingest.Batch) {
		if n == at {
			fail(s)
		}
		n++
	})
	err := p.Poll(ctx, NewSession(s, Channel, family))
	_ = p.Close() // a connection that broke may say so
	if n <= at {
		return errors.Join(errNotReached, err)
	}
	if err == nil {
		return errors.New("poll hides that a batch failed")
	}
	if err := p.Poll(ctx, NewSession(s, Channel, family)); err != nil {
		return fmt.Errorf("the next poll: %w", err)
	}
	_ = p.Close()
	return complete(s, want)
}

// complete says what is wrong if the store does not hold want messages, each once.
func complete(s *Store, want int) error {
	stored := s.Messages()
	repeats := 0
	for _, m := range stored {
		repeats += m.Repeats
		if m.State != ingest.Received {
			return fmt.Errorf("%q is %s: %s %s", m.Arrival.Keys, m.State, m.Arrival.Problem, m.Arrival.Note)
		}
	}
	if len(stored) != want || repeats != 0 {
		return fmt.Errorf("%d messages and %d repeats, want %d and 0", len(stored), repeats, want)
	}
	return nil
}
