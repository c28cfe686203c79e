package smtp

import (
	"crypto/tls"
	"fmt"
	"os"
	"sync"
	"time"
)

// certificate is that of STARTTLS. It is read again when its files change; while
// they cannot be read the last one that could serves on.
type certificate struct {
	cert, key string // files

	mu     sync.Mutex
	last   *tls.Certificate
	of     [2]time.Time // when the files of last were changed
	broken error
}

// newCertificate reads the files for the first time.
func newCertificate(cert, key string) (*certificate, error) {
	c := &certificate{cert: cert, key: key}
	if err := c.refresh(); err != nil {
		return nil, err
	}
	return c, nil
}

// refresh reads the files if they have changed. Its error is that of files that
// are no certificate and its key.
func (c *certificate) refresh() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, err := c.changed()
	if err == nil && (c.last == nil || at != c.of) {
		var pair tls.Certificate
		if pair, err = tls.LoadX509KeyPair(c.cert, c.key); err == nil {
			c.last, c.of = &pair, at
		}
	}
	if c.broken = err; err != nil {
		c.broken = fmt.Errorf("tls_cert, tls_key: %w", err)
	}
	return c.broken
}

func (c *certificate) changed() (at [2]time.Time, err error) {
	for i, file := range []string{c.cert, c.key} {
		info, err := os.Stat(file)
		if err != nil {
			return at, err
		}
		at[i] = info.ModTime()
	}
	return at, nil
}

// config is what STARTTLS is done with.
func (c *certificate) config() *tls.Config {
	return &tls.Config{
		MinVersion: tls.VersionTLS12,
		GetCertificate: func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
			_ = c.refresh() // Health tells
			c.mu.Lock()
			defer c.mu.Unlock()
			return c.last, nil
		},
	}
}
