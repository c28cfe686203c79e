package queue

import (
	"context"
	"errors"
	"log/slog"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/queue/localredis"
)

// mail is events for endpoints, in memory.
type mail struct {
	mu    sync.Mutex
	fresh map[ingest.ID]int // not spread yet
	due   map[ingest.ID]int
	sent  map[ingest.ID]int
	fail  bool
}

func newMail() *mail {
	return &mail{fresh: map[ingest.ID]int{}, due: map[ingest.ID]int{}, sent: map[ingest.ID]int{}}
}

func (m *mail) SpreadEvents(context.Context, int) (list []ingest.ID, more bool, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.fail {
		m.fail = false
		return nil, true, errors.New("the store is away")
	}
	for id, n := range m.fresh {
		m.due[id] += n
		delete(m.fresh, id)
		return []ingest.ID{id}, true, nil
	}
	return nil, false, nil
}

func (m *mail) EndpointsDue(context.Context) (list []ingest.ID, err error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	for id, n := range m.due {
		if n > 0 {
			list = append(list, id)
		}
	}
	return list, nil
}

func (m *mail) Deliver(_ context.Context, id ingest.ID) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent[id] += m.due[id]
	m.due[id] = 0
	return nil
}

func (m *mail) add(where map[ingest.ID]int, id ingest.ID, n int) {
	m.mu.Lock()
	defer m.mu.Unlock()
	where[id] += n
}

func (m *mail) has(id ingest.ID) int {
	m.mu.Lock()
	defer m.mu.Unlock()
	return m.sent[id]
}

func runMail(t *testing.T, url string, m *mail) *Queue {
	t.Helper()
	noLeaks(t)
	d := newDesk()
	q, err := Open(Options{RedisURL: url, Store: d, Settle: d.settle, Outbound: m, Settings: ingest.DefaultSettings, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan error, 1)
	go func() { ended <- q.Run(ctx, true) }()
	t.Cleanup(func() {
		cancel()
		if err := <-ended; err != nil {
			t.Error(err)
		}
		if err := q.Close(); err != nil {
			t.Error(err)
		}
	})
	return q
}

func TestEventsAreSpreadAndDelivered(t *testing.T) {
	m := newMail()
	m.fail = true
	first, second := ingest.NewID(time.Now()), ingest.NewID(time.Now())
	runMail(t, localredis.Test(t), m)
	m.add(m.fresh, first, 3)
	m.add(m.fresh, second, 2)
	eventually(t, "both have got theirs", func() bool { return m.has(first) == 3 && m.has(second) == 2 })
	m.add(m.due, first, 4) // a next try, or what a dead process left
	eventually(t, "what is due is swept", func() bool { return m.has(first) == 7 })
}

func TestEventsAreDeliveredWithoutRedis(t *testing.T) {
	server := localredis.Own(t, localredis.Options{})
	m, id := newMail(), ingest.NewID(time.Now())
	runMail(t, server.URL(), m)
	m.add(m.fresh, id, 1)
	eventually(t, "delivered with redis", func() bool { return m.has(id) == 1 })
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	m.add(m.fresh, id, 1)
	eventually(t, "spread without redis", func() bool { return m.has(id) == 2 })
	m.add(m.due, id, 1)
	eventually(t, "swept without redis", func() bool { return m.has(id) == 3 })
}
