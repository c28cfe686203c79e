package smtp

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"strings"
	"time"

	"github.com/emersion/go-smtp"

	"gatehouse/channels"
	"gatehouse/channels/mime"
)

const (
	// longestLine bounds a line in octets, commands and mail alike. RFC 5321
	// §4.5.3.1 wants 1000; mail that breaks that is common.
	longestLine = 64 << 10
	// mostRecipients of a transaction; RFC 5321 §4.5.3.1.8 wants at least 100.
	mostRecipients = 1000
	writeTimeout   = time.Minute
	// drainFor is how long mails on their way may take at the end.
	drainFor = 10 * time.Second
	// longestTransfer bounds the sending of one mail.
	longestTransfer = 30 * time.Minute
	// readers are the mails that are read at a time.
	readers = 4
)

// server is one channel's listener.
type server struct {
	config      config
	host        channels.Host
	senders     mime.Senders
	certificate *certificate // nil: no STARTTLS
	reading     chan struct{}
}

func newServer(c config, host channels.Host) (*server, error) {
	s := &server{config: c, host: host, senders: c.senders(host), reading: make(chan struct{}, readers)}
	if c.TLSCert == "" {
		return s, nil
	}
	var err error
	s.certificate, err = newCertificate(c.TLSCert, c.TLSKey)
	return s, err
}

// Health says that the certificate cannot be read.
func (s *server) Health() error {
	if s.certificate == nil {
		return nil
	}
	return s.certificate.refresh()
}

// Serve answers until ctx ends; see channels.Listener.
func (s *server) Serve(ctx context.Context, in channels.Deliveries, opened func(net.Addr)) error {
	l, err := s.listen()
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	g := newGate(l, s.config, in.Count)
	work, stopWork := context.WithCancel(context.WithoutCancel(ctx))
	defer stopWork()
	protocol := s.protocol(work, g, in)
	ended := make(chan error, 1)
	go func() { ended <- protocol.Serve(g) }()
	opened(l.Addr())
	select {
	case err = <-ended:
		err = fmt.Errorf("accept: %w", err)
	case <-ctx.Done():
	}
	s.drain(protocol, g, stopWork)
	return err
}

// drain lets mails on their way end, then hangs up on the rest. It returns when
// no connection is left.
func (s *server) drain(protocol *smtp.Server, g *gate, stopWork func()) {
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_ = protocol.Shutdown(context.Background()) // an error is the socket's, which is closed
	}()
	g.drain()
	patience := time.NewTimer(drainFor)
	defer patience.Stop()
	select {
	case <-gone:
		return
	case <-patience.C:
	}
	s.host.Log.Warn("connections hung up on", "channel", s.host.Channel)
	stopWork()
	for n := time.NewTicker(100 * time.Millisecond); ; { // one may have come in meanwhile
		g.hangUp()
		select {
		case <-gone:
			n.Stop()
			return
		case <-n.C:
		}
	}
}

// protocol is the library's server.
func (s *server) protocol(work context.Context, g *gate, in channels.Deliveries) *smtp.Server {
	p := smtp.NewServer(smtp.BackendFunc(func(c *smtp.Conn) (smtp.Session, error) {
		return newSession(work, s, g, in, c), nil
	}))
	p.LMTP = s.config.Protocol == protocolLMTP
	p.Domain = s.config.Hostname
	p.MaxRecipients, p.MaxLineLength, p.WriteTimeout = mostRecipients, longestLine, writeTimeout
	p.EnableSMTPUTF8 = true
	if p.MaxMessageBytes = s.config.MaxMessageBytes; s.config.Oversized == oversizedHold {
		p.MaxMessageBytes = largest
	}
	if s.certificate != nil {
		p.TLSConfig = s.certificate.config()
	}
	p.ErrorLog = quietly{s.host}
	return p
}

// listen opens the socket. One of a file that nobody listens on any more is
// taken away first; who may reach the new one, its folder's permissions say.
func (s *server) listen() (net.Listener, error) {
	if s.config.network == "unix" {
		if err := clearSocket(s.config.address); err != nil {
			return nil, err
		}
	}
	l, err := net.Listen(s.config.network, s.config.address)
	if err == nil && s.config.network == "unix" {
		err = os.Chmod(s.config.address, 0o666)
	}
	return l, err
}

var errTaken = errors.New("somebody listens there")

func clearSocket(path string) error {
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil || info.Mode().Type() != fs.ModeSocket {
		return fmt.Errorf("%s is there and is no socket: %w", path, errors.Join(err, fs.ErrExist))
	}
	if c, err := net.DialTimeout("unix", path, time.Second); err == nil {
		_ = c.Close()
		return fmt.Errorf("%s: %w", path, errTaken)
	}
	return os.Remove(path)
}

// quietly logs what the library has to say, but for values, which may quote mail.
type quietly struct{ channels.Host }

func (q quietly) Printf(format string, _ ...any) { q.Println(format) }

func (q quietly) Println(v ...any) {
	level := slog.LevelDebug
	text := fmt.Sprint(v...)
	if strings.HasPrefix(text, "panic") {
		level = slog.LevelError
	}
	q.Log.Log(context.Background(), level, "a connection ended badly", "channel", q.Channel, "how", firstLine(text))
}

func firstLine(s string) string {
	line, _, _ := strings.Cut(s, "\n")
	return line
}
