package imap

import (
	"context"
	"fmt"
	"net"
	"sync"
	"sync/atomic"
)

// wires is a network in memory with one server on it. Time on it is that of
// package synctest, so that an hour of silence takes none.
type wires struct {
	calls chan net.Conn
	once  sync.Once
	gone  chan struct{}
	dials atomic.Int32
	open  atomic.Int32
	most  atomic.Int32          // open at once
	fail  atomic.Pointer[error] // what dialling ends with; nil: it does not
}

func newWires() *wires { return &wires{calls: make(chan net.Conn), gone: make(chan struct{})} }

func (w *wires) dial(ctx context.Context, _, _ string) (net.Conn, error) {
	w.dials.Add(1)
	if err := w.fail.Load(); err != nil {
		if *err == nil {
			<-ctx.Done()
			return nil, ctx.Err()
		}
		return nil, &net.OpError{Op: "dial", Net: "tcp", Err: *err}
	}
	here, there := net.Pipe()
	select {
	case w.calls <- newPatient(there):
		w.most.Store(max(w.most.Load(), w.open.Add(1)))
		return &end{Conn: here, on: w}, nil
	case <-w.gone:
		return nil, fmt.Errorf("dial: %w", net.ErrClosed)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

func (w *wires) Accept() (net.Conn, error) {
	select {
	case c := <-w.calls:
		return c, nil
	case <-w.gone:
		return nil, net.ErrClosed
	}
}

func (w *wires) Close() error {
	w.once.Do(func() { close(w.gone) })
	return nil
}

func (w *wires) Addr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 143} }

// end is a wire's end that says it is of the loopback.
type end struct {
	net.Conn
	on   *wires
	once sync.Once
}

// Close ends it for the other side, too.
func (e *end) Close() error {
	err := e.Conn.Close()
	e.once.Do(func() { e.on.open.Add(-1) })
	return err
}

// RemoteAddr is one of the loopback.
func (*end) RemoteAddr() net.Addr { return &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1), Port: 143} }

// patient is an end whose writing waits for no reader, as a socket's does not
// while there is room. What was written before Close still arrives.
type patient struct {
	net.Conn
	mu     sync.Mutex
	out    chan []byte
	ended  bool
	broken atomic.Bool
}

func newPatient(c net.Conn) *patient {
	p := &patient{Conn: c, out: make(chan []byte, 4096)}
	go func() {
		for b := range p.out {
			if _, err := c.Write(b); err != nil {
				p.broken.Store(true)
			}
		}
		_ = c.Close()
	}()
	return p
}

func (p *patient) Write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.ended || p.broken.Load() {
		return 0, net.ErrClosed
	}
	p.out <- append([]byte(nil), b...)
	return len(b), nil
}

func (p *patient) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.ended {
		p.ended = true
		close(p.out)
	}
	return nil
}
