// Package smpptest is a message centre for tests: it lets clients bind, delivers
// what it is given, and again what it gets no answer to, and fails on demand.
package smpptest

import (
	"context"
	"net"
	"slices"
	"sync"
	"testing"
	"time"
)

// Message is one that a centre has to deliver.
type Message struct {
	PDU      PDU
	Statuses []uint32 // of the answers so far

	due time.Time
}

// Done reports whether the client took it, or refused it for ever.
func (m *Message) Done() bool { return len(m.Statuses) > 0 && !again(m.Statuses[len(m.Statuses)-1]) }

// again reports whether an answer asks to try again later.
func again(status uint32) bool { return status == 0x64 || status == 0x14 || status == 0x58 }

// Centre is a message centre. Its fields are set before it is used.
type Centre struct {
	Window int                                         // most unanswered at a time; 0: 10
	Retry  time.Duration                               // after an answer that asks for it
	Sign   func(systemID, password string) uint32      // the status of a bind; nil: ESME_ROK
	Write  func(n int, p PDU, conn net.Conn) bool      // in place of writing the nth delivery; false: it is written
	Heard  func(n int, answer PDU, conn net.Conn) bool // before the nth answer counts; false: it does
	Mute   func() bool                                 // says nothing, not even to enquire_link; nil: never

	mu       sync.Mutex
	change   *sync.Cond
	queue    []*Message
	all      []*Message
	sessions map[*session]bool
	binds    int
	written  int
	heard    int
	links    int
	closed   bool
	work     sync.WaitGroup
	listener net.Listener
}

// New is a centre that nobody can reach but by its Dial.
func New(t testing.TB) *Centre {
	c := &Centre{Window: 10, sessions: map[*session]bool{}}
	c.change = sync.NewCond(&c.mu)
	t.Cleanup(c.Close)
	return c
}

// Listen lets clients connect on loopback, and returns where.
func (c *Centre) Listen(t testing.TB) string {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	c.ServeOn(l)
	return l.Addr().String()
}

// ServeOn takes the connections of a listener, which it closes at the end.
func (c *Centre) ServeOn(l net.Listener) {
	c.listener = l
	c.work.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			c.Serve(conn)
		}
	})
}

// Dial connects a client without a network.
func (c *Centre) Dial(context.Context, string, string) (net.Conn, error) {
	ours, theirs := net.Pipe()
	c.Serve(newWire(ours))
	return theirs, nil
}

// Put gives it messages to deliver.
func (c *Centre) Put(pdus ...PDU) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, p := range pdus {
		m := &Message{PDU: p}
		c.queue, c.all = append(c.queue, m), append(c.all, m)
	}
	c.change.Broadcast()
}

// Left is how many messages are not done.
func (c *Centre) Left() (n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.all {
		if !m.Done() {
			n++
		}
	}
	return n
}

// Messages are those it was given, in order.
func (c *Centre) Messages() (all []Message) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for _, m := range c.all {
		all = append(all, Message{PDU: m.PDU, Statuses: slices.Clone(m.Statuses)})
	}
	return all
}

// Counts are how often somebody bound, what was delivered, and how many
// enquire_link came.
func (c *Centre) Counts() (binds, delivered, links int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.binds, c.written, c.links
}

// Sessions is how many are bound.
func (c *Centre) Sessions() int {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.sessions)
}

// Send writes a PDU of its own to each session.
func (c *Centre) Send(p PDU) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.sessions {
		_ = s.write(p) // whoever is gone does not hear it
	}
}

// Cut ends each connection.
func (c *Centre) Cut() {
	c.mu.Lock()
	defer c.mu.Unlock()
	for s := range c.sessions {
		s.conn.Close()
	}
}

// Close ends all that it does.
func (c *Centre) Close() {
	c.mu.Lock()
	c.closed = true
	c.change.Broadcast()
	if c.listener != nil {
		c.listener.Close()
	}
	c.mu.Unlock()
	c.Cut()
	c.work.Wait()
}
