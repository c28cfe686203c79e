//go:build long && dovecot

package e2e

import (
	"bytes"
	"net"
	"sync"
	"testing"
	"time"
)

// A relay is the network between the program and a server.
type relay struct {
	t      *testing.T
	server string // its address
	listen net.Listener
	work   sync.WaitGroup

	mu    sync.Mutex
	conns map[net.Conn]bool
	away  bool   // connections end as soon as they come
	token []byte // where the stream from the server breaks off; nil: nowhere
	torn  chan struct{}
}

// newRelay begins to carry what goes to the server and back, until the test
// ends.
func newRelay(t *testing.T, server string) *relay {
	t.Helper()
	listen, err := net.Listen("tcp", "127.0.0.1:0")
	must(t, err)
	r := &relay{t: t, server: server, listen: listen, conns: map[net.Conn]bool{}, torn: make(chan struct{})}
	r.work.Go(r.accept)
	t.Cleanup(func() {
		_ = listen.Close()
		r.cut()
		r.work.Wait()
	})
	return r
}

func (r *relay) port() int { return r.listen.Addr().(*net.TCPAddr).Port }

// cut ends all connections, and those that come until heal.
func (r *relay) cut() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = true
	for c := range r.conns {
		_ = c.Close()
	}
}

func (r *relay) heal() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.away = false
}

// cutAt cuts where the server is about to send the token, once, and closes
// torn.
func (r *relay) cutAt(token string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.token = []byte(token)
}

// broke waits until it has been cut there.
func (r *relay) broke() {
	r.t.Helper()
	select {
	case <-r.torn:
	case <-time.After(patience):
		r.t.Fatal("the server never sent what the network was to break at")
	}
}

func (r *relay) accept() {
	for {
		near, err := r.listen.Accept()
		if err != nil {
			return // the test is over
		}
		far, err := net.Dial("tcp", r.server)
		if err != nil {
			_ = near.Close()
			continue
		}
		if r.enter(near, far) {
			r.work.Go(func() { r.carry(near, far, nil) })
			r.work.Go(func() { r.carry(far, near, r.breaks) })
		}
	}
}

// enter takes two ends in, unless the network is away.
func (r *relay) enter(ends ...net.Conn) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range ends {
		if r.conns[c] = true; r.away {
			_ = c.Close()
			delete(r.conns, c)
		}
	}
	return !r.away
}

// carry moves octets until either end is closed, or breaks says where.
func (r *relay) carry(from, to net.Conn, breaks func(before, next []byte) int) {
	defer r.leave(from, to)
	buffer := make([]byte, 16<<10)
	var before []byte // the end of what was carried: a token may lie across
	for {
		n, err := from.Read(buffer)
		if err != nil {
			return
		}
		next := buffer[:n]
		if breaks != nil {
			if at := breaks(before, next); at >= 0 {
				_, _ = to.Write(next[:at]) // it ends here whether or not that arrives
				r.cut()
				close(r.torn)
				return
			}
			before = append(before, next...)
			before = before[max(0, len(before)-64):]
		}
		if _, err := to.Write(next); err != nil {
			return
		}
	}
}

// breaks says how much of what comes next is still carried; -1: all. It forgets
// the token when it has found it.
func (r *relay) breaks(before, next []byte) int {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.token == nil {
		return -1
	}
	at := bytes.Index(append(bytes.Clone(before), next...), r.token)
	if at < 0 {
		return -1
	}
	r.token = nil
	return max(0, at-len(before))
}

func (r *relay) leave(ends ...net.Conn) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, c := range ends {
		_ = c.Close()
		delete(r.conns, c)
	}
}
