package channels_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// listed is a source that can be asked for a time, and the store's side of it.
type listed struct {
	source
	err   error // of the first fails tries
	fails int

	mu     sync.Mutex
	order  ingest.Backfill
	came   ingest.BackfillCount
	cause  string
	causes []string
	ended  bool
}

func (l *listed) Backfill(context.Context, channels.Session, ingest.Backfill) (ingest.BackfillCount, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.order.Tries <= l.fails {
		return ingest.BackfillCount{}, l.err
	}
	return ingest.BackfillCount{Listed: 9}, nil
}

func (l *listed) due() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.order.ID != 0 && !l.ended
}

func (l *listed) NextBackfill(context.Context, string) (ingest.Backfill, error) {
	if !l.due() {
		return ingest.Backfill{}, ingest.ErrNotFound
	}
	l.order.Tries++
	return l.order, nil
}

func (l *listed) RetryBackfill(_ context.Context, _ int64, cause string) error {
	l.causes = append(l.causes, cause)
	l.order.Error = cause
	return nil
}

func (l *listed) EndBackfill(_ context.Context, _ int64, n ingest.BackfillCount, cause string) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.came, l.cause, l.ended = n, cause, true
	return nil
}

// An order wakes a poller that waits. It is tried again where that may help, and
// given up in the end; where it cannot help it has failed at once.
func TestRunnerBackfillsByOrder(t *testing.T) {
	away := ingest.AsTemporary(errors.New("the provider is away"))
	for name, c := range map[string]struct {
		err     error
		fails   int
		cause   string
		retried int
	}{
		"at once":        {nil, 0, "", 0},
		"after a while":  {away, 3, "", 3},
		"never":          {away, 99, "given up after 10 tries: the provider is away", 10},
		"no credentials": {channels.NeedsReauth(errors.New("refused")), 99, "refused", 0},
		"no page":        {errors.New("no page"), 99, "no page", 0},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				l := &listed{source: source{poll: nothing}, err: c.err, fails: c.fails}
				r := runner(channeltest.NewStore(), l, "one")
				r.Backfills, r.BackfillDue = l, l.due
				stop := start(r)
				time.Sleep(time.Minute)
				synctest.Wait()
				l.mu.Lock()
				l.order.ID = 7
				l.mu.Unlock()
				time.Sleep(3 * time.Hour)
				synctest.Wait()
				stop()
				if !l.ended || l.cause != c.cause || len(l.causes) != c.retried || c.cause == "" && l.came.Listed != 9 {
					t.Errorf("ended %v with %q and %+v, tried again for %q", l.ended, l.cause, l.came, l.causes)
				}
			})
		})
	}
}

// A list that cannot be read from where it was left may well be for another
// time: an order is tried all the same, and hears why it cannot be done.
func TestRunnerBackfillsThoughPollingFails(t *testing.T) {
	for name, refused := range map[string]error{"done": nil, "refused": channels.NeedsReauth(errors.New("refused"))} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				failing := func(context.Context, channels.Session) error { return errors.New("in circles") }
				l := &listed{source: source{poll: failing}, order: ingest.Backfill{ID: 7}, err: refused}
				if refused != nil {
					l.fails = 99
				}
				r := runner(channeltest.NewStore(), l, "one")
				r.Backfills, r.BackfillDue = l, l.due
				stop := start(r)
				time.Sleep(time.Hour)
				synctest.Wait()
				stop()
				if !l.ended || (refused == nil) != (l.cause == "") {
					t.Errorf("ended %v with %q", l.ended, l.cause)
				}
			})
		})
	}
}

// A poller that cannot be asked says so.
func TestRunnerCannotBackfill(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		l := &listed{order: ingest.Backfill{ID: 7}}
		r := runner(channeltest.NewStore(), &source{poll: nothing}, "one")
		r.Backfills, r.BackfillDue = l, l.due
		stop := start(r)
		time.Sleep(time.Minute)
		synctest.Wait()
		stop()
		if !l.ended || !strings.Contains(l.cause, "cannot be asked") {
			t.Errorf("ended %v: %q", l.ended, l.cause)
		}
	})
}
