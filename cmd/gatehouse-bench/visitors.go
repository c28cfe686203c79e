package main

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"time"

	"gatehouse/channels"
)

// visitors are clients who write to a chat door over HTTP while something else
// is measured, each one message after the other with a pause between. What each
// post waits for its acknowledgement is noted.
type visitors struct {
	place   *place
	channel string
	n       int           // of them
	pause   time.Duration // at most, between two posts of one
	ledger  *ledger
	rounds  int
}

// accompany has them write from before do begins until it ends.
func (v *visitors) accompany(ctx context.Context, hint func([]int), do func() error) (waits []time.Duration, err error) {
	d, err := openDoor(v.channel, channels.NewGroup(v.place.store, hint), v.n)
	if err != nil {
		return nil, err
	}
	defer d.stop()
	v.rounds++
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	stop := make(chan struct{})
	var mu sync.Mutex
	var wg sync.WaitGroup
	for i := range v.n {
		wg.Go(func() {
			list, err := v.write(ctx, d, fmt.Sprintf("%s%d-%d", v.channel, v.rounds, i), stop)
			if err != nil {
				cancel(err)
			}
			mu.Lock()
			waits = append(waits, list...)
			mu.Unlock()
		})
	}
	err = do()
	close(stop)
	wg.Wait()
	if err == nil {
		err = context.Cause(ctx)
	}
	return waits, err
}

// write is one visitor's work, until stop is closed.
func (v *visitors) write(ctx context.Context, d *door, name string, stop chan struct{}) (waits []time.Duration, err error) {
	for n := 0; ; n++ {
		select {
		case <-stop:
			return waits, nil
		case <-ctx.Done():
			return waits, ctx.Err()
		case <-time.After(rand.N(v.pause)):
		}
		p := posts(fmt.Sprintf("%s-%d", name, n), 1, settleText, func(int) string { return name })[0]
		at := time.Now()
		id, err := d.post(ctx, p.body())
		if err != nil {
			return waits, err
		}
		waits = append(waits, time.Since(at))
		if err := v.ledger.note(p.ID, id); err != nil {
			return waits, err
		}
	}
}
