package localredis

import (
	"context"
	"sync"
	"time"

	"github.com/alicebob/miniredis/v2"
)

// An imitation is miniredis, on a port of the loopback. It forgets all when it
// stops.
type imitation struct {
	mini *miniredis.Miniredis
	addr string // the same at every start
	halt chan struct{}
	done sync.WaitGroup
}

func (i *imitation) url() string { return "redis://" + i.addr + "/0" }

func (i *imitation) start(context.Context) error {
	mini := miniredis.NewMiniRedis()
	addr := i.addr
	if addr == "" {
		addr = "127.0.0.1:0"
	}
	if err := mini.StartAddr(addr); err != nil {
		return err
	}
	i.mini, i.addr, i.halt = mini, mini.Addr(), make(chan struct{})
	i.done.Go(i.drive)
	return nil
}

// drive moves the clock by which keys expire; miniredis's own stands still.
func (i *imitation) drive() {
	tick := time.NewTicker(time.Second)
	defer tick.Stop()
	for {
		select {
		case <-i.halt:
			return
		case <-tick.C:
			i.mini.FastForward(time.Second)
		}
	}
}

func (i *imitation) stop() error {
	if i.mini == nil {
		return nil
	}
	close(i.halt)
	i.done.Wait()
	i.mini.Close()
	i.mini = nil
	return nil
}

func (i *imitation) kill() error { return i.stop() }
