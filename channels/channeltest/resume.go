package channeltest

import (
	"context"
	"errors"
	"fmt"
	"testing"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// most batches that Resume follows: a source in a test is small.
const mostBatches = 100

// Resume makes sure that a poller loses and doubles nothing wherever it is
// stopped. source returns a new poller over a source that holds want messages,
// in batches of more than one if want is enough. Each batch in turn fails, or
// is stored without the poller hearing of it; then the poller starts afresh.
func Resume(t *testing.T, family ingest.Family, want int, source func(t *testing.T) channels.Poller) {
	gone := ingest.AsTemporary(errors.New("the database is away"))
	for name, fail := range map[string]func(*Store){
		"not stored":  func(s *Store) { s.FailNext(gone) },
		"answer lost": func(s *Store) { s.LoseAnswer(gone) },
	} {
		t.Run(name, func(t *testing.T) {
			for at := 0; at < mostBatches && stopAt(t, family, want, source(t), at, fail); at++ {
			}
		})
	}
}

// stopAt polls with the batch numbered at failing, and then to the end. It
// reports whether there was such a batch.
func stopAt(t *testing.T, family ingest.Family, want int, p channels.Poller, at int, fail func(*Store)) bool {
	t.Helper()
	ctx, s, n := context.Background(), NewStore(), 0
	s.Before(func(ingest.Batch) {
		if n == at {
			fail(s)
		}
		n++
	})
	err := p.Poll(ctx, NewSession(s, Channel, family))
	reached := n > at
	if reached == (err == nil) {
		t.Errorf("batch %d fails: %t, and Poll returns %v", at, reached, err)
	}
	shut(t, p)
	if err := p.Poll(ctx, NewSession(s, Channel, family)); err != nil {
		t.Errorf("poll after batch %d failed: %v", at, err)
	}
	shut(t, p)
	if err := complete(s, want); err != nil {
		t.Errorf("after batch %d failed: %v", at, err)
	}
	return reached
}

func shut(t *testing.T, p channels.Poller) {
	t.Helper()
	if err := p.Close(); err != nil {
		t.Logf("close: %v", err) // a connection that broke may say so
	}
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
