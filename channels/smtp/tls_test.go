package smtp_test

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/pem"
	"math/big"
	"os"
	"path/filepath"
	"testing"
	"time"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/smtp"
)

// pair is a certificate for a name, in files of its own.
type pair struct {
	t         *testing.T
	cert, key string
}

func newPair(t *testing.T) *pair {
	dir := t.TempDir()
	return &pair{t, filepath.Join(dir, "cert.pem"), filepath.Join(dir, "key.pem")}
}

// write puts a new certificate into the files, changed at a time of its own.
func (p *pair) write(name string, at time.Time) *pair {
	p.t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		p.t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name}, DNSNames: []string{name},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour)}
	der, err := x509.CreateCertificate(rand.Reader, of, of, key.Public(), key)
	if err != nil {
		p.t.Fatal(err)
	}
	private, err := x509.MarshalPKCS8PrivateKey(key)
	if err != nil {
		p.t.Fatal(err)
	}
	p.put(p.cert, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}), at)
	p.put(p.key, pem.EncodeToMemory(&pem.Block{Type: "PRIVATE KEY", Bytes: private}), at)
	return p
}

func (p *pair) put(file string, text []byte, at time.Time) {
	p.t.Helper()
	if err := os.WriteFile(file, text, 0o600); err != nil {
		p.t.Fatal(err)
	}
	if err := os.Chtimes(file, at, at); err != nil {
		p.t.Fatal(err)
	}
}

func (p *pair) settings() string { return "tls_cert: " + p.cert + "\ntls_key: " + p.key + "\n" }

// secure begins TLS and says whose certificate it was.
func (c *client) secure() (secure *client, name string) {
	c.t.Helper()
	c.says("EHLO client.example.com", "250")
	c.says("STARTTLS", "220")
	s := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
	if err := s.Handshake(); err != nil {
		c.t.Fatal(err)
	}
	return on(c.t, s), s.ConnectionState().PeerCertificates[0].Subject.CommonName
}

func TestStartTLS(t *testing.T) {
	began := time.Now().Add(-time.Hour)
	files := newPair(t).write("mx.example.org", began)
	p := listen(t, files.settings()+"require_tls: true")
	plain := dial(t, p)
	plain.says("EHLO client.example.com", "250")
	plain.says("MAIL FROM:<ann@example.com>", "530 5.7.0")
	c, name := plain.secure()
	if name != "mx.example.org" {
		t.Errorf("the certificate of %q", name)
	}
	c.says("MAIL FROM:<ann@example.com>", "502") // all that was said before is forgotten (RFC 3207 §4.2)
	c.opens("support@example.org").says(mail(1), "250")
	if e := p.Store.Messages()[0].Arrival.Message.Technical.Envelope; e.TLS != "TLS 1.3" || e.Client != "127.0.0.1" {
		t.Errorf("%+v", e)
	}
	files.write("new.example.org", began.Add(time.Minute))
	if _, name := dial(t, p).secure(); name != "new.example.org" {
		t.Errorf("after the change the certificate of %q", name)
	}
}

// What is sent behind STARTTLS in the clear is not taken for said within TLS.
func TestNothingIsInjectedBeforeTLS(t *testing.T) {
	files := newPair(t).write("mx.example.org", time.Now())
	p := listen(t, files.settings())
	c := dial(t, p)
	c.says("EHLO client.example.com", "250")
	c.sends("STARTTLS\r\nEHLO eve.example.net\r\nMAIL FROM:<eve@example.net>\r\nRCPT TO:<support@example.org>\r\n")
	c.want("220")
	s := tls.Client(c.Conn, &tls.Config{InsecureSkipVerify: true})
	if s.Handshake() != nil {
		return // nor is it harmful that the handshake fails over it
	}
	secure := on(t, s)
	secure.says("DATA", "502")
}

func TestCertificateThatBreaks(t *testing.T) {
	began := time.Now().Add(-time.Hour)
	files := newPair(t).write("mx.example.org", began)
	l, err := smtp.Kind.Listener(channeltest.Settings([]byte(settings+files.settings())), channeltest.Host())
	if err != nil || l.Health() != nil {
		t.Fatal(err, l)
	}
	files.put(files.cert, []byte("none"), began.Add(time.Minute))
	if l.Health() == nil {
		t.Error("nobody is told of a certificate that cannot be read")
	}
	files.write("mx.example.org", began.Add(2*time.Minute))
	if err := l.Health(); err != nil {
		t.Error(err)
	}

	broken := newPair(t).write("mx.example.org", began)
	p := listen(t, broken.settings())
	broken.put(broken.key, []byte("none"), began.Add(time.Minute))
	if _, name := dial(t, p).secure(); name != "mx.example.org" {
		t.Errorf("the certificate of %q", name)
	}
}
