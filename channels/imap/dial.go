package imap

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"strconv"
	"strings"

	"github.com/emersion/go-imap/v2"
	"github.com/emersion/go-imap/v2/imapclient"

	"gatehouse/ingest"
)

// connect dials, proves the server's name, and signs in. The error is
// ingest.Temporary unless the certificate or the sign-in is refused, and says
// what can be done.
func connect(ctx context.Context, c *config) (*conn, error) {
	inTime, cancel := context.WithTimeout(ctx, c.ConnectTimeout)
	defer cancel()
	session, err := dial(inTime, c)
	if err != nil && inTime.Err() != nil && !errors.Is(ctx.Err(), context.Canceled) {
		err = ingest.AsTemporary(fmt.Errorf("%w within %v: %w", errUnanswered, c.ConnectTimeout, err))
	}
	return session, c.explain(err, "")
}

var errUnanswered = errors.New("no connection")

func dial(ctx context.Context, c *config) (*conn, error) {
	address := net.JoinHostPort(c.Host, strconv.Itoa(c.Port))
	tcp, err := c.dial(ctx, "tcp", address)
	if err != nil {
		return nil, ingest.AsTemporary(fmt.Errorf("connect to %s: %w", address, err))
	}
	w := newWire(tcp, c.CommandTimeout)
	stop := context.AfterFunc(ctx, func() { _ = w.Close() })
	defer stop()
	w.expect(0)
	defer w.rest()
	session, err := open(ctx, w, c)
	if err != nil {
		_ = w.Close()
		return nil, fmt.Errorf("connect to %s: %w", address, err)
	}
	if err := session.begin(c); err != nil {
		session.close()
		return nil, fmt.Errorf("%s: %w", address, session.because(err))
	}
	return session, nil
}

// open makes the connection private, as configured, and starts the client.
func open(ctx context.Context, w *wire, c *config) (*conn, error) {
	stream := net.Conn(w)
	switch c.TLS {
	case modeNone:
		if ip, _, err := net.SplitHostPort(w.RemoteAddr().String()); err != nil || !loopback(ip) {
			return nil, fmt.Errorf("tls: none, but %s is no loopback address", w.RemoteAddr())
		}
	case modeStartTLS:
		if err := startTLS(w); err != nil {
			return nil, err
		}
		fallthrough
	default:
		private, err := handshake(ctx, w, c)
		if err != nil {
			return nil, err
		}
		stream = private
	}
	greeting := ""
	if c.TLS == modeStartTLS { // it was greeted before, and the library waits for that
		greeting = "* OK continued over TLS\r\n"
	}
	return newConn(w, newCalm(stream, greeting, w.end), c.MaxMessageBytes), nil
}

func handshake(ctx context.Context, w *wire, c *config) (net.Conn, error) {
	conf := &tls.Config{ServerName: c.Host, MinVersion: tls.VersionTLS12}
	if c.CAFile != "" {
		pem, err := os.ReadFile(c.CAFile)
		if err != nil {
			return nil, fmt.Errorf("ca_file: %w", err)
		}
		conf.RootCAs = x509.NewCertPool()
		if !conf.RootCAs.AppendCertsFromPEM(pem) {
			return nil, fmt.Errorf("ca_file %s holds no certificate", c.CAFile)
		}
	}
	private := tls.Client(w, conf)
	err := private.HandshakeContext(ctx)
	if bad := new(tls.CertificateVerificationError); errors.As(err, &bad) {
		return nil, err
	}
	return private, ingest.AsTemporary(err)
}

// startTLS asks for STARTTLS (RFC 9051 §6.2.1) by hand: the library waits for
// ever if the answer is malformed. It reads not one octet too many, so what
// somebody may have smuggled in before the handshake only breaks it.
func startTLS(w *wire) error {
	greeting, err := readLine(w)
	if err != nil {
		return ingest.AsTemporary(err)
	}
	if !hasWord(greeting, "* OK") {
		return ingest.AsTemporary(fmt.Errorf("greeted with %q", greeting))
	}
	if _, err := w.Write([]byte("S STARTTLS\r\n")); err != nil {
		return ingest.AsTemporary(err)
	}
	for range 100 {
		line, err := readLine(w)
		if err != nil {
			return ingest.AsTemporary(err)
		}
		if hasWord(line, "S OK") {
			return nil
		}
		if !strings.HasPrefix(line, "* ") {
			return fmt.Errorf("%w: %q", errNoStartTLS, line)
		}
	}
	return errors.New("the server does not answer STARTTLS")
}

var errNoStartTLS = errors.New("the server refuses STARTTLS")

// readLine reads one line of at most 4096 octets.
func readLine(w *wire) (string, error) {
	var line []byte
	b := make([]byte, 1)
	for len(line) < 4096 {
		if _, err := w.Read(b); err != nil {
			return "", err
		}
		if b[0] == '\n' {
			return strings.TrimSuffix(string(line), "\r"), nil
		}
		line = append(line, b[0])
	}
	return "", errors.New("a line is too long")
}

// hasWord reports whether line begins with word, whatever its case.
func hasWord(line, word string) bool {
	return len(line) >= len(word) && strings.EqualFold(line[:len(word)], word) &&
		(len(line) == len(word) || line[len(word)] == ' ')
}

// begin waits for the greeting, signs in, and checks that the server can do
// what is configured.
func (c *conn) begin(conf *config) error {
	if err := c.greeting(); err != nil {
		return throttle(ingest.AsTemporary(fmt.Errorf("greeting: %w", err)))
	}
	if err := signIn(c.client, conf); err != nil {
		return err
	}
	if c.caps = c.client.Caps(); c.caps == nil {
		return ingest.AsTemporary(errors.New("the server does not tell its capabilities"))
	}
	return c.checkAfter(conf)
}

// greeting waits for the server's first words. After a BYE the library's
// reader ends at once, and its WaitGreeting then returns by chance either the
// BYE or that the connection ended: it is asked until it tells what was said.
func (c *conn) greeting() error {
	err := c.client.WaitGreeting()
	for tries := 0; err != nil && spoken(err) == nil && tries < 50; tries++ {
		err = c.client.WaitGreeting()
	}
	return err
}

// checkAfter refuses what would touch other people's mail: without UIDPLUS
// (RFC 4315) an EXPUNGE removes whatever anybody marked.
func (c *conn) checkAfter(conf *config) error {
	plus, move := c.caps.Has(imap.CapUIDPlus), c.caps.Has(imap.CapMove)
	switch {
	case conf.After == afterDelete && !plus:
		return errors.New("after: delete needs a server with UIDPLUS")
	case conf.After != afterMove:
		return nil
	case !plus && !move:
		return errors.New("after: move needs a server with MOVE or UIDPLUS")
	}
	_, err := c.client.Status(conf.moveTo, &imap.StatusOptions{NumMessages: true}).Wait()
	if refusal(err) != nil {
		return conf.explain(fmt.Errorf("after: move:%s: %w", conf.moveTo, err), conf.moveTo)
	}
	return ingest.AsTemporary(err)
}

// newConn starts the client library on a connection that is ready for it.
func newConn(w *wire, stream net.Conn, most int64) *conn {
	c := &conn{wire: w, most: most, news: make(chan struct{}, 1)}
	c.client = imapclient.New(stream, &imapclient.Options{
		UnilateralDataHandler: &imapclient.UnilateralDataHandler{
			Mailbox: c.heard, Expunge: func(uint32) { c.gone() },
		},
	})
	return c
}
