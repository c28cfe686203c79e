package postgres

import (
	"context"
	"errors"
	"testing"
	"time"

	"gatehouse/ingest"
)

// TestMakeContactWaitsForRules makes a contact while somebody changes whose its
// address is: it holds none yet that the other waits for.
func TestMakeContactWaitsForRules(t *testing.T) {
	s, ctx := open(t), context.Background()
	holder, err := s.MakeContact(ctx, ingest.NewContact{Contact: ingest.Contact{Name: "Bob"}})
	must(t, err)
	address, err := ingest.ParseIdentity("email", "a@example.com", ingest.Verified)
	must(t, err)
	change, err := s.pool.Begin(ctx)
	must(t, err)
	_, err = change.Exec(ctx, sqlRulesLock)
	must(t, err)
	done := make(chan error, 1)
	go func() {
		_, err := s.MakeContact(ctx, ingest.NewContact{Contact: ingest.Contact{Name: "Ann"}, Identities: []ingest.Identity{address}})
		done <- err
	}()
	for count(t, s, "select count(*) from pg_locks where not granted") == 0 {
		select {
		case err := <-done:
			t.Fatalf("it did not wait: %v", err)
		case <-time.After(time.Millisecond):
		}
	}
	_, err = addIdentity(ctx, change, holder, address)
	must(t, err)
	must(t, change.Commit(ctx))
	var taken *ingest.TakenError
	if err := <-done; !errors.As(err, &taken) || taken.Contact != holder {
		t.Errorf("%v, want that the address is taken", err)
	}
}
