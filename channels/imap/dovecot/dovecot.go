// Package dovecot runs a private Dovecot as the IMAP peer of tests: own
// configuration, own ports on the loopback, TLS and STARTTLS with a
// certificate authority of its own. It uses Debian's dovecot-imapd and nothing
// of the machine's configuration, and runs as an ordinary user.
//
// Tests that need it carry the build tag dovecot, which make test sets where
// the machine has a Dovecot.
package dovecot

import (
	"bufio"
	"cmp"
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"gatehouse/ingest/local"
)

// ErrNone says what to do on a machine without Dovecot.
var ErrNone = errors.New("no Dovecot: install dovecot-imapd (Debian: apt-get install dovecot-imapd)")

// grace is how long Dovecot may take to end before it is killed.
const grace = 20 * time.Second

// Settings are what servers differ in.
type Settings struct {
	Format     string // maildir (the default), mdbox or sdbox
	Prefix     string // of all folders but INBOX, as "INBOX."; with the separator at its end
	Separator  string // between the parts of a folder's name; default "."
	Mechanisms string // of SASL, with spaces between; default "plain login"
	Introspect string // where it asks whose an access token is (RFC 7662), for xoauth2 and oauthbearer
}

// A Server is a running Dovecot.
type Server struct {
	Host    string         // 127.0.0.1, also named localhost in the certificate
	Port    int            // plain text, with STARTTLS offered
	TLSPort int            // TLS from the first byte
	CA      *x509.CertPool // the authority behind its certificate
	CAFile  string         // the same as a file (PEM)

	settings Settings

	base *local.Base
	path string
	dir  string
	proc *local.Process
}

// Test starts a server for one test, without users.
func Test(t local.TB, set ...Settings) *Server {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	return local.Own(t, func(base *local.Base) (*Server, error) { return Start(ctx, base, set...) })
}

// Start runs Dovecot in base and returns when it greets. ctx bounds the
// starting only; set is at most one. The error is [ErrNone] when the machine has no Dovecot.
func Start(ctx context.Context, base *local.Base, set ...Settings) (*Server, error) {
	path, err := find()
	if err != nil {
		return nil, err
	}
	s := &Server{Host: "127.0.0.1", base: base, path: path, settings: Settings{Format: "maildir", Separator: ".", Mechanisms: "plain login"}}
	for _, given := range set {
		s.settings = Settings{
			Format: cmp.Or(given.Format, s.settings.Format), Prefix: given.Prefix,
			Separator: cmp.Or(given.Separator, s.settings.Separator), Mechanisms: cmp.Or(given.Mechanisms, s.settings.Mechanisms),
			Introspect: given.Introspect,
		}
	}
	if err := s.prepare(); err != nil {
		return nil, fmt.Errorf("prepare Dovecot: %w", err)
	}
	if err := s.start(ctx); err != nil {
		return nil, fmt.Errorf("start Dovecot: %w", err)
	}
	return s, nil
}

// AddUser makes a mailbox. Neither name nor password may hold a colon or a
// line break.
func (s *Server) AddUser(name, password string) error {
	if strings.ContainsAny(name+password, ":\r\n") {
		return fmt.Errorf("add user %q: a colon or a line break in the name or the password", name)
	}
	f, err := os.OpenFile(filepath.Join(s.dir, "users"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(f, "%s:{PLAIN}%s\n", name, password)
	return errors.Join(err, f.Close())
}

// Stop ends the server and its connections.
func (s *Server) Stop() error { return s.proc.Stop(syscall.SIGTERM, grace) }

// Restart starts the server again, with the same ports, users and mail; one
// that runs is stopped first.
func (s *Server) Restart(ctx context.Context) error {
	if err := s.Stop(); err != nil {
		return err
	}
	return s.start(ctx)
}

// Maildir is the directory of a user's mail: whoever removes it gives the
// mailbox a new UIDVALIDITY.
func (s *Server) Maildir(user string) string { return filepath.Join(s.dir, "mail", user) }

func find() (string, error) {
	for _, name := range []string{"dovecot", "/usr/sbin/dovecot", "/opt/homebrew/sbin/dovecot", "/usr/local/sbin/dovecot"} {
		if path, err := exec.LookPath(name); err == nil {
			return path, nil
		}
	}
	return "", ErrNone
}

func (s *Server) start(ctx context.Context) error {
	log, err := s.base.Log("dovecot")
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := s.base.Command(s.path, "-F", "-c", filepath.Join(s.dir, "dovecot.conf"))
	cmd.Stdout, cmd.Stderr = log, log
	if s.proc, err = local.Start(cmd); err != nil {
		return err
	}
	if err := s.proc.Ready(ctx, log, s.greets); err != nil {
		return errors.Join(err, s.Stop())
	}
	return nil
}

func (s *Server) greets(ctx context.Context) error {
	conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", net.JoinHostPort(s.Host, strconv.Itoa(s.Port)))
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(grace)); err != nil {
		return err
	}
	line, err := bufio.NewReader(conn).ReadString('\n')
	if err == nil && !strings.HasPrefix(line, "* OK") {
		err = fmt.Errorf("it greets with %q", line)
	}
	return err
}
