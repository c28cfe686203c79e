package channels_test

import (
	"context"
	"errors"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestRunnerGoesOnWithAPart(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		var back atomic.Bool
		p := &source{
			poll: func(context.Context, channels.Session) error {
				if back.Load() {
					return nil
				}
				return channels.Partly(errors.New("a folder is gone"))
			},
			wait: func(ctx context.Context) error { time.Sleep(time.Minute); return nil },
		}
		stop := start(runner(s, p, "one"))
		time.Sleep(10*time.Minute + time.Second)
		back.Store(true)
		time.Sleep(2 * time.Minute)
		stop()
		if polls, closes := len(p.polled()), p.closed(); polls < 12 || closes != 1 {
			t.Errorf("%d polls, %d closes: it was taken for a failure", polls, closes)
		}
		h := s.Health("mail")
		if h[0] != (ingest.Health{State: "failing", Error: "a folder is gone"}) || h[len(h)-1] != (ingest.Health{State: "ok"}) {
			t.Errorf("health %v", h)
		}
	})
}

// paced is how often a source is polled in an hour that fails with err, having
// stored something each time or not.
func paced(t *testing.T, err error, gives bool) (n int) {
	synctest.Test(t, func(t *testing.T) {
		s, key := channeltest.NewStore(), byte('a')
		p := &source{poll: func(ctx context.Context, in channels.Session) error {
			if gives {
				key++
				if _, err := in.Receive(ctx, ingest.Batch{Arrivals: []ingest.Arrival{arrival(string(rune(key)), 0)}}); err != nil {
					t.Error(err)
				}
			}
			return err
		}}
		stop := start(runner(s, p, "one"))
		time.Sleep(time.Hour)
		stop()
		n = len(p.polled())
	})
	return n
}

func TestRunnersPace(t *testing.T) {
	away := errors.New("connection refused")
	if n := paced(t, away, false); n < 10 || n > 40 {
		t.Errorf("%d polls of a source that is away", n)
	}
	if n := paced(t, channels.Throttled(away), false); n < 3 || n > 8 {
		t.Errorf("%d polls of a source that wants to be asked less", n)
	}
	if n := paced(t, channels.Throttled(away), true); n < 30 {
		t.Errorf("%d polls of a source that gives something each time", n)
	}
	if n := paced(t, away, true); n < 1000 {
		t.Errorf("%d polls of a source that gives something each time", n)
	}
	if channels.Throttled(nil) != nil || channels.Partly(nil) != nil {
		t.Error("no error was marked as one")
	}
}
