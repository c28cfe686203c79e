package ses

import (
	"context"
	"crypto/rsa"
	"crypto/x509"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

const (
	// maxCertificates are kept: SNS uses one a region, and two while it changes it.
	maxCertificates = 16
	// minKey is the smallest RSA key that is believed, in bits.
	minKey = 2048
)

// snsHost is a host of SNS: of one region, in one of Amazon's partitions. Amazon
// has others with one label in that place, whose first is a stranger's to choose:
// sns.s3-us-west-2.amazonaws.com is somebody's bucket in S3.
var snsHost = regexp.MustCompile(`^sns\.[a-z]{2,5}(-[a-z]+)+-[0-9]{1,2}\.amazonaws\.com(\.cn)?$`)

// ofSNS reads a URL that SNS itself answers: https at its usual port, no user.
// Whether it may be asked for anything is decided by this alone, before it is.
func ofSNS(text string) (*url.URL, error) {
	u, err := url.Parse(text)
	if err != nil || u.Scheme != "https" || u.User != nil || u.Opaque != "" || u.Fragment != "" || !snsHost.MatchString(u.Host) {
		return nil, errors.New("its URL is none of SNS")
	}
	return u, nil
}

// certificates are those that signed, by URL. That Amazon answers at the URL is
// proven by the TLS of the request for it; the certificates themselves come
// without the chain to a root.
type certificates struct {
	host channels.Host

	mu    sync.Mutex
	known map[string]*x509.Certificate
	turn  chan struct{} // of fetching one: never more at once than this holds
}

func newCertificates(host channels.Host) *certificates {
	return &certificates{host: host, known: map[string]*x509.Certificate{}, turn: make(chan struct{}, 2)}
}

// key is the public key of the certificate at a URL.
func (c *certificates) key(ctx context.Context, at string) (*rsa.PublicKey, error) {
	u, err := ofSNS(at)
	if err != nil || u.RawQuery != "" || !strings.HasSuffix(u.Path, ".pem") {
		return nil, channels.CauseOther.Because("SigningCertURL is no certificate of SNS")
	}
	cert := c.cached(at)
	if cert == nil {
		if cert, err = c.fetch(ctx, at); err != nil {
			return nil, err
		}
	}
	key, err := trusted(cert, c.host.Now())
	if err != nil {
		return nil, channels.CauseOther.Because("the certificate: %w", err)
	}
	c.keep(at, cert)
	return key, nil
}

func (c *certificates) cached(at string) *x509.Certificate {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.known[at]
}

func (c *certificates) keep(at string, cert *x509.Certificate) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if len(c.known) >= maxCertificates {
		clear(c.known)
	}
	c.known[at] = cert
}

func (c *certificates) fetch(ctx context.Context, at string) (*x509.Certificate, error) {
	if c.host.Get == nil {
		return nil, ingest.AsTemporary(errors.New("the certificate: nobody can ask for it"))
	}
	select {
	case c.turn <- struct{}{}:
		defer func() { <-c.turn }()
	case <-ctx.Done():
		return nil, ingest.AsTemporary(ctx.Err())
	}
	text, err := c.host.Get(ctx, at)
	var fault *safehttp.Fault
	switch {
	case errors.As(err, &fault) && !fault.Temporary():
		return nil, channels.CauseOther.Because("the certificate: %w", err)
	case err != nil:
		return nil, ingest.AsTemporary(fmt.Errorf("the certificate: %w", err))
	}
	cert, err := readCertificate(text)
	if err != nil {
		return nil, channels.CauseOther.Because("the certificate: %w", err)
	}
	return cert, nil
}

// readCertificate reads the first certificate of a file; each that follows must
// have signed the one before it.
func readCertificate(text []byte) (*x509.Certificate, error) {
	var chain []*x509.Certificate
	for block, rest := pem.Decode(text); block != nil && len(chain) < 5; block, rest = pem.Decode(rest) {
		cert, err := x509.ParseCertificate(block.Bytes)
		if err != nil || block.Type != "CERTIFICATE" {
			return nil, errors.New("it cannot be read")
		}
		chain = append(chain, cert)
	}
	if len(chain) == 0 {
		return nil, errors.New("there is none")
	}
	for i, cert := range chain[1:] {
		if err := chain[i].CheckSignatureFrom(cert); err != nil {
			return nil, errors.New("its chain is broken")
		}
	}
	return chain[0], nil
}

// trusted is the key of a certificate that is SNS's and in force.
func trusted(cert *x509.Certificate, now time.Time) (*rsa.PublicKey, error) {
	key, ok := cert.PublicKey.(*rsa.PublicKey)
	switch {
	case !ok || key.N.BitLen() < minKey:
		return nil, errors.New("it has no RSA key of at least 2048 bits")
	case now.Before(cert.NotBefore) || now.After(cert.NotAfter):
		return nil, errors.New("it is not in force now")
	case !slices.ContainsFunc(append(cert.DNSNames, cert.Subject.CommonName), named):
		return nil, errors.New("it is not that of SNS")
	}
	return key, nil
}

// named reports whether a name in a certificate is one of SNS.
func named(name string) bool {
	return name == "sns.amazonaws.com" || name == "sns.amazonaws.com.cn" || snsHost.MatchString(name)
}
