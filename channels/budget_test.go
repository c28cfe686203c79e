package channels_test

import (
	"context"
	"testing"
	"testing/synctest"

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
