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

// asking is a source that can be asked once more, and the store's side of it.
type asking struct {
	source
	fails, asked int
	open         atomic.Bool
	left         map[string]int
}

func (a *asking) Refetch(ctx context.Context, _ channels.Session, o channels.Order) error {
	if a.asked++; a.asked <= a.fails {
		return errors.New("the connection ended")
	}
	o.Leave(ingest.SkipRefused)
	return o.Take(ctx, ingest.Batch{Arrivals: []ingest.Arrival{arrival("1", 0)}})
}

func (a *asking) NextRefetch(context.Context, string) (ingest.RefetchPart, error) {
	if !a.open.Load() {
		return ingest.RefetchPart{}, ingest.ErrNotFound
	}
	return ingest.RefetchPart{Job: 7, Rule: 1, Channel: "mail"}, nil
}

func (a *asking) WantedKeys(_ context.Context, _ ingest.RefetchPart, keys []string) ([]ingest.Want, error) {
	return make([]ingest.Want, len(keys)), nil
}

func (a *asking) MeantByRule(context.Context, ingest.RefetchPart, ingest.Message) (bool, error) {
	return true, nil
}

func (a *asking) Refetched(context.Context, ingest.RefetchPart, ingest.Batch) (ingest.Receipt, error) {
	return ingest.Receipt{}, nil
}

func (a *asking) EndRefetch(_ context.Context, _ ingest.RefetchPart, left map[string]int) error {
	a.left = left
	a.open.Store(false)
	return nil
}

// An order wakes a poller that waits, is tried again after a failure, and is
// given up in the end.
func TestRunnerFetchesAgainByOrder(t *testing.T) {
	for fails, want := range map[int]string{0: ingest.SkipRefused, 3: ingest.SkipRefused, 99: ingest.SkipFailed} {
		synctest.Test(t, func(t *testing.T) {
			a := &asking{source: source{poll: nothing}, fails: fails}
			r := runner(channeltest.NewStore(), a, "one")
			r.Orders, r.Ordered = a, a.open.Load
			stop := start(r)
			time.Sleep(time.Minute)
			synctest.Wait()
			a.open.Store(true)
			time.Sleep(3 * time.Hour)
			synctest.Wait()
			stop()
			if a.open.Load() || a.left[want] == 0 || a.asked > 10 || a.asked < min(fails, 10) {
				t.Errorf("%d failures: asked %d times, open %t, left %v", fails, a.asked, a.open.Load(), a.left)
			}
			if a.closed() == 0 {
				t.Error("the wait was not cut off")
			}
		})
	}
}
