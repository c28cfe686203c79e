package channels_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// source is a poller whose polls and waits a test scripts. It records calls.
type source struct {
	poll func(ctx context.Context, in channels.Session) error
	wait func(ctx context.Context) error // nil: until ctx ends

	mu     sync.Mutex
	polls  []time.Time
	closes int
}

func (s *source) Poll(ctx context.Context, in channels.Session) error {
	s.mu.Lock()
	s.polls = append(s.polls, time.Now())
	s.mu.Unlock()
	return s.poll(ctx, in)
}

func (s *source) Wait(ctx context.Context) error {
	if s.wait != nil {
		return s.wait(ctx)
	}
	<-ctx.Done()
	return nil
}

func (s *source) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.closes++
	return nil
}

func (s *source) closed() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.closes
}

func (s *source) polled() []time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.polls)
}

func nothing(context.Context, channels.Session) error { return nil }

func runner(s channels.Store, p channels.Poller, holder string) *channels.Runner {
	return &channels.Runner{
		Channel: "mail", Family: ingest.Email, Holder: holder, Poller: p, Store: s,
		Budget: channels.NewBudget(1 << 20), Log: slog.New(slog.DiscardHandler),
	}
}

// start runs r until the returned function is called.
func start(r *channels.Runner) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	done := make(chan struct{})
	go func() { defer close(done); r.Run(ctx) }()
	return func() { cancel(); <-done }
}

func TestRunnerStoresUnderItsLease(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		var hints []int
		p := &source{poll: func(ctx context.Context, in channels.Session) error {
			at, err := in.Cursor(ctx, "INBOX")
			if err != nil || at != "" {
				t.Errorf("cursor %q, %v", at, err)
			}
			a := arrival("1", 0)
			a.Message.Channel, a.Message.Family = "", ingest.Unknown
			_, err = in.Receive(ctx, ingest.Batch{
				Arrivals: []ingest.Arrival{a},
				Move:     &ingest.Move{Mailbox: "INBOX", From: at, To: "1"},
			})
			return err
		}}
		r := runner(s, p, "one")
		r.Hint = func(lanes []int) { hints = append(hints, lanes...) }
		stop := start(r)
		time.Sleep(time.Minute)
		stop()
		m := s.Messages()
		if len(m) != 1 || m[0].Arrival.Message.Channel != "mail" || m[0].Arrival.Message.Family != ingest.Email || len(hints) != 1 {
			t.Fatalf("%d messages, hints %v", len(m), hints)
		}
		if h := s.Health("mail"); !slices.Equal(h, []ingest.Health{{State: "ok"}}) {
			t.Errorf("health %v", h)
		}
		if len(p.polled()) != 1 || p.closed() != 1 {
			t.Errorf("%d polls, %d closes", len(p.polled()), p.closed())
		}
		lease, err := s.Acquire(t.Context(), "mail", "two", time.Minute)
		if err != nil || lease.Careful {
			t.Errorf("the lease was not given back: %+v, %v", lease, err)
		}
	})
}

func TestRunnerIsAloneAndTakesOver(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		if _, err := s.Acquire(t.Context(), "mail", "killed", 10*time.Second); err != nil { // and never renewed
			t.Fatal(err)
		}
		began := time.Now()
		careful := map[string]bool{}
		second := func(ctx context.Context, in channels.Session) error { careful["first"] = in.Careful(); return nil }
		p := [2]*source{{poll: second}, {poll: second}}
		stops := []func(){start(runner(s, p[0], "a")), start(runner(s, p[1], "b"))}
		time.Sleep(15 * time.Second)
		synctest.Wait()
		polls := append(p[0].polled(), p[1].polled()...)
		if len(polls) != 1 || polls[0].Sub(began) < 10*time.Second || !careful["first"] {
			t.Errorf("polls %v after %v, careful %v; want one poll, carefully, of one replica within 15 s", polls, began, careful)
		}
		time.Sleep(time.Hour)
		if n := len(p[0].polled()) + len(p[1].polled()); n != 1 {
			t.Errorf("%d polls in an hour of a lease that is renewed", n)
		}
		holder := 0
		if len(p[1].polled()) == 1 {
			holder = 1
		}
		stops[holder]()
		time.Sleep(4 * time.Second)
		synctest.Wait()
		if n := len(p[1-holder].polled()); n != 1 || careful["first"] {
			t.Errorf("after an orderly end the other polled %d times, careful %v", n, careful)
		}
		stops[1-holder]()
	})
}

func TestRunnerStopsAtOnceWhenTheLeaseIsLost(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		p := &source{poll: nothing}
		stop := start(runner(s, p, "one"))
		defer stop()
		synctest.Wait()
		s.TakeLease("mail", "two", time.Hour)
		time.Sleep(4 * time.Second) // the next renewal
		synctest.Wait()
		if p.closed() != 1 || len(p.polled()) != 1 {
			t.Errorf("%d closes, %d polls", p.closed(), len(p.polled()))
		}
		time.Sleep(time.Minute)
		if len(p.polled()) != 1 {
			t.Error("polled under another's lease")
		}
	})
}

func TestRunnerStopsWhenFenced(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		var after error
		p := &source{poll: func(ctx context.Context, in channels.Session) error {
			s.TakeLease("mail", "two", time.Hour)
			_, err := in.Receive(ctx, ingest.Batch{Arrivals: post("1"), Move: &ingest.Move{To: "1"}})
			after = ctx.Err()
			return err
		}}
		stop := start(runner(s, p, "one"))
		defer stop()
		synctest.Wait()
		if len(s.Messages()) != 0 || after == nil || p.closed() != 1 || len(s.Health("mail")) != 0 {
			t.Errorf("%d messages, ctx %v, %d closes, health %v", len(s.Messages()), after, p.closed(), s.Health("mail"))
		}
	})
}

// deaf is a store that cannot renew leases.
type deaf struct {
	*channeltest.Store
	away atomic.Bool
}

func (d *deaf) Renew(ctx context.Context, channel string, token int64, ttl time.Duration) error {
	if d.away.Load() {
		return ingest.AsTemporary(errors.New("away"))
	}
	return d.Store.Renew(ctx, channel, token, ttl)
}

func TestRunnerOutlivesAShortAbsenceOfTheStore(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		d := &deaf{Store: channeltest.NewStore()}
		p := &source{poll: nothing}
		stop := start(runner(d, p, "one"))
		defer stop()
		synctest.Wait()
		d.away.Store(true)
		time.Sleep(6 * time.Second)
		d.away.Store(false)
		time.Sleep(time.Minute)
		if p.closed() != 0 {
			t.Error("gave up a lease that had not run out")
		}
		d.away.Store(true)
		lost := time.Now()
		for p.closed() == 0 {
			time.Sleep(100 * time.Millisecond)
			synctest.Wait()
		}
		if held := time.Since(lost); held > 10*time.Second {
			t.Errorf("held on for %v to a lease of 10 s", held)
		}
	})
}

func TestRunnerBacksOff(t *testing.T) {
	for name, tt := range map[string]struct {
		err        error
		state      string
		first, cap time.Duration
	}{
		"failing":      {errors.New("no route"), "failing", 2 * time.Second, 5 * time.Minute},
		"needs_reauth": {channels.NeedsReauth(errors.New("no such password")), "needs_reauth", 2 * time.Minute, 30 * time.Minute},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := channeltest.NewStore()
				p := &source{poll: func(context.Context, channels.Session) error { return fmt.Errorf("log in: %w", tt.err) }}
				stop := start(runner(s, p, "one"))
				time.Sleep(24 * time.Hour)
				stop()
				want := tt.first
				for i := 1; i < len(p.polled()); i++ {
					if gap := p.polled()[i].Sub(p.polled()[i-1]); gap < want/2 || gap > want {
						t.Fatalf("pause %d is %v, want %v to %v", i, gap, want/2, want)
					}
					want = min(2*want, tt.cap)
				}
				for _, h := range s.Health("mail") {
					if h.State != tt.state || h.Error == "" {
						t.Fatalf("health %+v", h)
					}
				}
				if p.closed() != len(p.polled())+1 {
					t.Errorf("%d closes of %d connections", p.closed(), len(p.polled()))
				}
			})
		})
	}
}
