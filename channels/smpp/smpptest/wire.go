package smpptest

import (
	"net"
	"sync"
	"sync/atomic"
)

// wire is an end of a pipe whose writing waits for no reader, as a socket's does
// not while there is room. What was written before Close still arrives.
type wire struct {
	net.Conn
	mu     sync.Mutex
	out    chan []byte
	ended  bool
	broken atomic.Bool
}

func newWire(c net.Conn) *wire {
	w := &wire{Conn: c, out: make(chan []byte, 4096)}
	go func() {
		for b := range w.out {
			if _, err := c.Write(b); err != nil {
				w.broken.Store(true)
			}
		}
		_ = c.Close() // the reader hears it
	}()
	return w
}

func (w *wire) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.ended || w.broken.Load() {
		return 0, net.ErrClosed
	}
	w.out <- append([]byte(nil), b...)
	return len(b), nil
}

func (w *wire) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.ended {
		w.ended = true
		close(w.out)
	}
	return nil
}
