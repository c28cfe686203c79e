package smpptest

import (
	"bytes"
	"net"
	"slices"
	"sync"
	"time"
)

// A session is one connection of a client.
type session struct {
	c    *Centre
	conn net.Conn

	writing sync.Mutex
	gone    bool
	out     map[uint32]*Message // delivered and not answered
	order   []uint32
	next    uint32
}

// Serve answers one connection.
func (c *Centre) Serve(conn net.Conn) {
	s := &session{c: c, conn: conn, out: map[uint32]*Message{}}
	c.mu.Lock()
	if c.closed {
		conn.Close()
	} else {
		c.sessions[s] = true
	}
	c.mu.Unlock()
	c.work.Go(s.run)
}

func (s *session) run() {
	defer s.end()
	for {
		p, err := Read(s.conn)
		if err != nil || !s.take(p) {
			return
		}
	}
}

// take answers a PDU; false: the session is over.
func (s *session) take(p PDU) bool {
	c := s.c
	if c.Mute != nil && c.Mute() {
		return true
	}
	switch p.ID() {
	case BindReceiver, BindTransceiver:
		return s.bind(p)
	case DeliverSM | Response, DataSM | Response:
		return s.answered(p)
	case EnquireLink:
		c.mu.Lock()
		c.links++
		c.mu.Unlock()
		return s.write(Make(EnquireLink|Response, 0, p.Sequence(), nil)) == nil
	case Unbind:
		_ = s.write(Make(Unbind|Response, 0, p.Sequence(), nil)) // over in any case
		return false
	case Unbind | Response:
		return false
	}
	return true
}

func (s *session) bind(p PDU) bool {
	fields := bytes.SplitN(p[headerLen:], []byte{0}, 3)
	status := uint32(0)
	if len(fields) < 3 {
		status = 0x0D
	} else if s.c.Sign != nil {
		status = s.c.Sign(string(fields[0]), string(fields[1]))
	}
	s.c.mu.Lock()
	s.c.binds++
	s.c.mu.Unlock()
	if s.write(Make(p.ID()|Response, status, p.Sequence(), []byte("centre\x00"))) != nil || status != 0 {
		return false
	}
	s.c.work.Go(s.deliver)
	return true
}

// deliver writes what is due as long as the window has room.
func (s *session) deliver() {
	for {
		p, n := s.due()
		if p == nil {
			return
		}
		if s.c.Write != nil && s.c.Write(n, p, s.conn) {
			continue
		}
		if s.write(p) != nil {
			return
		}
	}
}

// due waits for the next message; nil: the session is over.
func (s *session) due() (PDU, int) {
	c := s.c
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		if c.closed || s.gone {
			return nil, 0
		}
		i := slices.IndexFunc(c.queue, func(m *Message) bool { return !time.Now().Before(m.due) })
		if i >= 0 && len(s.out) < c.Window {
			m := c.queue[i]
			c.queue = slices.Delete(c.queue, i, i+1)
			s.next++
			s.out[s.next], s.order = m, append(s.order, s.next)
			c.written++
			return m.PDU.With(s.next), c.written - 1
		}
		c.change.Wait()
	}
}

// answered notes an answer.
func (s *session) answered(p PDU) bool {
	c := s.c
	c.mu.Lock()
	c.heard++
	n := c.heard - 1
	c.mu.Unlock()
	if c.Heard != nil && c.Heard(n, p, s.conn) {
		return true
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	m := s.out[p.Sequence()]
	if m == nil {
		return true
	}
	delete(s.out, p.Sequence())
	m.Statuses = append(m.Statuses, p.Status())
	if again(p.Status()) {
		m.due = time.Now().Add(c.Retry)
		c.queue = append(c.queue, m)
		time.AfterFunc(c.Retry, func() {
			c.mu.Lock()
			defer c.mu.Unlock()
			c.change.Broadcast()
		})
	}
	c.change.Broadcast()
	return true
}

// end gives back to the queue what was not answered.
func (s *session) end() {
	s.conn.Close()
	s.c.mu.Lock()
	defer s.c.mu.Unlock()
	s.gone = true
	delete(s.c.sessions, s)
	var back []*Message
	for _, sequence := range s.order {
		if m := s.out[sequence]; m != nil {
			back = append(back, m)
		}
	}
	s.c.queue = append(back, s.c.queue...)
	s.c.change.Broadcast()
}

func (s *session) write(p PDU) error {
	s.writing.Lock()
	defer s.writing.Unlock()
	_ = s.conn.SetWriteDeadline(time.Now().Add(10 * time.Second)) // a closed one says so itself
	_, err := s.conn.Write(p)
	return err
}
