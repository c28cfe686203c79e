package channels_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func arrival(key string, size int) ingest.Arrival {
	return ingest.Arrival{
		Message: ingest.Message{Channel: "c", Family: ingest.Chat, Text: key},
		Raw:     []byte(strings.Repeat("x", max(size-len(key), 0)) + key), Keys: []string{key},
	}
}

func post(keys ...string) []ingest.Arrival {
	var as []ingest.Arrival
	for _, k := range keys {
		as = append(as, arrival(k, 0))
	}
	return as
}

// blocked holds the first commit of a store until it is let go.
func blocked(s *channeltest.Store) (letGo func()) {
	gate := make(chan struct{})
	var once sync.Once
	s.Before(func(ingest.Batch) { once.Do(func() { <-gate }) })
	return func() { close(gate) }
}

func TestGroupCommitsACallAloneWhenIdle(t *testing.T) {
	s := channeltest.NewStore()
	var hinted []int
	g := channels.NewGroup(s, func(lanes []int) { hinted = append(hinted, lanes...) })
	for i := range 3 {
		r, err := g.Receive(t.Context(), post(fmt.Sprint(i)))
		if err != nil || len(r.Results) != 1 || !r.Results[0].Fresh {
			t.Fatalf("%+v, %v", r, err)
		}
	}
	g.Wait()
	if got := s.Batches(); !slices.Equal(got, []int{1, 1, 1}) || len(hinted) != 3 {
		t.Errorf("batches %v, hints %v", got, hinted)
	}
}

func TestGroupJoinsTheNextCommit(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		letGo := blocked(s)
		g := channels.NewGroup(s, nil)
		var all sync.WaitGroup
		for i := range 31 {
			all.Go(func() {
				keys := []string{fmt.Sprintf("%d/a", i), fmt.Sprintf("%d/b", i)}
				r, err := g.Receive(t.Context(), post(keys...))
				if err != nil || len(r.Results) != 2 {
					t.Errorf("%+v, %v", r, err)
					return
				}
				for n, m := range s.Messages() {
					for j, key := range keys {
						if m.Arrival.Keys[0] == key && r.Results[j].ID != m.ID {
							t.Errorf("message %d: another's result", n)
						}
					}
				}
			})
			if i == 0 {
				synctest.Wait()
			}
		}
		synctest.Wait()
		letGo()
		all.Wait()
		if got := s.Batches(); !slices.Equal(got, []int{2, 60}) {
			t.Errorf("batches %v, want the first call alone and all others together", got)
		}
	})
}

func TestGroupBoundsABatch(t *testing.T) {
	for name, tt := range map[string]struct {
		calls, each, size int
		want              []int
	}{
		"by count":          {45, 10, 10, []int{10, 200, 200, 40}},
		"by bytes":          {5, 1, 3 << 20, []int{1, 2, 2}},
		"one call is whole": {2, 300, 10, []int{300, 300}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := channeltest.NewStore()
				letGo := blocked(s)
				g := channels.NewGroup(s, nil)
				for c := range tt.calls {
					go func() {
						var as []ingest.Arrival
						for i := range tt.each {
							as = append(as, arrival(fmt.Sprintf("%d/%d", c, i), tt.size))
						}
						if _, err := g.Receive(t.Context(), as); err != nil {
							t.Error(err)
						}
					}()
					if c == 0 {
						synctest.Wait()
					}
				}
				synctest.Wait()
				letGo()
				g.Wait()
				if got := s.Batches(); !slices.Equal(got, tt.want) {
					t.Errorf("batches %v, want %v", got, tt.want)
				}
			})
		})
	}
}

func TestGroupStartsASecondCommitterWhenManyWait(t *testing.T) {
	for calls, want := range map[int]int{20: 1, 500: 2} {
		synctest.Test(t, func(t *testing.T) {
			s := channeltest.NewStore()
			gate := make(chan struct{})
			var mu sync.Mutex
			at, most := 0, 0
			s.Before(func(ingest.Batch) {
				mu.Lock()
				at++
				most = max(most, at)
				mu.Unlock()
				<-gate
				mu.Lock()
				at--
				mu.Unlock()
			})
			g := channels.NewGroup(s, nil)
			for c := range calls {
				go func() {
					if _, err := g.Receive(t.Context(), post(fmt.Sprint(c))); err != nil {
						t.Error(err)
					}
				}()
			}
			synctest.Wait()
			close(gate)
			g.Wait()
			if most != want || len(s.Messages()) != calls {
				t.Errorf("%d calls: %d committers and %d messages, want %d and all", calls, most, len(s.Messages()), want)
			}
		})
	}
}

func TestGroupTellsEveryoneToTryAgain(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		letGo := blocked(s)
		g := channels.NewGroup(s, nil)
		var first, others error
		var all sync.WaitGroup
		all.Go(func() { _, first = g.Receive(t.Context(), post("first")) })
		synctest.Wait()
		for i := range 5 {
			all.Go(func() {
				if _, err := g.Receive(t.Context(), post(fmt.Sprint(i))); !ingest.Temporary(err) {
					others = errors.Join(others, fmt.Errorf("call %d: %v", i, err))
				}
			})
		}
		synctest.Wait()
		s.FailNext(nil) // the first call's commit
		s.FailNext(ingest.AsTemporary(errors.New("away")))
		letGo()
		all.Wait()
		if first != nil || others != nil || len(s.Messages()) != 1 {
			t.Errorf("first %v, others %v, %d messages", first, others, len(s.Messages()))
		}
	})
}

func TestGroupGoesOnWithoutItsCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := channeltest.NewStore()
		letGo := blocked(s)
		g := channels.NewGroup(s, nil)
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err := g.Receive(ctx, post("a")); !ingest.Temporary(err) || !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a caller whose time is up gets %v", err)
		}
		letGo()
		g.Wait()
		if len(s.Messages()) != 1 {
			t.Error("the commit did not go on")
		}
		if _, err := g.Receive(ctx, post("b")); !ingest.Temporary(err) || len(s.Messages()) != 1 {
			t.Errorf("a caller that is gone already gets %v", err)
		}
	})
}

func TestGroupKeepsWhatTheStoreRefusesAsDead(t *testing.T) {
	bad := func(a ingest.Arrival) bool { return strings.HasPrefix(a.Keys[0], "bad") }
	for name, tt := range map[string]struct {
		calls [][]string
		dead  []string
		sizes []int // of the batches after the first, sorted
	}{
		"a message alone":          {[][]string{{"bad"}}, []string{"bad"}, []int{1}},
		"one of several calls":     {[][]string{{"1"}, {"bad"}, {"2"}}, []string{"bad"}, []int{1, 1, 1}},
		"one of a call":            {[][]string{{"1", "2", "bad"}}, []string{"bad"}, []int{3}},
		"one of a call in a group": {[][]string{{"1", "bad", "2"}, {"3"}}, []string{"bad"}, []int{1, 3}},
		"nobody alone to blame":    {[][]string{{"bad 1", "bad 2", "3"}}, []string{"3", "bad 1", "bad 2"}, []int{3}},
	} {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s := channeltest.NewStore()
				s.Reject(bad)
				letGo := blocked(s)
				g := channels.NewGroup(s, nil)
				for _, keys := range append([][]string{{"first"}}, tt.calls...) {
					go func() {
						if r, err := g.Receive(t.Context(), post(keys...)); err != nil || len(r.Results) != len(keys) {
							t.Errorf("%v: %+v, %v", keys, r, err)
						}
					}()
					synctest.Wait()
				}
				letGo()
				g.Wait()
				var dead []string
				for _, m := range s.Messages() {
					if m.State == ingest.Dead {
						dead = append(dead, m.Arrival.Keys[0])
						if m.Arrival.Problem != ingest.ReasonRejected || string(m.Arrival.Raw) != m.Arrival.Keys[0] || m.Arrival.Message.Text != "" {
							t.Errorf("dead: %+v", m.Arrival)
						}
					}
				}
				slices.Sort(dead)
				sizes := s.Batches()[1:]
				slices.Sort(sizes)
				if !slices.Equal(dead, tt.dead) || !slices.Equal(sizes, tt.sizes) {
					t.Errorf("dead %q, batches %v; want %q, %v", dead, sizes, tt.dead, tt.sizes)
				}
			})
		})
	}
}

type short struct{}

func (short) Receive(context.Context, ingest.Batch) (ingest.Receipt, error) {
	return ingest.Receipt{}, nil
}

func TestGroupTrustsNoShortReceipt(t *testing.T) {
	if _, err := channels.NewGroup(short{}, nil).Receive(t.Context(), post("a")); err == nil {
		t.Error("a message that the store said nothing of must not be acknowledged")
	}
	if r, err := channels.NewGroup(short{}, nil).Receive(t.Context(), nil); err != nil || r.Results != nil {
		t.Errorf("nothing to store: %+v, %v", r, err)
	}
}
