package channels_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
)

func TestGatesLetInInOrder(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := channels.NewGates()
		in := func(name string) *channels.Turn {
			turn, err := g.Enter(t.Context(), name, 2)
			if err != nil {
				t.Error(err)
			}
			return turn
		}
		first, second, elsewhere := in("a"), in("a"), in("b")
		var mu sync.Mutex
		var order []int
		entered := func(want ...int) {
			t.Helper()
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			if !slices.Equal(order, want) {
				t.Errorf("%v entered, want %v", order, want)
			}
		}
		for i := range 3 {
			go func() {
				turn := in("a")
				mu.Lock()
				order = append(order, i)
				mu.Unlock()
				time.Sleep(time.Second)
				turn.Leave()
			}()
			synctest.Wait()
		}
		entered()
		if !first.Awaited() || elsewhere.Awaited() {
			t.Error("nobody waits at the full gate, or somebody at the other")
		}
		first.Leave()
		synctest.Wait()
		second.Leave()
		entered(0, 1)
		time.Sleep(time.Minute)
		entered(0, 1, 2)
		if again, err := g.Enter(t.Context(), "a", 1); err != nil || again.Awaited() {
			t.Errorf("the gate is not as it was at first: %v", err)
		}
	})
}

func TestGateCallsTheIdleOneByOne(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		g := channels.NewGates()
		ctx, cancel := context.WithCancel(t.Context())
		inside, _ := g.Enter(ctx, "a", 1)
		entered := make(chan *channels.Turn, 2)
		for range 2 {
			go func() {
				if turn, err := g.Enter(ctx, "a", 1); err == nil {
					entered <- turn
				}
			}()
		}
		synctest.Wait()
		<-inside.Wanted()
		inside.Leave()
		second := <-entered
		select {
		case <-second.Wanted():
		default:
			t.Error("the next one is not told that somebody waits")
		}
		cancel() // who waits gives up
		synctest.Wait()
		if second.Awaited() || len(entered) > 0 {
			t.Error("somebody still waits, or has entered")
		}
		second.Leave()
		if _, err := g.Enter(t.Context(), "a", 1); err != nil {
			t.Error(err)
		}
	})
}

func TestGateIsLeftByWhoeverGivesUp(t *testing.T) {
	g := channels.NewGates()
	inside, err := g.Enter(t.Context(), "a", 1)
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := g.Enter(ctx, "a", 1); !errors.Is(err, context.Canceled) {
		t.Errorf("entered a full gate: %v", err)
	}
	inside.Leave()
	if _, err := g.Enter(t.Context(), "a", 1); err != nil {
		t.Error(err)
	}
}
