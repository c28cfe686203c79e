package channels_test

import (
	"context"
	"errors"
	"slices"
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
		var order []int
		for i := range 3 {
			go func() {
				turn := in("a")
				order = append(order, i)
				time.Sleep(time.Second)
				turn.Leave()
			}()
			synctest.Wait()
		}
		if len(order) > 0 || !first.Awaited() || elsewhere.Awaited() {
			t.Errorf("%v entered a full gate, or nobody waits there", order)
		}
		first.Leave()
		synctest.Wait()
		second.Leave()
		synctest.Wait()
		if !slices.Equal(order, []int{0, 1}) {
			t.Errorf("%v entered when two had left", order)
		}
		time.Sleep(time.Minute)
		if !slices.Equal(order, []int{0, 1, 2}) {
			t.Errorf("%v entered at last", order)
		}
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
