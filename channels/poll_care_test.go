package channels_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestRunnerRecoversAndReports(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		n := 0
		p := &source{
			poll: func(context.Context, channels.Session) error {
				if n++; n == 2 {
					return errors.New("connection reset")
				}
				return nil
			},
			wait: func(ctx context.Context) error {
				if n == 1 {
					return errors.New("connection reset")
				}
				time.Sleep(time.Second)
				return ctx.Err()
			},
		}
		stop := start(runner(s, p, "one"))
		time.Sleep(80 * time.Second)
		stop()
		var states []string
		for _, h := range s.Health("mail") {
			states = append(states, h.State)
		}
		if want := []string{"ok", "failing", "failing", "ok", "ok", "ok"}; !slices.Equal(states, want) {
			t.Errorf("health %q, want %q: every change and failure, and a good one each 30 s", states, want)
		}
	})
}

func TestRunnerSurvivesAPanicAndGoesCarefully(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		var tries []int
		var careful []bool
		p := &source{
			poll: func(ctx context.Context, in channels.Session) error {
				careful = append(careful, in.Careful())
				if !in.Careful() && len(careful) == 1 {
					panic("a mail's own words")
				}
				n, err := in.Attempt(ctx, "INBOX", "7")
				tries = append(tries, n)
				return err
			},
			wait: func(ctx context.Context) error { time.Sleep(time.Minute); return ctx.Err() },
		}
		stop := start(runner(s, p, "one"))
		time.Sleep(90 * time.Second)
		stop()
		if !slices.Equal(careful, []bool{false, true, false}) || !slices.Equal(tries, []int{1, 2}) {
			t.Errorf("careful %v, tries %v", careful, tries)
		}
		if h := s.Health("mail"); h[0].State != "failing" || h[0].Error != "reader panicked: string" {
			t.Errorf("health %+v", h)
		}
	})
}

func TestRunnerIsPaused(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		p := &source{poll: nothing}
		r := runner(s, p, "one")
		var paused atomic.Bool
		paused.Store(true)
		r.Paused = paused.Load
		stop := start(r)
		defer stop()
		time.Sleep(time.Minute)
		if len(p.polled()) != 0 {
			t.Error("polled while paused")
		}
		paused.Store(false)
		time.Sleep(5 * time.Second)
		paused.Store(true)
		time.Sleep(5 * time.Second)
		synctest.Wait()
		if len(p.polled()) != 1 || p.closed() != 1 {
			t.Errorf("%d polls, %d closes", len(p.polled()), p.closed())
		}
		if l, err := s.Acquire(t.Context(), "mail", "two", time.Second); err != nil || l.Careful {
			t.Errorf("the lease of a paused channel: %+v, %v", l, err)
		}
	})
}

func TestSessionAsksTheProgram(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		r := runner(s, &source{poll: func(ctx context.Context, in channels.Session) error {
			if n, err := in.Refuses(ctx, ingest.Message{Subject: "x"}); n != 7 || err != nil {
				t.Errorf("refuses: %d, %v", n, err)
			}
			release, err := in.Hold(ctx, 1<<30)
			if err != nil {
				return err
			}
			release()
			return nil
		}}, "one")
		r.Refuses = func(_ context.Context, m ingest.Message) (int64, error) {
			if m.Channel != "mail" || m.Family != ingest.Email {
				t.Errorf("asked of %+v", m)
			}
			return 7, nil
		}
		stop := start(r)
		synctest.Wait()
		stop()
		if h := s.Health("mail"); len(h) != 1 || h[0].State != "ok" {
			t.Errorf("health %v", h)
		}
	})
}

// TestRunnerCounts lends a poller a way to tell what came besides messages.
func TestRunnerCounts(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		var counted []string
		p := &source{poll: func(ctx context.Context, in channels.Session) error {
			return in.Count(ctx, ingest.Besides{Ignored: 1, Reports: []ingest.DeliveryReport{{ID: "x"}}})
		}}
		r := runner(channeltest.NewStore(), p, "one")
		stop := start(r)
		time.Sleep(time.Minute)
		stop()
		r.Count = func(_ context.Context, channel string, b ingest.Besides) error {
			counted = append(counted, fmt.Sprint(channel, b.Ignored, b.Reports[0].ID))
			return nil
		}
		stop = start(r)
		time.Sleep(time.Minute)
		stop()
		if !slices.Equal(counted, []string{"mail1x"}) || p.closed() != 2 {
			t.Errorf("counted %q, %d closes", counted, p.closed())
		}
	})
}
