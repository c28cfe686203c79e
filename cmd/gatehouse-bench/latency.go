package main

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"time"

	"gatehouse/channels"
	"gatehouse/cmd/gatehouse-bench/yard"
	"gatehouse/ingest"
	"gatehouse/pipeline"
	"gatehouse/queue"
)

// latency measures how long one message takes through an idle system: a
// visitor posts it to the chat door over HTTP, it is stored and acknowledged,
// a hint goes to Redis, a worker takes it up and settles it. p50 and p99 are
// from the sending of the post to the commit that puts it into a conversation.
// Pauses of different lengths lie between the posts, so each meets the workers
// at another moment of their rounds.
//
// The yardstick posts the same messages and settles each at once with its own
// hands: what is left is the way through Redis. The rates are messages a
// second of waiting.
func latency(ctx context.Context, b *bench) (lines []*line, err error) {
	redis, err := b.host.redisURL(ctx)
	if err != nil {
		return nil, err
	}
	p, err := b.host.place(ctx, channel{queued, "chat", ingest.Chat}, channel{byHand, "chat", ingest.Chat})
	if err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, p.leave(ctx)) }()
	w := &waiting{place: p, n: b.sized(40), redis: redis, settled: make(chan int, 64), lanes: make(chan []int, 64)}
	through, bare := w.contestants()
	laps, err := alternate(ctx, b.log, b.rounds, p.yard.Warm, through, bare)
	if err != nil {
		return nil, err
	}
	l := compare("latency", "chat post sent to conversed, by Redis and worker", laps[0], "settling it at once by hand", laps[1], 0)
	l.GoalP50 = 60
	f, err := w.ledger.audit(ctx, p, queued, string(ingest.Conversed), sentPost)
	l.found(f)
	return []*line{l}, err
}

// The channels of case latency.
const (
	queued = "queued"
	byHand = "by-hand"
)

// waiting is case latency at work.
type waiting struct {
	*place
	n       int
	redis   string
	ledger  *ledger
	judge   pipeline.Judge
	settled chan int   // what the workers say they have settled
	lanes   chan []int // where the yardstick's messages are
}

func (w *waiting) contestants() (through, bare contestant) {
	w.ledger = newLedger()
	through = contestant{name: "latency", run: w.through}
	bare = contestant{name: "settled by hand", run: w.byHand}
	return through, bare
}

// through posts with a queue at work.
func (w *waiting) through(ctx context.Context, round int) (l lap, err error) {
	q, err := queue.Open(queue.Options{
		RedisURL: w.redis, Name: "gatehouse-bench", Store: w.store, Log: slog.New(slog.DiscardHandler),
		Settle: func(ctx context.Context, lane int) (ingest.Settled, error) {
			return w.store.Settle(ctx, lane, yard.BatchSize, &w.judge)
		},
		Settings: ingest.DefaultSettings,
		Settled:  func(n int) { w.settled <- n },
	})
	if err != nil {
		return lap{}, err
	}
	running, stop := context.WithCancel(ctx)
	done := make(chan error, 1)
	go func() { done <- q.Run(running, true) }()
	l, err = w.posts(ctx, queued, round, q.Hint, func(ctx context.Context) error { return w.heard(ctx) })
	stop()
	return l, errors.Join(err, <-done, q.Close())
}

// heard waits until a worker has settled a message.
func (w *waiting) heard(ctx context.Context) error {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		select {
		case n := <-w.settled:
			if n > 0 {
				return nil
			}
		case <-ctx.Done():
			return fmt.Errorf("no worker settles the message: %w", ctx.Err())
		}
	}
}

// byHand posts and settles.
func (w *waiting) byHand(ctx context.Context, round int) (lap, error) {
	hint := func(lanes []int) { w.lanes <- lanes }
	return w.posts(ctx, byHand, round, hint, func(ctx context.Context) error {
		for _, lane := range <-w.lanes {
			if _, err := w.store.Settle(ctx, lane, yard.BatchSize, &w.judge); err != nil {
				return err
			}
		}
		return nil
	})
}

// posts sends a round's messages one after the other, and after a first one
// that does not count measures each until arrived returns.
func (w *waiting) posts(ctx context.Context, channel string, round int, hint func([]int), arrived func(context.Context) error) (l lap, err error) {
	group := channels.NewGroup(w.store, hint)
	d, err := openDoor(channel, group, 1)
	if err != nil {
		return l, err
	}
	defer d.stop()
	list := posts(fmt.Sprintf("%s%d", channel, round), w.n+1, settleText, func(i int) string {
		return fmt.Sprintf("%s-%d-%d", channel, round, i)
	})
	for i := range list {
		at := time.Now()
		id, err := d.post(ctx, list[i].body())
		if err == nil {
			err = arrived(ctx)
		}
		took := time.Since(at)
		if err == nil && channel == queued {
			err = w.ledger.note(list[i].ID, id)
		}
		if err != nil {
			return l, err
		}
		if i > 0 {
			l.n, l.took, l.waits = l.n+1, l.took+took, append(l.waits, took)
		}
		time.Sleep(50*time.Millisecond + rand.N(100*time.Millisecond))
	}
	return l, nil
}
