package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"golang.org/x/sync/errgroup"

	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
	"gatehouse/ingest/postgres"
	"gatehouse/pipeline"
)

// settle measures how fast waiting messages are decided by the pipeline and
// put into conversations. Chat messages wait in all lanes; workers take lane
// after lane and settle 200 messages a transaction, as the queue's workers do.
// p50 and p99 are of one such transaction.
//
//	settle            everybody writes for the first time: contact, identity, conversation; 2 workers
//	settle-8          the same with 8 workers, measured by 2: more must not be much slower
//	settle-repeating  half as many visitors as messages, all known, each with an open conversation
//	settle-hot        one known visitor wrote all: one lane, one worker
//
// The yardstick moves messages that were received like these into
// conversations: two connections, for one sender one; in the same batches, each
// a transaction and a round trip. Who gets what is known beforehand, nothing is
// locked or read, and the rows and columns it writes are the same.
func settle(ctx context.Context, b *bench) (lines []*line, err error) {
	p, err := b.host.place(ctx, channel{settled, "chat", ingest.Chat}, channel{yardSettled, "chat", ingest.Chat})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	s := &settling{place: p, channel: settled, n: b.sized(10000), ledger: newLedger(), people: map[string]*yard.Person{}}
	const plain = "the same rows by plain unnest"
	for _, v := range []struct {
		crowd crowd
		does  string
		goal  float64
	}{
		{crowd{"settle", false, func(round, i int) string { return fmt.Sprintf("%d-%d", round, i) }}, "new senders, 2 workers", 0.55},
		{crowd{"settle-repeating", true, func(_, i int) string { return fmt.Sprint(i % max(s.n/2, 1)) }}, "known senders, 2 workers", 0.6},
		{crowd{"settle-hot", true, func(int, int) string { return "hot" }}, "one sender", 0.6},
	} {
		list := []contestant{s.contestant(v.crowd, 2), s.yardstick(v.crowd)}
		if v.crowd.name == "settle" {
			list = append(list, s.contestant(crowd{"settle-8", false, v.crowd.visitor}, 8))
		}
		laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm, list...)
		if err != nil {
			return nil, err
		}
		lines = append(lines, compare(v.crowd.name, v.does, laps[0], plain, laps[1], v.goal))
		if len(laps) > 2 {
			lines = append(lines, compare("settle-8", "new senders, 8 workers", laps[2], "2 workers", laps[0], 0.8))
		}
	}
	f, err := s.ledger.audit(ctx, p, settled, string(ingest.Conversed), sentPost)
	for _, l := range lines {
		l.found(f)
	}
	return lines, err
}

// The channels of case settle.
const (
	settled     = "settled"
	yardSettled = "yard"
)

// crowd is who writes.
type crowd struct {
	name    string
	known   bool                      // they have written before
	visitor func(round, i int) string // who wrote the i-th message
}

// settling is case settle at work.
type settling struct {
	*place
	channel string
	n       int
	ledger  *ledger
	judge   pipeline.Judge

	people map[string]*yard.Person // the yardstick's, by who they are
	list   []yard.Decided
}

// settleText is the octets of text in a message that waits: settling reads none.
const settleText = 200

func (s *settling) contestant(c crowd, workers int) contestant {
	return contestant{
		name: c.name,
		prepare: func(ctx context.Context, round int) error {
			return s.receive(ctx, posts(fmt.Sprintf("%s%d", c.name, round), s.n, settleText, func(i int) string {
				return fmt.Sprintf("%s-%s", c.name, c.visitor(round, i))
			}))
		},
		run: func(ctx context.Context, _ int) (lap, error) { return s.work(ctx, workers) },
	}
}

// receive lets messages wait in their lanes.
func (s *settling) receive(ctx context.Context, list []post) error {
	waiting, err := arrivals(s.channel, list)
	if err != nil {
		return err
	}
	for from := 0; from < len(waiting); from += yard.BatchSize {
		receipt, err := s.store.Receive(ctx, ingest.Batch{Arrivals: waiting[from:min(from+yard.BatchSize, len(waiting))]})
		if err != nil {
			return err
		}
		for i, r := range receipt.Results {
			if err := s.ledger.note(list[from+i].ID, r.ID); err != nil {
				return err
			}
		}
	}
	return nil
}

// work settles until no lane has anything left.
func (s *settling) work(ctx context.Context, workers int) (lap, error) {
	begin := time.Now()
	waiting, err := s.store.Waiting(ctx)
	if err != nil {
		return lap{}, err
	}
	l, err := drainLanes(ctx, s.store, &s.judge, waiting, workers)
	l.took = time.Since(begin)
	if err == nil && l.n != s.n {
		err = fmt.Errorf("%d of %d messages were settled", l.n, s.n)
	}
	return l, err
}

// drainLanes has workers settle lane after lane.
func drainLanes(ctx context.Context, store *postgres.Store, judge *pipeline.Judge, waiting []int, workers int) (l lap, err error) {
	lanes := make(chan int, len(waiting))
	for _, lane := range waiting {
		lanes <- lane
	}
	close(lanes)
	var mu sync.Mutex
	group, ctx := errgroup.WithContext(ctx)
	for range workers {
		group.Go(func() error {
			for lane := range lanes {
				part, err := drain(ctx, store, judge, lane)
				if err != nil {
					return err
				}
				mu.Lock()
				l.n, l.waits = l.n+part.n, append(l.waits, part.waits...)
				mu.Unlock()
			}
			return nil
		})
	}
	err = group.Wait()
	return l, err
}

// drain settles a lane as a worker does.
func drain(ctx context.Context, store *postgres.Store, judge *pipeline.Judge, lane int) (l lap, err error) {
	for {
		at := time.Now()
		done, err := store.Settle(ctx, lane, yard.BatchSize, judge)
		if err != nil {
			return l, err
		}
		l.n, l.waits = l.n+done.Decided, append(l.waits, time.Since(at))
		if !done.More {
			return l, nil
		}
	}
}
