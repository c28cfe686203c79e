package ingest_test

import (
	"strconv"
	"testing"
	"time"

	"gatehouse/ingest"
)

// TestTooManyTags refuses them, however many, without comparing each with all.
func TestTooManyTags(t *testing.T) {
	for n, want := range map[int]bool{ingest.MaxTags: true, ingest.MaxTags + 1: false, 1_000_000: false} {
		tags := make([]string, n)
		for i := range tags {
			tags[i] = strconv.Itoa(i)
		}
		done := make(chan error, 1)
		go func() {
			_, err := ingest.ContactChange{Tags: append(tags, "0")}.Apply(ingest.Contact{})
			done <- err
		}()
		select {
		case err := <-done:
			if (err == nil) != want || err != nil && !ingest.Invalid(err) {
				t.Errorf("%d tags: %v", n, err)
			}
		case <-time.After(time.Minute):
			t.Fatalf("%d tags take too long", n)
		}
	}
}
