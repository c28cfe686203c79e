package smpp

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

// connect binds to the first of the centre's addresses that lets us in. A
// refusal of the account ends it: asked elsewhere it would only count twice.
func (p *Poller) connect(ctx context.Context) (*link, error) {
	var all error
	for _, address := range p.config.Addresses {
		l, err := p.signIn(ctx, address)
		if err == nil {
			return l, nil
		}
		err = fmt.Errorf("%s: %w", address, err)
		if ctx.Err() != nil || channels.ReauthNeeded(err) || len(p.config.Addresses) == 1 {
			return nil, p.config.explain(err)
		}
		all = errors.Join(all, err)
	}
	return nil, p.config.explain(all)
}

// signIn binds with the first password that the centre takes.
func (p *Poller) signIn(ctx context.Context, address string) (l *link, err error) {
	for _, password := range p.config.Password {
		if l, err = p.bind(ctx, address, password); !isRefused(err, invalidPassword) {
			break
		}
	}
	return l, err
}

// bind dials, and signs in.
func (p *Poller) bind(ctx context.Context, address, password string) (*link, error) {
	conn, err := p.dial(ctx, address)
	if err != nil {
		return nil, err
	}
	done := context.AfterFunc(ctx, func() { conn.Close() })
	defer done()
	id := bindTransceiver
	if p.config.Bind == bindsReceiver {
		id = bindReceiver
	}
	if err := p.config.signOn(conn, pdu{id: id, sequence: 1, body: p.config.binding(password)}); err != nil {
		conn.Close()
		return nil, err
	}
	return newLink(conn, p.inbox, p.config, p.host.Log), nil
}

// dial connects, and proves with TLS that it is the centre.
func (p *Poller) dial(ctx context.Context, address string) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, p.config.ConnectTimeout)
	defer cancel()
	conn, err := p.dialer(ctx, "tcp", address)
	if err != nil {
		return nil, ingest.AsTemporary(err)
	}
	if p.config.tls == nil {
		return conn, nil
	}
	proof := p.config.tls.Clone()
	proof.ServerName, _, _ = net.SplitHostPort(address)
	secure := tls.Client(conn, proof)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, untrusted(err)
	}
	return secure, nil
}

// untrusted is an error of TLS: only a certificate that is not to be believed
// is one that another try does not mend.
func untrusted(err error) error {
	if errors.As(err, new(*tls.CertificateVerificationError)) {
		return err
	}
	return ingest.AsTemporary(err)
}

// binding is the body of a bind (SMPP 3.4 §4.1.5).
func (c *config) binding(password string) []byte {
	var b []byte
	text := func(s string) { b = append(append(b, s...), 0) }
	text(c.SystemID)
	text(password)
	text(c.SystemType)
	b = append(b, interfaceVersion, 0, 0)
	text(c.AddressRange)
	return b
}

// signOn sends a bind and reads its answer.
func (c *config) signOn(conn net.Conn, ask pdu) error {
	err := conn.SetDeadline(time.Now().Add(c.AnswerTimeout))
	if err == nil {
		_, err = conn.Write(ask.octets())
	}
	if err != nil {
		return ingest.AsTemporary(fmt.Errorf("bind: %w", err))
	}
	for {
		p, err := readPDU(conn)
		switch {
		case err != nil:
			return ingest.AsTemporary(fmt.Errorf("bind: %w", err))
		case p.id == outbind:
			continue
		case p.id != ask.id|response && p.id != genericNack:
			return fmt.Errorf("bind: %w: command 0x%08X comes first", errFraming, uint32(p.id))
		case p.status == statusOK && p.id != genericNack:
			return conn.SetDeadline(time.Time{})
		}
		return bindRefused(p.status)
	}
}

// bindRefused marks a refusal with what can be done about it.
func bindRefused(s status) error {
	err := fmt.Errorf("bind: %w", refused{s})
	switch s {
	case bindFailed, invalidPassword, invalidSystemID, invalidSystemType:
		return channels.NeedsReauth(err)
	case throttled:
		return channels.Throttled(ingest.AsTemporary(err))
	}
	return ingest.AsTemporary(err)
}

func isRefused(err error, s status) bool {
	var r refused
	return errors.As(err, &r) && r.status == s
}
