package channels_test

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

func TestBudgetMakesWait(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := channels.NewBudget(100)
		small, err := b.Hold(t.Context(), 60)
		if err != nil {
			t.Fatal(err)
		}
		got := make(chan func())
		go func() {
			whole, err := b.Hold(t.Context(), 1000) // more than there ever is: all of it
			if err != nil {
				t.Error(err)
			}
			got <- whole
		}()
		synctest.Wait()
		select {
		case <-got:
			t.Fatal("held more than the budget")
		default:
		}
		small()
		small() // once more gives nothing back
		whole := <-got
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := b.Hold(ctx, 1); !ingest.Temporary(err) {
			t.Errorf("a caller that is gone gets %v", err)
		}
		whole()
		if last, err := b.Hold(t.Context(), 100); err != nil {
			t.Error(err)
		} else {
			last()
		}
		if none, err := b.Hold(t.Context(), -1); err != nil {
			t.Error(err)
		} else {
			none()
		}
	})
}

// TestSharesNeverWaitForEachOther lets many grow at once beyond what there is:
// whatever they hold by then, all of them end, some of them served.
func TestSharesNeverWaitForEachOther(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := channels.NewBudget(1 << 20)
		var all sync.WaitGroup
		var mu sync.Mutex
		began, served, refused := time.Now(), 0, 0
		for range 8 {
			all.Go(func() {
				s := b.Share()
				defer s.Release()
				var err error
				for n := int64(32 << 10); n <= 512<<10 && err == nil; n *= 2 {
					err = s.Grow(t.Context(), n)
					time.Sleep(time.Millisecond) // the others come as far
				}
				mu.Lock()
				defer mu.Unlock()
				switch {
				case err == nil:
					served++
				case ingest.Temporary(err):
					refused++
				default:
					t.Error(err)
				}
			})
		}
		all.Wait()
		if served == 0 || served+refused != 8 || time.Since(began) > 2*channels.HoldTimeout {
			t.Errorf("%d served, %d refused after %v", served, refused, time.Since(began))
		}
		whole, err := b.Hold(t.Context(), 1<<20)
		if err != nil {
			t.Fatal("memory was not given back:", err)
		}
		whole()
	})
}

func TestShareWaitsForAWhileOnly(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := channels.NewBudget(100)
		other := b.Share()
		if err := other.Grow(t.Context(), 90); err != nil {
			t.Fatal(err)
		}
		s, began := b.Share(), time.Now()
		if err := s.Grow(t.Context(), 1000); !ingest.Temporary(err) || time.Since(began) != channels.HoldTimeout {
			t.Errorf("%v after %v", err, time.Since(began))
		}
		if err := s.Grow(t.Context(), 50); !ingest.Temporary(err) || time.Since(began) != channels.HoldTimeout {
			t.Errorf("its patience is renewed: %v after %v", err, time.Since(began))
		}
		late := b.Share()
		time.AfterFunc(channels.HoldTimeout/2, other.Release)
		if err := late.Grow(t.Context(), 1000); err != nil {
			t.Errorf("the whole budget is free in time: %v", err)
		}
		late.Release()
		late.Release() // once more gives nothing back
		if _, err := b.Hold(t.Context(), 100); err != nil {
			t.Error(err)
		}
	})
}
