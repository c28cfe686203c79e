package postgres_test

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"time"
)

// wire is what a replica's connections run through. It understands as much of
// the protocol as it needs to cut them after a chosen statement, or to hold
// one back.
type wire struct {
	mu    sync.Mutex
	armed bool
	left  int // statements to let through before the cut
	cuts  int
	holds map[string]*hold // by the text of a simple query
}

// hold is a statement that does not get through for now.
type hold struct {
	reached chan struct{} // closed when it was about to be sent
	release chan struct{} // closed to let it through
}

// dial is a pgconn.DialFunc.
func (w *wire) dial(ctx context.Context, network, address string) (net.Conn, error) {
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return nil, err
	}
	return &wired{Conn: c, wire: w}, nil
}

// arm cuts the connection after n more statements have been sent: the server
// carries them out, and nobody hears of it.
func (w *wire) arm(n int) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed, w.left, w.cuts = true, n, 0
}

// disarm reports whether a connection was cut since arm.
func (w *wire) disarm() bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.armed = false
	return w.cuts > 0
}

// stop holds the next simple query of that text back.
func (w *wire) stop(query string) *hold {
	w.mu.Lock()
	defer w.mu.Unlock()
	h := &hold{make(chan struct{}), make(chan struct{})}
	if w.holds == nil {
		w.holds = map[string]*hold{}
	}
	w.holds[query] = h
	return h
}

// pass waits if the frame is to be held, and reports whether the connection is
// to be cut behind it.
func (w *wire) pass(frame []byte) (cut bool) {
	w.mu.Lock()
	kind, h := frame[0], (*hold)(nil)
	if query := strings.ToLower(strings.TrimRight(string(frame[5:]), "\x00")); kind == 'Q' {
		h = w.holds[query]
		delete(w.holds, query)
	}
	if w.armed && (kind == 'Q' || kind == 'E' || kind == 'S') { // Query, Execute, Sync
		w.left--
		if cut = w.left <= 0; cut {
			w.cuts++
			w.armed = false // what follows is another try
		}
	}
	w.mu.Unlock()
	if h != nil {
		close(h.reached)
		<-h.release
	}
	return cut
}

// wired is one connection.
type wired struct {
	net.Conn
	wire    *wire
	begun   bool // the first frame has no kind
	pending []byte
	mu      sync.Mutex
	dead    bool
}

var errCut = errors.New("the connection was cut")

func (c *wired) Write(b []byte) (int, error) {
	if c.isDead() {
		return 0, errCut
	}
	c.pending = append(c.pending, b...)
	for {
		frame, cut := c.next()
		if frame == nil {
			return len(b), nil
		}
		if _, err := c.Conn.Write(frame); err != nil {
			return 0, err
		}
		if cut {
			c.cut()
			return 0, errCut
		}
	}
}

// next takes a whole frame off what is to be sent.
func (c *wired) next() (frame []byte, cut bool) {
	head := 1
	if !c.begun {
		head = 0
	}
	if len(c.pending) < head+4 {
		return nil, false
	}
	n := head + int(binary.BigEndian.Uint32(c.pending[head:]))
	if len(c.pending) < n {
		return nil, false
	}
	frame, c.pending = c.pending[:n:n], c.pending[n:]
	if c.begun {
		cut = c.wire.pass(frame)
	}
	c.begun = true
	return frame, cut
}

// cut ends our side and waits until the server has done what it was sent.
func (c *wired) cut() {
	c.mu.Lock()
	c.dead = true
	c.mu.Unlock()
	if half, ok := c.Conn.(interface{ CloseWrite() error }); ok {
		_ = half.CloseWrite()
		_ = c.Conn.SetReadDeadline(time.Now().Add(patience))
		_, _ = io.Copy(io.Discard, c.Conn)
	}
	_ = c.Conn.Close()
}

func (c *wired) isDead() bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.dead
}

func (c *wired) Read(b []byte) (int, error) {
	n, err := c.Conn.Read(b)
	if c.isDead() {
		return 0, errCut
	}
	return n, err
}
