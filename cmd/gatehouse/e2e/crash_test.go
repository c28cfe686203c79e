package e2e

import (
	"bufio"
	"net"
	"net/url"
	"testing"
	"time"

	"github.com/emersion/go-imap/v2"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// over checks that all that the crowd wrote and all that lies in the mailbox is
// stored once and decided.
func (h house) over(c *crowd, b *housetest.Mailbox) {
	h.T.Helper()
	written := c.leave()
	began := time.Now()
	h.Decided(map[string]int{"site-chat": len(written), "support-mail": len(b.Names)})
	h.Holds(append(written, b.Names...)...)
	c.keptItsWord()
	h.T.Logf("%d chat messages, %d mails, decided after %v", len(written), len(b.Names), time.Since(began))
}

// flush is FLUSHALL.
func (h house) flush() {
	h.T.Helper()
	u, err := url.Parse(h.Redis.URL())
	must(h.T, err)
	conn, err := net.Dial("unix", u.Path)
	must(h.T, err)
	defer conn.Close()
	must(h.T, conn.SetDeadline(time.Now().Add(patience)))
	_, err = conn.Write([]byte("FLUSHALL\r\n"))
	must(h.T, err)
	line, err := bufio.NewReader(conn).ReadString('\n')
	if must(h.T, err); line != "+OK\r\n" {
		h.T.Fatalf("FLUSHALL is answered with %q", line)
	}
}

func TestRedisIsFlushed(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"), housetest.SiteChat)
	h.Serve()
	c := h.crowd(4)
	for n := range 10 {
		b.Put(20*n, 20*n+20)
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
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"), housetest.SiteChat)
	h.Serve()
	c := h.crowd(2)
	c.wrote(20)
	must(t, h.Redis.Stop())
	b.Put(0, 50)
	c.wrote(20)
	h.Decided(map[string]int{"support-mail": 50})
	time.Sleep(during)
	c.wrote(20)
	must(t, h.Redis.Restart(t.Context()))
	b.Put(50, 100)
	c.wrote(20)
	h.over(c, b)
}

func TestStartsWithoutRedis(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Put(0, 20)
	h := newHouse(t, b.Channel("support-mail"), housetest.SiteChat)
	must(t, h.Redis.Stop())
	h.Serve()
	h.Decided(map[string]int{"support-mail": 20})
	must(t, h.Redis.Restart(t.Context()))
	c := h.crowd(2)
	b.Put(20, 40)
	c.wrote(10)
	h.over(c, b)
}

func TestPostgresIsKilled(t *testing.T) {
	t.Parallel()
	postgresKilled(t, 3, 0)
}

func postgresKilled(t *testing.T, times int, during time.Duration) {
	pg := localpg.Own(t, localpg.Options{Durable: true})
	b := housetest.NewMailbox(t)
	h := newHouseOn(t, pg.URL(""), b.Channel("support-mail"), housetest.SiteChat)
	h.Serve()
	c := h.crowd(4)
	for n := range times {
		b.Put(100*n, 100*n+100)
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
	b := housetest.NewMailbox(t)
	b.Put(0, 2000)
	h := newHouse(t, b.Channel("support-mail"), housetest.SiteChat)
	killed := make(chan struct{})
	for _, uid := range []imap.UID{333, 450, 1500} {
		b.At(uid, func() {
			h.Now.Load().Kill()
			killed <- struct{}{}
		})
	}
	h.Serve()
	c := h.crowd(2)
	for range 3 {
		select {
		case <-killed:
		case <-time.After(patience):
			t.Fatal("it never came so far")
		}
		h.Age()
		h.Serve()
	}
	c.wrote(10)
	h.over(c, b)
}

// A mail that ends whatever asks for it is given up in the end, and the mails
// around it are taken over. Here it is the test that ends the program, as a
// system out of memory would.
func TestMailThatKills(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	b.Put(0, 5)
	deadly := b.Deliver("", plain("Deadly"))
	b.Put(5, 10)
	h := newHouse(t, b.Channel("support-mail"))
	killed := make(chan struct{})
	for deaths := 0; ; deaths++ {
		b.At(deadly, func() { h.Now.Load().Kill(); close(killed) })
		h.Age()
		h.Serve()
		if !h.dies(killed, len(b.Names)) {
			t.Logf("given up after %d deaths", deaths)
			break
		}
		killed = make(chan struct{})
	}
	if m := h.Message(""); m.State != "dead" || m.Reason != "crashed" {
		t.Errorf("it is %s, reason %q: want it dead and crashed", m.State, m.Reason)
	}
	b.Put(10, 12)
	h.Decided(map[string]int{"support-mail": len(b.Names)})
	h.Holds(b.Names...)
}

// dies waits until the program is killed, or has n mails decided.
func (h house) dies(killed chan struct{}, n int) (died bool) {
	h.T.Helper()
	eventually(h.T, "death or the last mail", func() bool {
		select {
		case <-killed:
			died = true
		default:
		}
		b := h.Books()["support-mail"]
		return died || b.Accepted-b.InFlight >= int64(n)
	})
	return died
}

func TestTwoOnOneMailbox(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"), housetest.SiteChat)
	first := h.Serve()
	b.Put(0, 300)
	h.Decided(map[string]int{"support-mail": 1}) // so the first one has the mailbox
	second := h.Serve()
	c := h.crowd(4)
	b.Put(300, 600)
	c.wrote(50)
	h.Decided(map[string]int{"support-mail": 600})
	h.Now.Store(first)
	c.wrote(50)
	b.Put(600, 900)
	first.Kill()
	began := time.Now()
	h.Now.Store(second)
	h.Decided(map[string]int{"support-mail": 900})
	t.Logf("the second took over within %v", time.Since(began))
	h.over(c, b)
	if code := second.Terminate(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
}

func TestTerminatedUnderLoad(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"), housetest.SiteChat)
	p := h.Serve()
	c := h.crowd(8)
	for n := range 3 {
		b.Put(300*n, 300*n+300)
		c.wrote(50)
		if code := p.Terminate(); code != 0 {
			t.Errorf("it ended with %d", code)
		}
		p = h.Serve() // the lease was given back: nobody waits
	}
	c.wrote(10)
	h.over(c, b)
}

func TestTerminatedWhileServersAreAway(t *testing.T) {
	t.Parallel()
	pg := localpg.Own(t, localpg.Options{Durable: true})
	b := housetest.NewMailbox(t)
	h := newHouseOn(t, pg.URL(""), b.Channel("support-mail"), housetest.SiteChat)
	p := h.Serve()
	h.Say("v-1", "1", "Hello")
	must(t, pg.Kill())
	must(t, h.Redis.Stop())
	b.Put(0, 10)
	if code := p.Terminate(); code != 0 {
		t.Errorf("it ended with %d", code)
	}
	must(t, pg.Restart(t.Context()))
	must(t, h.Redis.Restart(t.Context()))
	h.Age() // it could not give the lease back
	h.Serve()
	h.Decided(map[string]int{"site-chat": 1, "support-mail": 10})
	h.Holds(append(b.Names, "Hello")...)
}
