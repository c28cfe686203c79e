package queue

import (
	"context"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/redis/go-redis/v9"
	"go.uber.org/goleak"

	"gatehouse/ingest"
	"gatehouse/queue/localredis"
)

// desk is a store in memory: messages are counted by lane.
type desk struct {
	mu      sync.Mutex
	waiting map[int]int
	settled map[int]int
	held    map[int]bool // lanes somebody else has
	files   bool         // its messages name files
	ended   atomic.Int32 // how often rules were to be ended
	late    atomic.Int32 // how often parts were to be joined
	exports atomic.Int32 // how often files were to be made
}

func newDesk() *desk {
	return &desk{waiting: map[int]int{}, settled: map[int]int{}, held: map[int]bool{}}
}

func (d *desk) add(lane, n int) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.waiting[lane] += n
}

func (d *desk) settle(_ context.Context, lane int) (ingest.Settled, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.held[lane] {
		return ingest.Settled{Busy: true}, nil
	}
	n := min(d.waiting[lane], 3)
	d.waiting[lane] -= n
	d.settled[lane] += n
	return d.named(ingest.Settled{Decided: n, More: n == 3}), nil
}

func (d *desk) done(lane int) int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.settled[lane]
}

func (d *desk) Waiting(context.Context) ([]int, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var list []int
	for lane, n := range d.waiting {
		if n > 0 {
			list = append(list, lane)
		}
	}
	return list, nil
}

func (d *desk) StepJobs(context.Context, int) (ingest.Stepped, error)         { return ingest.Stepped{}, nil }
func (d *desk) JoinParts(context.Context) error                               { d.late.Add(1); return nil }
func (d *desk) Link(context.Context) error                                    { return nil }
func (d *desk) PartMerged(context.Context) error                              { return nil }
func (d *desk) EndRules(context.Context) error                                { d.ended.Add(1); return nil }
func (d *desk) Fold(context.Context) error                                    { return nil }
func (d *desk) Analyze(context.Context) error                                 { return nil }
func (d *desk) CloseIdle(context.Context, time.Duration, time.Duration) error { return nil }
func (d *desk) Tidy(context.Context) error                                    { return nil }
func (d *desk) MakeExports(context.Context) (bool, error)                     { d.exports.Add(1); return false, nil }
func (d *desk) DropOldExports(context.Context) error                          { return nil }
func (d *desk) Retain(context.Context) error                                  { return nil }

func run(t *testing.T, url string, d *desk) *Queue {
	t.Helper()
	return runWith(t, url, d, nil)
}

// runWith starts a queue on the desk and stops it with the test, leaving nothing.
func runWith(t *testing.T, url string, d *desk, files Files) *Queue {
	t.Helper()
	noLeaks(t)
	return start(t, url, d, files)
}

// noLeaks makes sure that what the test starts from now on ends with it.
func noLeaks(t *testing.T) {
	leaks := goleak.IgnoreCurrent()
	t.Cleanup(func() { // the servers' own keepers end with the test binary
		goleak.VerifyNone(t, leaks, goleak.IgnoreAnyFunction("gatehouse/ingest/local.(*Process).run"),
			goleak.IgnoreAnyFunction("github.com/redis/go-redis/v9/internal/pool.(*ConnPool).tryDial")) // looks each second whether it was closed
	})
}

func start(t *testing.T, url string, d *desk, files Files) *Queue {
	t.Helper()
	q, err := Open(Options{RedisURL: url, Store: d, Settle: d.settle, Files: files, Settings: ingest.DefaultSettings, Log: slog.New(slog.DiscardHandler)})
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

// eventually waits until cond holds; the limit only keeps a failure from
// hanging.
func eventually(t *testing.T, what string, cond func() bool) {
	t.Helper()
	for range 3000 {
		if cond() {
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Fatalf("never: %s", what)
}

func TestAHintIsWorkedToTheEnd(t *testing.T) {
	d := newDesk()
	q := run(t, localredis.Test(t), d)
	d.add(7, 10)
	d.add(40, 1)
	q.Hint([]int{7, 40})
	eventually(t, "both lanes are settled", func() bool { return d.done(7) == 10 && d.done(40) == 1 })
}

func TestWhatNoHintToldIsSwept(t *testing.T) {
	d := newDesk()
	run(t, localredis.Test(t), d)
	d.add(9, 4)
	eventually(t, "the lane is swept", func() bool { return d.done(9) == 4 })
}

func TestRulesAreEndedByWhoeverWorks(t *testing.T) {
	d := newDesk()
	run(t, localredis.Test(t), d)
	eventually(t, "rules are ended", func() bool { return d.ended.Load() > 0 })
	eventually(t, "parts are joined", func() bool { return d.late.Load() > 0 })
}

func TestFlushedHintsAreSwept(t *testing.T) {
	d, url := newDesk(), localredis.Test(t)
	d.held[5] = true
	q := run(t, url, d)
	d.add(5, 2)
	q.Hint([]int{5})
	opt, err := redis.ParseURL(url)
	if err != nil {
		t.Fatal(err)
	}
	c := redis.NewClient(opt)
	defer c.Close()
	if err := c.FlushAll(context.Background()).Err(); err != nil {
		t.Fatal(err)
	}
	d.mu.Lock()
	d.held[5] = false
	d.mu.Unlock()
	eventually(t, "the lane is settled all the same", func() bool { return d.done(5) == 2 })
}

func TestWorkGoesOnWithoutRedis(t *testing.T) {
	d := newDesk()
	server := localredis.Own(t, localredis.Options{})
	q := run(t, server.URL(), d)
	d.add(1, 1)
	q.Hint([]int{1})
	eventually(t, "settled with redis", func() bool { return d.done(1) == 1 })
	if err := server.Kill(); err != nil {
		t.Fatal(err)
	}
	d.add(2, 5)
	q.Hint([]int{2})
	eventually(t, "settled without redis", func() bool { return d.done(2) == 5 })
	if !q.Away() {
		t.Error("redis is gone and the queue does not say so")
	}
	if err := server.Restart(context.Background()); err != nil {
		t.Fatal(err)
	}
	eventually(t, "redis is back", func() bool { return !q.Away() })
	d.add(3, 5)
	q.Hint([]int{3})
	eventually(t, "settled with redis again", func() bool { return d.done(3) == 5 })
}

func TestLanesIsASet(t *testing.T) {
	var l lanes
	for _, lane := range []int{63, 0, 5, 5} {
		l.add(lane)
	}
	l.remove(5)
	if got := l.list(); !slices.Equal(got, []int{0, 63}) {
		t.Errorf("%v", got)
	}
}
