package smtp

import (
	"errors"
	"fmt"
	"io"
	"maps"
	"net"
	"net/netip"
	"os"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/emersion/go-smtp"
)

// refusalTimeout is how long it may take to tell a client that it may not come in.
const refusalTimeout = 5 * time.Second

// conn is a client's connection. It knows what the library does not tell: how
// long the client was silent, and whether it went away within a mail.
type conn struct {
	net.Conn
	client   netip.Addr // the zero Addr for a unix socket
	timeout  time.Duration
	draining *atomic.Bool
	leave    func()

	since atomic.Int64 // when a mail began to be handed over (Unix ns); 0: none is
	ended atomic.Bool  // no more can be read
}

// begin notes that a mail is being handed over, end that none is.
func (c *conn) begin() { c.since.CompareAndSwap(0, time.Now().UnixNano()) }
func (c *conn) end()   { c.since.Store(0) }

func (c *conn) busy() bool { return c.since.Load() != 0 }

// overdue reports whether the mail takes longer than any may.
func (c *conn) overdue() bool {
	since := c.since.Load()
	return since != 0 && time.Since(time.Unix(0, since)) > longestTransfer
}

// errGone is the end of a connection within a mail.
var errGone = errors.New("the client went away within a mail")

// Read waits for the client, at most for the timeout. Where it waits for a
// command while the listener closes, it returns at once: the library takes that
// for a time-out and answers 421. Within a mail a time-out ends the connection
// without a word, since the library would call it a permanent failure.
func (c *conn) Read(b []byte) (int, error) {
	if err := c.SetReadDeadline(time.Now().Add(c.timeout)); err != nil {
		return 0, err
	}
	if c.draining.Load() && !c.busy() {
		return 0, os.ErrDeadlineExceeded
	}
	n, err := c.Conn.Read(b)
	if err == nil && !c.overdue() {
		return n, nil
	}
	c.ended.Store(true)
	if c.overdue() || errors.Is(err, os.ErrDeadlineExceeded) && c.busy() {
		_ = c.Close()
		return n, errGone
	}
	return n, err
}

// Close closes the connection and gives its place to another.
func (c *conn) Close() error {
	c.leave()
	return c.Conn.Close()
}

// drain wakes a connection that waits for a command.
func (c *conn) drain() {
	if !c.busy() {
		_ = c.SetReadDeadline(time.Now())
	}
}

// gate is a net.Listener that lets in whom it may, and no more than it can bear.
type gate struct {
	net.Listener
	config config
	count  func(what string)
	// draining says that no more commands are waited for.
	draining atomic.Bool

	mu        sync.Mutex
	in        map[*conn]bool
	perClient map[netip.Addr]int
}

func newGate(l net.Listener, c config, count func(string)) *gate {
	return &gate{Listener: l, config: c, count: count, in: map[*conn]bool{}, perClient: map[netip.Addr]int{}}
}

// Accept returns the next client that may come in. The others are told why not.
func (g *gate) Accept() (net.Conn, error) {
	for {
		raw, err := g.Listener.Accept()
		if err != nil {
			return nil, err
		}
		c, refusal := g.admit(raw)
		if refusal == nil {
			g.count("connection")
			return c, nil
		}
		g.count("connection_refused")
		go turnAway(raw, refusal)
	}
}

// turnAway greets with a refusal (RFC 5321 §3.1) and hangs up. What the client
// may have said already is read, or the end of the connection would overtake
// the answer.
func turnAway(raw net.Conn, why *smtp.SMTPError) {
	defer raw.Close()
	if raw.SetDeadline(time.Now().Add(refusalTimeout)) != nil {
		return
	}
	e := why.EnhancedCode
	_, _ = fmt.Fprintf(raw, "%d %d.%d.%d %s\r\n", why.Code, e[0], e[1], e[2], why.Message)
	if half, ok := raw.(interface{ CloseWrite() error }); ok && half.CloseWrite() == nil {
		_, _ = io.CopyN(io.Discard, raw, 1<<10)
	}
}

// admit gives a client a place.
func (g *gate) admit(raw net.Conn) (*conn, *smtp.SMTPError) {
	client := addressOf(raw)
	if client.IsValid() && !g.allows(client) {
		return nil, errStranger
	}
	g.mu.Lock()
	defer g.mu.Unlock()
	if len(g.in) >= g.config.MaxConnections || client.IsValid() && g.perClient[client] >= g.config.MaxPerClient {
		return nil, errBusy
	}
	c := &conn{Conn: raw, client: client, timeout: g.config.Timeout, draining: &g.draining}
	c.leave = sync.OnceFunc(func() { g.release(c) })
	g.in[c] = true
	g.perClient[client]++
	return c, nil
}

func (g *gate) release(c *conn) {
	g.mu.Lock()
	defer g.mu.Unlock()
	delete(g.in, c)
	if g.perClient[c.client]--; g.perClient[c.client] == 0 {
		delete(g.perClient, c.client)
	}
}

func (g *gate) allows(client netip.Addr) bool {
	for _, network := range g.config.allowed {
		if network.Contains(client) {
			return true
		}
	}
	return false
}

// drain lets no command be waited for any more; mails on their way go on.
func (g *gate) drain() {
	g.draining.Store(true)
	g.mu.Lock()
	defer g.mu.Unlock()
	for c := range g.in {
		c.drain()
	}
}

// hangUp closes all connections, and returns when that is done.
func (g *gate) hangUp() {
	g.mu.Lock()
	all := slices.Collect(maps.Keys(g.in))
	g.mu.Unlock()
	for _, c := range all {
		_ = c.Close()
	}
}

// addressOf is the client's address, without port and zone.
func addressOf(c net.Conn) netip.Addr {
	tcp, ok := c.RemoteAddr().(*net.TCPAddr)
	if !ok {
		return netip.Addr{}
	}
	return tcp.AddrPort().Addr().Unmap().WithZone("")
}
