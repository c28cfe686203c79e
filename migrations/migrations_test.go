package migrations_test

import (
	"context"
	"sync"
	"testing"

	"gatehouse/migrations"
	"gatehouse/migrations/localpg"
)

func TestMain(m *testing.M) { localpg.Main(m) }

// Several programs that start at once on an empty database: each migration is
// applied once, and all of them go on.
func TestUpWithSeveralStarters(t *testing.T) {
	url, ctx := localpg.Empty(t), context.Background()
	var wg sync.WaitGroup
	var mu sync.Mutex
	applied := map[string]int{}
	for range 6 {
		wg.Go(func() {
			files, err := migrations.Up(ctx, url)
			if err != nil {
				t.Error(err)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, f := range files {
				applied[f]++
			}
		})
	}
	wg.Wait()
	list, err := migrations.List(ctx, url)
	if err != nil {
		t.Fatal(err)
	}
	if len(list) == 0 {
		t.Fatal("no migrations")
	}
	for _, s := range list {
		if applied[s.File] != 1 || s.Applied.IsZero() {
			t.Errorf("%s applied %d times, status %v", s.File, applied[s.File], s.Applied)
		}
	}
	if again, err := migrations.Up(ctx, url); err != nil || len(again) != 0 {
		t.Errorf("a second Up applied %v: %v", again, err)
	}
}
