package e2e

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"sync"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
)

// A crowd writes into the chat, each visitor one message after the other, and
// repeats each until it is acknowledged.
type crowd struct {
	h    house
	stop chan struct{}
	done sync.WaitGroup

	mu    sync.Mutex
	acked map[string]string // the ids given, by the names of the messages
	away  int               // how often it was asked to try again
}

// crowd sends visitors into the chat; leave calls them back.
func (h house) crowd(visitors int) *crowd {
	c := &crowd{h: h, stop: make(chan struct{}), acked: map[string]string{}}
	for v := range visitors {
		c.done.Go(func() { c.write(v) })
	}
	h.T.Cleanup(func() { c.leave() })
	return c
}

// leave returns when each visitor's last message is acknowledged, and gives
// the names of all of them.
func (c *crowd) leave() []string {
	c.mu.Lock()
	select {
	case <-c.stop:
	default:
		close(c.stop)
	}
	c.mu.Unlock()
	c.done.Wait()
	return slices.Collect(maps.Keys(c.acked))
}

func (c *crowd) write(visitor int) {
	for n := 0; ; n++ {
		name := fmt.Sprintf("v%d/%d", visitor, n)
		if !c.insist(housetest.Post(fmt.Sprintf("v%d", visitor), fmt.Sprint(n), name), name) {
			return
		}
		select {
		case <-c.stop:
			return
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// insist posts until the message is acknowledged.
func (c *crowd) insist(body, name string) bool {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		a, err := c.h.Ask(http.MethodPost, housetest.Door, body)
		switch {
		case err == nil && a.Status == http.StatusAccepted:
			c.note(name, a.Body)
			return true
		case err == nil && (a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == ""):
			c.h.T.Errorf("%s: %d, Retry-After %q: %s", name, a.Status, a.Header.Get("Retry-After"), a.Body)
			return false
		}
		c.note("", "")
		time.Sleep(20 * time.Millisecond)
	}
	c.h.T.Errorf("%s was not acknowledged within %v", name, patience)
	return false
}

func (c *crowd) note(name, body string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name == "" {
		c.away++
		return
	}
	var given struct{ ID string }
	if err := json.Unmarshal([]byte(body), &given); err != nil || given.ID == "" {
		c.h.T.Errorf("%s: the answer names no message: %s", name, body)
	}
	c.acked[name] = given.ID
}

// wrote waits until n more messages are acknowledged.
func (c *crowd) wrote(n int) {
	c.h.T.Helper()
	count := func() int { c.mu.Lock(); defer c.mu.Unlock(); return len(c.acked) }
	n += count()
	eventually(c.h.T, fmt.Sprintf("%d messages acknowledged", n), func() bool { return count() >= n })
}

// turnedAway waits until somebody is asked to try again, or gets no answer.
func (c *crowd) turnedAway() {
	c.h.T.Helper()
	count := func() int { c.mu.Lock(); defer c.mu.Unlock(); return c.away }
	n := count()
	eventually(c.h.T, "somebody is turned away", func() bool { return count() > n })
}

// keptItsWord checks that the ids given name the messages, and that the
// messages of each visitor are numbered in the order in which they were written.
func (c *crowd) keptItsWord() {
	c.h.T.Helper()
	type place struct{ n, seq int64 }
	order := map[int][]place{}
	for _, m := range c.h.Messages() {
		if m.Channel != "site-chat" {
			continue
		}
		if c.acked[m.Name()] != m.ID {
			c.h.T.Errorf("%s is %s, and was acknowledged as %q", m.Name(), m.ID, c.acked[m.Name()])
		}
		var visitor int
		var at place
		if _, err := fmt.Sscanf(m.Name(), "v%d/%d", &visitor, &at.n); err != nil {
			c.h.T.Fatal(err)
		}
		at.seq = m.Seq
		order[visitor] = append(order[visitor], at)
	}
	for visitor, list := range order {
		slices.SortFunc(list, func(a, b place) int { return int(a.n - b.n) })
		if !slices.IsSortedFunc(list, func(a, b place) int { return int(a.seq - b.seq) }) {
			c.h.T.Errorf("the messages of visitor %d are out of order: %v", visitor, list)
		}
	}
}
