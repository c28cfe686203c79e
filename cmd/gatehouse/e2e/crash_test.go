package e2e

import (
	"bufio"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/migrations/localpg"
)

// over checks that all that the crowd wrote and all that lies in the mailbox is
// stored once and decided.
func (h *house) over(c *crowd, b *mailbox) {
	h.t.Helper()
	written := c.leave()
	began := time.Now()
	h.decided(map[string]int{"site-chat": len(written), "support-mail": len(b.names)})
	h.holds(append(written, b.names...)...)
	c.keptItsWord()
	h.t.Logf("%d chat messages, %d mails, decided after %v", len(written), len(b.names), time.Since(began))
}

// flush is FLUSHALL.
func (h *house) flush() {
	h.t.Helper()
	u, err := url.Parse(h.redis.URL())
	must(h.t, err)
	conn, err := net.Dial("unix", u.Path)
	must(h.t, err)
	defer conn.Close()
	must(h.t, conn.SetDeadline(time.Now().Add(patience)))
	_, err = conn.Write([]byte("FLUSHALL\r\n"))
	must(h.t, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	if must(h.t, err); line != "+OK\r\n" {
		h.t.Fatalf("FLUSHALL is answered with %q", line)
	}
}

func TestRedisIsFlushed(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	h := newHouse(t, b.channel("support-mail"), siteChat)
	h.serve()
	c := h.crowd(4)
	for n := range 10 {
		b.put(20*n, 20*n+20)
		c.wrote(20)
		h.flush()
	}
	h.over(c, b)
}

func TestRedisIsAway(t *testing.T) {
	t.Parallel()
	redisAway(t, 10*time.Second)
}

func redisAway(t *testing.T, during time.Duration) {
	b := newMailbox(t)
	h := newHouse(t, b.channel("support-mail"), siteChat)
	h.serve()
	c := h.crowd(2)
	c.wrote(20)
	must(t, h.redis.Stop())
	b.put(0, 50)
	c.wrote(20)
	h.decided(map[string]int{"support-mail": 50})
	time.Sleep(during)
	c.wrote(20)
	must(t, h.redis.Restart(t.Context()))
	b.put(50, 100)
	c.wrote(20)
	h.over(c, b)
}

func TestStartsWithoutRedis(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	b.put(0, 20)
	h := newHouse(t, b.channel("support-mail"), siteChat)
	must(t, h.redis.Stop())
	h.serve()
	h.decided(map[string]int{"support-mail": 20})
	must(t, h.redis.Restart(t.Context()))
	c := h.crowd(2)
	b.put(20, 40)
	c.wrote(10)
	h.over(c, b)
}

func TestPostgresIsKilled(t *testing.T) {
	t.Parallel()
	postgresKilled(t, 3, 0)
}

func postgresKilled(t *testing.T, times int, during time.Duration) {
	pg := localpg.Own(t, localpg.Options{Durable: true})
	b := newMailbox(t)
	h := newHouseOn(t, pg.URL(""), b.channel("support-mail"), siteChat)
	h.serve()
	c := h.crowd(4)
	for n := range times {
		b.put(100*n, 100*n+100)
		c.wrote(30)
		must(t, pg.Kill())
		c.turnedAway()
		time.Sleep(during)
		must(t, pg.Restart(t.Context()))
		began := time.Now()
		c.wrote(1)
		t.Logf("the door was open again after %v", time.Since(began))
	}
	c.wrote(10)
	h.over(c, b)
}

// Each kill comes when a batch has been half given and, most likely, the one
// before it is on its way to the store.
func TestKilledInTheMiddleOfAMailbox(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	b.put(0, 2000)
	h := newHouse(t, b.channel("support-mail"), siteChat)
	killed := make(chan struct{})
	for _, uid := range []imap.UID{333, 450, 1500} {
		b.at(uid, func() {
			h.now.Load().kill()
			killed <- struct{}{}
		})
	}
	h.serve()
	c := h.crowd(2)
	for range 3 {
		select {
		case <-killed:
		case <-time.After(patience):
			t.Fatal("it never came so far")
		}
		h.age()
		h.serve()
	}
	c.wrote(10)
	h.over(c, b)
}

// A mail that ends whatever asks for it is given up in the end, and the mails
// around it are taken over. Here it is the test that ends the program, as a
// system out of memory would.
func TestMailThatKills(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	b.put(0, 5)
	deadly := b.deliver("", plain("Deadly"))
	b.put(5, 10)
	h := newHouse(t, b.channel("support-mail"))
	killed := make(chan struct{})
	for deaths := 0; ; deaths++ {
		b.at(deadly, func() { h.now.Load().kill(); close(killed) })
		h.age()
		h.serve()
		if !h.dies(killed, len(b.names)) {
			t.Logf("given up after %d deaths", deaths)
			break
		}
		killed = make(chan struct{})
	}
	if m := h.message(""); m.State != "dead" || m.Reason != "crashed" {
		t.Errorf("it is %s, reason %q: want it dead and crashed", m.State, m.Reason)
	}
	b.put(10, 12)
	h.decided(map[string]int{"support-mail": len(b.names)})
	h.holds(b.names...)
}

// dies waits until the program is killed, or has n mails decided.
func (h *house) dies(killed chan struct{}, n int) (died bool) {
	h.t.Helper()
	eventually(h.t, "death or the last mail", func() bool {
		select {
		case <-killed:
			died = true
		default:
		}
		b := h.books()["support-mail"]
		return died || b.Accepted-b.InFlight >= int64(n)
	})
	return died
}

func TestTwoOnOneMailbox(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	h := newHouse(t, b.channel("support-mail"), siteChat)
	first := h.serve()
	b.put(0, 300)
	h.decided(map[string]int{"support-mail": 1}) // so the first one has the mailbox
	second := h.serve()
	c := h.crowd(4)
	b.put(300, 600)
	c.wrote(50)
	h.decided(map[string]int{"support-mail": 600})
	h.now.Store(first)
	c.wrote(50)
	b.put(600, 900)
	first.kill()
	began := time.Now()
	h.now.Store(second)
	h.decided(map[string]int{"support-mail": 900})
	t.Logf("the second took over within %v", time.Since(began))
	h.over(c, b)
	if code := second.terminate(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}

func TestTerminatedUnderLoad(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	h := newHouse(t, b.channel("support-mail"), siteChat)
	p := h.serve()
	c := h.crowd(8)
	for n := range 3 {
		b.put(300*n, 300*n+300)
		c.wrote(50)
		if code := p.terminate(); code != 0 {
			t.Errorf("it ended with %d", code)
		}
		p = h.serve() // the lease was given back: nobody waits
	}
	c.wrote(10)
	h.over(c, b)
}

func TestTerminatedWhileServersAreAway(t *testing.T) {
	t.Parallel()
	pg := localpg.Own(t, localpg.Options{Durable: true})
	b := newMailbox(t)
	h := newHouseOn(t, pg.URL(""), b.channel("support-mail"), siteChat)
	p := h.serve()
	h.say("v-1", "1", "Hello")
	must(t, pg.Kill())
	must(t, h.redis.Stop())
	b.put(0, 10)
	if code := p.terminate(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	must(t, pg.Restart(t.Context()))
	must(t, h.redis.Restart(t.Context()))
	h.age() // it could not give the lease back
	h.serve()
	h.decided(map[string]int{"site-chat": 1, "support-mail": 10})
	h.holds(append(b.names, "Hello")...)
}
