package imap

import (
	"errors"
	"fmt"
	"net"
	"os"
	"sync"
	"time"
)

const (
	unasked = 16 << 20 // octets a server may send beyond what it was asked for: flags of a large folder
	slowest = 8 << 10  // octets a second below which a transfer is given up
)

// A wire is a connection with deadlines of its own. The client library waits
// for ever for the first byte of an answer and gives a literal five minutes
// whatever its size; a wire, while an answer is owed, ends after a silence,
// and it ends when more comes than was asked for.
type wire struct {
	net.Conn
	silence time.Duration

	mu    sync.Mutex
	owed  bool
	until time.Time // when an answer that was owed must be complete
	left  int64     // octets that may still come
	cause error     // of the end, if it was ours
}

func newWire(conn net.Conn, silence time.Duration) *wire {
	return &wire{Conn: conn, silence: silence, left: unasked}
}

// expect begins to wait for an answer of about n octets.
func (w *wire) expect(n int64) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.owed = true
	w.left = 2*n + unasked
	w.until = time.Now().Add(w.silence + time.Duration(n/slowest)*time.Second)
	w.refresh()
}

// rest ends the waiting: from now the server may be silent.
func (w *wire) rest() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.owed = false
	w.left = unasked
	w.refresh()
}

// refresh sets the deadline of the read under way and of the next.
func (w *wire) refresh() {
	var at time.Time
	if w.owed {
		at = time.Now().Add(w.silence)
		if w.until.Before(at) {
			at = w.until
		}
	}
	_ = w.Conn.SetReadDeadline(at) // fails on a closed connection only, and so will the read
}

// SetReadDeadline does nothing: the library's deadlines are not ours.
func (w *wire) SetReadDeadline(time.Time) error { return nil }

// SetDeadline bounds writing only, for the same reason.
func (w *wire) SetDeadline(t time.Time) error { return w.SetWriteDeadline(t) }

var errTooMuch = errors.New("the server sends more than it was asked for")

func (w *wire) Read(b []byte) (int, error) {
	w.mu.Lock()
	w.refresh()
	w.mu.Unlock()
	n, err := w.Conn.Read(b)
	if errors.Is(err, os.ErrDeadlineExceeded) {
		err = fmt.Errorf("no answer within %v: %w", w.silence, err)
		w.end(err) // the library would try once more
	}
	w.mu.Lock()
	w.left -= int64(n)
	flood := w.left < 0
	w.mu.Unlock()
	if flood {
		w.end(errTooMuch)
		return 0, errTooMuch
	}
	return n, err
}

func (w *wire) end(cause error) {
	w.mu.Lock()
	w.cause = cause
	w.mu.Unlock()
	_ = w.Close()
}

// why is the reason for which this side ended the connection; nil: it did not.
func (w *wire) why() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.cause
}
