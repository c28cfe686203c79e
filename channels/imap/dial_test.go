package imap

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// certificate makes a server's certificate for 127.0.0.1 that signs itself,
// and the file to trust it by.
func certificate(t *testing.T, until time.Time) (*tls.Config, string) {
	t.Helper()
	a := newAuthority(t)
	return a.issue(t, net.IPv4(127, 0, 0, 1), until), a.file
}

// authority is one that signs servers' certificates, and the file to trust it by.
type authority struct {
	cert *x509.Certificate
	key  *ecdsa.PrivateKey
	file string
}

func newAuthority(t *testing.T) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	a := &authority{key: key, file: filepath.Join(t.TempDir(), "ca.pem"), cert: &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "test authority"}, KeyUsage: x509.KeyUsageCertSign,
		NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: time.Now().Add(48 * time.Hour), IsCA: true, BasicConstraintsValid: true,
	}}
	der, err := x509.CreateCertificate(rand.Reader, a.cert, a.cert, key.Public(), key)
	must(t, err)
	must(t, os.WriteFile(a.file, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), 0o600))
	a.cert, err = x509.ParseCertificate(der)
	must(t, err)
	return a
}

// issue makes a certificate for an address.
func (a *authority) issue(t *testing.T, ip net.IP, until time.Time) *tls.Config {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	must(t, err)
	c := &x509.Certificate{
		SerialNumber: big.NewInt(2), NotBefore: time.Now().Add(-48 * time.Hour), NotAfter: until,
		IPAddresses: []net.IP{ip}, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, c, a.cert, key.Public(), a.key)
	must(t, err)
	return &tls.Config{Certificates: []tls.Certificate{{Certificate: [][]byte{der}, PrivateKey: key}}}
}

// secure is a poller of s by TLS or STARTTLS.
func secure(t *testing.T, s *script, mode, caFile string) *Poller {
	p := impatient(t, s)
	p.config.TLS, p.config.CAFile = mode, caFile
	p.config.ConnectTimeout, p.config.CommandTimeout = 5*time.Second, 5*time.Second
	return p
}

func TestTLS(t *testing.T) {
	for _, mode := range []string{modeTLS, modeStartTLS} {
		t.Run(mode, func(t *testing.T) {
			conf, ca := certificate(t, time.Now().Add(time.Hour))
			s, store := newScript(t, 3, func(s *script) { s.tls, s.private = conf, mode == modeTLS }), channeltest.NewStore()
			pollOK(t, secure(t, s, mode, ca), store, upTo(3)...)
		})
	}
}

func TestNoLoginWithoutAProvenServer(t *testing.T) {
	good, trusted := certificate(t, time.Now().Add(time.Hour))
	expired, old := certificate(t, time.Now().Add(-time.Hour))
	_, other := certificate(t, time.Now().Add(time.Hour))
	for name, c := range map[string]struct {
		mode   string
		server *tls.Config
		ca     string
	}{
		"expired":                    {modeTLS, expired, old},
		"expired, starttls":          {modeStartTLS, expired, old},
		"somebody else's":            {modeTLS, good, other},
		"somebody else's, starttls":  {modeStartTLS, good, other},
		"not known to the system":    {modeTLS, good, ""},
		"starttls stripped":          {modeStartTLS, nil, trusted},
		"ca_file holds no authority": {modeTLS, good, os.Args[0]},
	} {
		t.Run(name, func(t *testing.T) {
			s, store := newScript(t, 3, func(s *script) { s.tls, s.private = c.server, c.mode == modeTLS }), channeltest.NewStore()
			err := within10s(t, "Poll", func() error { return poll(t, secure(t, s, c.mode, c.ca), store) })
			if err == nil || ingest.Temporary(err) {
				t.Errorf("Poll returned %v, want an error that no further try mends", err)
			}
			if s.count("LOGIN")+s.count("AUTHENTICATE") > 0 {
				t.Error("the password was sent")
			}
		})
	}
}

func TestSTARTTLSAnswersThatAreNone(t *testing.T) {
	for name, answer := range map[string]string{
		"more than a line": "S OK begin\r\n* OK [CAPABILITY IMAP4rev1] plain text before the handshake\r\n",
		"garbage":          "S OK begin\rgarbage",
		"endless":          strings.Repeat("* OK wait\r\n", 200),
		"long line":        strings.Repeat("x", 10_000),
	} {
		t.Run(name, func(t *testing.T) {
			s, store := newScript(t, 3), channeltest.NewStore()
			s.when("STARTTLS", func(p *peer, _, _ string) bool {
				_, _ = p.conn.Write([]byte(answer))
				_, _ = p.r.ReadString(0)
				return true
			})
			p := secure(t, s, modeStartTLS, "")
			p.config.CommandTimeout = 300 * time.Millisecond
			if err := within10s(t, "Poll", func() error { return poll(t, p, store) }); err == nil {
				t.Error("no error")
			}
			if s.count("LOGIN") > 0 {
				t.Error("the password was sent")
			}
		})
	}
}

func TestPREAUTHIsNotTakenBeforeSTARTTLS(t *testing.T) {
	s, store := newScript(t, 3, func(s *script) { s.greeting = "* PREAUTH come in" }), channeltest.NewStore()
	if err := poll(t, secure(t, s, modeStartTLS, ""), store); err == nil {
		t.Error("no error")
	}
	holds(t, store)
}

func TestSignIn(t *testing.T) {
	refuse := func(text string) func(p *peer, tag, _ string) bool {
		return func(p *peer, tag, _ string) bool { p.say("%s %s", tag, text); return true }
	}
	for name, c := range map[string]struct {
		caps, answer      string
		reauth, temporary bool
		sent              string
	}{
		"LOGIN":              {caps: "IMAP4rev1", sent: `LOGIN "support" "secret"`},
		"PLAIN":              {caps: "IMAP4rev1 AUTH=PLAIN SASL-IR LOGINDISABLED", sent: "AUTHENTICATE PLAIN AHN1cHBvcnQAc2VjcmV0"},
		"PLAIN by challenge": {caps: "IMAP4rev1 AUTH=PLAIN", sent: "SASL AHN1cHBvcnQAc2VjcmV0"},
		"LOGINDISABLED":      {caps: "IMAP4rev1 LOGINDISABLED AUTH=XOAUTH2", reauth: true, sent: "none"},
		"wrong password":     {caps: "IMAP4rev1", answer: "NO [AUTHENTICATIONFAILED] wrong", reauth: true, sent: "LOGIN"},
		"no code":            {caps: "IMAP4rev1", answer: "NO Login failed.", reauth: true, sent: "LOGIN"},
		"busy":               {caps: "IMAP4rev1", answer: "NO [UNAVAILABLE] wait", temporary: true, sent: "LOGIN"},
		"too many":           {caps: "IMAP4rev1", answer: "NO [ALERT] Too many simultaneous connections.", temporary: true, sent: "LOGIN"},
		"bandwidth":          {caps: "IMAP4rev1", answer: "NO [ALERT] Account exceeded command or bandwidth limits.", temporary: true, sent: "LOGIN"},
		"nobody else harmed": {caps: "IMAP4rev1", answer: "BAD syntax", reauth: true, sent: "LOGIN"},
	} {
		t.Run(name, func(t *testing.T) {
			s, store := newScript(t, 1, func(s *script) { s.caps = c.caps }), channeltest.NewStore()
			if c.answer != "" {
				s.when("LOGIN", refuse(c.answer))
			}
			err := poll(t, impatient(t, s), store)
			if (err != nil) != (c.reauth || c.temporary) || channels.ReauthNeeded(err) != c.reauth || ingest.Temporary(err) != c.temporary {
				t.Errorf("Poll returned %v", err)
			}
			if c.sent != "none" && s.count(c.sent) != 1 || c.sent == "none" && s.count("LOGIN")+s.count("AUTHENTICATE") > 0 {
				t.Errorf("the server saw %q", s.seen)
			}
		})
	}
}

func TestGreetedWithBYE(t *testing.T) {
	s, store := newScript(t, 1, func(s *script) { s.greeting = "* BYE too many connections" }), channeltest.NewStore()
	if err := poll(t, impatient(t, s), store); !ingest.Temporary(err) {
		t.Errorf("Poll returned %v", err)
	}
}

// TestBYEIsToldHoweverLate asks after the client has ended.
func TestBYEIsToldHoweverLate(t *testing.T) {
	for range 20 {
		ours, theirs := net.Pipe()
		go func() { _, _ = theirs.Write([]byte("* BYE too many connections\r\n")); _ = theirs.Close() }()
		c := newConn(newWire(ours, time.Minute), ours, 1<<20)
		<-c.client.Closed()
		if err := c.greeting(); spoken(err) == nil {
			t.Fatalf("greeted with %v", err)
		}
		c.close()
	}
}

func TestAfterNeedsExtensions(t *testing.T) {
	for name, c := range map[string]struct {
		caps, after string
		ok          bool
	}{
		"delete":              {"IMAP4rev1", "delete", false},
		"delete with UIDPLUS": {"IMAP4rev1 UIDPLUS", "delete", true},
		"move":                {"IMAP4rev1", "move:Archive", false},
		"move with UIDPLUS":   {"IMAP4rev1 UIDPLUS", "move:Archive", true},
		"move with MOVE":      {"IMAP4rev1 MOVE", "move:Archive", true},
		"move to rev2":        {"IMAP4rev2", "move:Archive", true},
		"move to nowhere":     {"IMAP4rev1 MOVE", "move:Nowhere", false},
		"seen needs no such":  {"IMAP4rev1", "seen", true},
	} {
		t.Run(name, func(t *testing.T) {
			s, store := newScript(t, 1, func(s *script) { s.caps = c.caps }), channeltest.NewStore()
			s.when("STATUS", func(p *peer, tag, args string) bool {
				if strings.Contains(args, "Nowhere") {
					p.say("%s NO no such folder", tag)
					return true
				}
				return false
			})
			p := impatient(t, s, "after: "+c.after)
			if err := poll(t, p, store); (err == nil) != c.ok {
				t.Errorf("Poll returned %v", err)
			}
		})
	}
}
