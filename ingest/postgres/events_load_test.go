package postgres

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"gatehouse/ingest"
)

// Writers with long and short transactions, some rolled back, and readers that
// are stopped and begin again where they were: each reads all that was
// committed once, in one order, the one that asks for types what is of them.
func TestEventsHaveNoGapAndNoDoubleUnderLoad(t *testing.T) {
	s, ctx := open(t), context.Background()
	var committed sync.Map
	var writers, readers sync.WaitGroup
	var ended atomic.Bool
	for n := range 6 {
		writers.Go(func() { writeMany(t, s, n, &committed) })
	}
	logs := make([][]ingest.Event, 3)
	for n := range logs {
		f := ingest.EventFilter{Limit: 1 + 30*n}
		if n == 2 {
			f.Types = []string{"job.done"}
		}
		readers.Go(func() { logs[n] = follow(ctx, t, s, f, &ended) })
	}
	writers.Wait()
	ended.Store(true)
	readers.Wait()
	for n, log := range logs {
		want := 0
		committed.Range(func(_, kind any) bool {
			if n != 2 || kind == "job.done" {
				want++
			}
			return true
		})
		seen := map[string]bool{}
		for _, e := range log {
			if _, ok := committed.Load(string(e.Data)); !ok || seen[string(e.Data)] {
				t.Errorf("reader %d: %s was rolled back, or read before", n, e.Data)
			}
			seen[string(e.Data)] = true
		}
		if len(seen) != want {
			t.Errorf("reader %d read %d of %d events", n, len(seen), want)
		}
	}
	if !slices.EqualFunc(logs[0], logs[1], func(a, b ingest.Event) bool { return a.ID == b.ID }) {
		t.Error("two readers read in different orders")
	}
}

// writeMany commits transactions of one to four events, with pauses of up to
// some milliseconds within them, and rolls every eighth back.
func writeMany(t *testing.T, s *Store, writer int, committed *sync.Map) {
	ctx, errUndo := context.Background(), errors.New("rolled back")
	for n := range 120 {
		var wrote [][2]string
		err := s.tx(ctx, func(tx pgx.Tx) error {
			for i := range 1 + rand.IntN(4) {
				kind := []string{"job.done", "job.failed"}[rand.IntN(2)]
				job := strconv.Itoa(writer*1_000_000 + n*10 + i)
				var events eventColumns
				events.add(kind, ingest.ID{}, ingest.ID{}, ingest.ID{}, map[string]string{"job": job})
				if err := events.insert(ctx, tx); err != nil {
					return err
				}
				wrote = append(wrote, [2]string{fmt.Sprintf(`{"job": %q}`, job), kind})
				time.Sleep(time.Duration(rand.IntN(3+17*(writer%2))) * time.Millisecond)
			}
			if n%8 == 7 {
				return errUndo
			}
			return nil
		})
		switch {
		case err == nil:
			for _, w := range wrote {
				committed.Store(w[0], w[1])
			}
		case !errors.Is(err, errUndo):
			t.Error(err)
			return
		}
	}
}

// follow reads until nothing more can come. It often forgets what it has read
// since it last wrote its place down, as a program does that is killed: what it
// wrote down stays.
func follow(ctx context.Context, t *testing.T, s *Store, f ingest.EventFilter, ended *atomic.Bool) (log []ingest.Event) {
	for {
		// Before the read: whatever was committed until then is in it, unless some
		// transaction of another database holds it back.
		last := ended.Load() && count(t, s, "select count(*) from events where xid >= pg_snapshot_xmin(pg_current_snapshot())") == 0
		list, err := s.Events(ctx, f)
		if err != nil {
			t.Error(err)
			return log
		}
		if rand.IntN(4) == 0 && !last {
			continue // killed before it wrote anything down
		}
		log, f.After = append(log, list.Items...), list.Next
		if last && len(list.Items) == 0 {
			return log
		}
	}
}
