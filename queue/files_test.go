package queue

import (
	"context"
	"errors"
	"sync"
	"testing"

	"gatehouse/ingest"
	"gatehouse/queue/localredis"
)

// shelf is files to be fetched, in memory.
type shelf struct {
	mu            sync.Mutex
	due, fetched  int
	under, widest int // how many are fetched at once
	fail          bool
	open          chan struct{} // closed: fetches end
}

func newShelf(due int) *shelf { return &shelf{due: due, open: make(chan struct{})} }

func (s *shelf) FilesDue(_ context.Context, limit int) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return min(s.due, limit), nil
}

func (s *shelf) FetchFile(ctx context.Context) (bool, error) {
	s.mu.Lock()
	if s.due == 0 || s.fail {
		defer s.mu.Unlock()
		if s.fail {
			s.fail = false
			return false, errors.New("the store is away")
		}
		return false, nil
	}
	s.due--
	s.under++
	s.widest = max(s.widest, s.under)
	s.mu.Unlock()
	select {
	case <-s.open:
	case <-ctx.Done():
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.under--
	s.fetched++
	return true, nil
}

func (s *shelf) done() (fetched, widest int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.fetched, s.widest
}

func TestFilesAreFetchedSideBySide(t *testing.T) {
	s := newShelf(50)
	s.fail = true
	q := runWith(t, localredis.Test(t), newDesk(), s)
	q.HintFiles(50)
	eventually(t, "all workers fetch", func() bool { _, widest := s.done(); return widest == fileWorkers })
	close(s.open)
	eventually(t, "all are fetched", func() bool { fetched, _ := s.done(); return fetched == 50 })
	if _, widest := s.done(); widest > fileWorkers {
		t.Errorf("%d at once", widest)
	}
}

func TestASettleTellsOfFiles(t *testing.T) {
	s, d := newShelf(1), newDesk()
	close(s.open)
	q := runWith(t, localredis.Test(t), d, s)
	d.files = true
	d.add(3, 1)
	q.Hint([]int{3})
	eventually(t, "it is fetched", func() bool { fetched, _ := s.done(); return fetched == 1 })
}

func TestFilesAreFetchedWithoutRedis(t *testing.T) {
	server := localredis.Own(t, localredis.Options{})
	s := newShelf(3)
	close(s.open)
	q := runWith(t, server.URL(), newDesk(), s)
	eventually(t, "fetched with redis", func() bool { fetched, _ := s.done(); return fetched == 3 })
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	s.mu.Lock()
	s.due = 2
	s.mu.Unlock()
	q.HintFiles(2)
	eventually(t, "fetched without redis", func() bool { fetched, _ := s.done(); return fetched == 5 })
	s.mu.Lock()
	s.due = 2
	s.mu.Unlock()
	eventually(t, "swept without redis", func() bool { fetched, _ := s.done(); return fetched == 7 })
}

var _ Files = noFiles{}

// What a desk's settle says of files.
func (d *desk) named(done ingest.Settled) ingest.Settled {
	if d.files {
		done.Files = done.Decided
	}
	return done
}
