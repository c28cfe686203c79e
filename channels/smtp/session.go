package smtp

import (
	"context"
	"crypto/tls"
	"io"
	"slices"
	"sync"

	"github.com/emersion/go-smtp"

	"gatehouse/channels"
)

// session is one client after its greeting. The library calls it from two
// goroutines where mail comes in chunks (RFC 3030).
type session struct {
	*server
	work   context.Context // ends when mails on their way are given up
	gate   *gate
	in     channels.Deliveries
	conn   *conn
	peer   peer
	secure bool

	mu sync.Mutex
	tx transaction
}

// peer is what is known of a client.
type peer struct {
	address string // "" on a unix socket
	helo    string // as it calls itself
	tls     string // the protocol's version; "": none
}

// transaction is a mail on its way.
type transaction struct {
	from string // "" is the null return path
	utf8 bool
	to   []recipient
}

// recipient is one of a transaction.
type recipient struct {
	said    string // as the client named it
	address string // of which it is one
	channel string
}

func newSession(work context.Context, s *server, g *gate, in channels.Deliveries, c *smtp.Conn) *session {
	x := &session{server: s, work: work, gate: g, in: in, peer: peer{helo: channels.Line(c.Hostname(), 255)}}
	under := c.Conn()
	if secure, ok := under.(*tls.Conn); ok {
		x.peer.tls, x.secure, under = tls.VersionName(secure.ConnectionState().Version), true, secure.NetConn()
	}
	x.conn = under.(*conn) // the gate makes no other
	if x.conn.client.IsValid() {
		x.peer.address = x.conn.client.String()
	}
	return x
}

// Mail begins a transaction.
func (s *session) Mail(from string, o *smtp.MailOptions) error {
	switch {
	case s.gate.draining.Load():
		return errShutdown
	case s.config.RequireTLS && !s.secure && s.config.network != "unix":
		return errNeedTLS
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tx = transaction{from: from, utf8: o.UTF8}
	return nil
}

// Rcpt adds a recipient, if it is one of ours.
func (s *session) Rcpt(to string, _ *smtp.RcptOptions) error {
	channel, address, ok := s.config.routes.find(to)
	if !ok {
		s.in.Count("recipient_unknown")
		return errUnknown
	}
	if refusal := unavailable(s.in.Takes(channel)); refusal != nil {
		s.in.Count("recipient_unavailable")
		return refusal
	}
	s.conn.begin()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tx.to = append(s.tx.to, recipient{said: to, address: address, channel: channel})
	return nil
}

// Data takes the mail for all recipients, or for none.
func (s *session) Data(r io.Reader) error {
	answers, _ := s.take(r)
	for _, a := range answers {
		if a.Code == 250 {
			return a // a ban that refuses it elsewhere is nobody's business
		}
	}
	return answers[0]
}

// LMTPData answers for each recipient (RFC 2033 §4.2).
func (s *session) LMTPData(r io.Reader, status smtp.StatusCollector) error {
	answers, tx := s.take(r)
	for i, to := range tx.to {
		status.SetStatus(to.said, answers[i])
	}
	return nil
}

// take takes the mail and answers for each recipient of the transaction.
func (s *session) take(r io.Reader) ([]*smtp.SMTPError, transaction) {
	s.mu.Lock()
	tx := s.tx
	tx.to = slices.Clone(tx.to)
	s.mu.Unlock()
	d := delivery{session: s, transaction: tx}
	return d.run(r), tx
}

// Reset forgets the transaction.
func (s *session) Reset() {
	s.conn.end()
	s.mu.Lock()
	defer s.mu.Unlock()
	s.tx = transaction{}
}

// Logout ends the session.
func (s *session) Logout() error {
	s.Reset()
	return nil
}
