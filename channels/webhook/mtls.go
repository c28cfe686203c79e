package webhook

import (
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/channels"
)

// certificates is the scheme mtls: TLS ends at a proxy of ours, which asks callers
// for a certificate, verifies it, and writes into a header whose it is. Of anybody
// else the header says nothing.
type certificates struct {
	Header       string `yaml:"client_header"`      // of mtls: the header that the proxy writes, and takes out of what comes from outside; default Client-Cert (RFC 9440)
	Fingerprints texts  `yaml:"client_fingerprint"` // of mtls: of the certificates that may post, SHA-256 (or SHA-1, if the proxy says no more), in hexadecimal
	Subjects     texts  `yaml:"client_subject"`     // of mtls: of the certificates that may post, as the proxy writes them
}

// clientCert is the header of RFC 9440, envoyCert that of Envoy.
const (
	clientCert = "Client-Cert"
	envoyCert  = "X-Forwarded-Client-Cert"
)

// proof is the scheme, if the settings say whom to believe.
func (c certificates) proof(host channels.Host) (proof, error) {
	switch {
	case len(c.Fingerprints)+len(c.Subjects) == 0:
		return proof{}, errors.New("scheme mtls needs client_fingerprint or client_subject")
	case slices.Contains(c.Subjects, ""):
		return proof{}, errors.New("client_subject is empty: it would be anybody's")
	case host.ProxySaid == nil:
		return proof{}, errors.New("scheme mtls: http.trusted_proxies names no proxy that could say whose certificate it is")
	}
	for i, print := range c.Fingerprints {
		if c.Fingerprints[i] = fingerprint(print); c.Fingerprints[i] == "" {
			return proof{}, errors.New("client_fingerprint: want 64 hexadecimal digits, or 40 of SHA-1")
		}
	}
	verify := func(r channels.Request) error { return c.verify(r, host.ProxySaid) }
	return proof{verify: verify, delivery: nobody}, nil
}

func (c certificates) verify(r channels.Request, said func(*http.Request, string) string) error {
	if _, err := r.HeaderOnce(c.Header); err != nil {
		return err
	}
	text := said(r.Request, c.Header)
	if text == "" {
		return channels.CauseUnsigned.Because("it did not come straight from one of http.trusted_proxies: what it says of a certificate is not believed")
	}
	who := shownBy(c.Header, text)
	if slices.ContainsFunc(who.prints, func(p string) bool { return slices.Contains(c.Fingerprints, p) }) ||
		who.subject != "" && slices.Contains(c.Subjects, who.subject) {
		return nil
	}
	return channels.CauseSecret.Because("the client's certificate is none of the channel's")
}

// shown is what a header says of a certificate.
type shown struct {
	prints  []string // its SHA-256 and SHA-1, as far as known
	subject string
}

// shownBy reads a header: a certificate itself, as RFC 9440 and others write it, what
// Envoy says of one, a fingerprint, or else a subject.
func shownBy(name, text string) shown {
	if strings.EqualFold(name, envoyCert) {
		return envoy(text)
	}
	if cert := certificateIn(text); cert != nil {
		long, short := sha256.Sum256(cert.Raw), sha1.Sum(cert.Raw)
		return shown{[]string{hex.EncodeToString(long[:]), hex.EncodeToString(short[:])}, cert.Subject.String()}
	}
	if print := fingerprint(text); print != "" {
		return shown{prints: []string{print}}
	}
	return shown{subject: strings.TrimSpace(text)}
}

// fingerprint is a hash in one spelling, "" if it is none.
func fingerprint(text string) string {
	print := strings.ToLower(strings.ReplaceAll(strings.TrimSpace(text), ":", ""))
	b, err := hex.DecodeString(print)
	if err != nil || len(b) != sha256.Size && len(b) != sha1.Size {
		return ""
	}
	return print
}

// certificateIn reads the DER of a certificate in base64, with the colons of RFC
// 9440 §2.1 or without, or its PEM, escaped as in URLs or not; nil: it is none.
func certificateIn(text string) *x509.Certificate {
	if strings.Contains(text, "%") {
		if plain, err := url.PathUnescape(text); err == nil {
			text = plain
		}
	}
	var der []byte
	if block, _ := pem.Decode([]byte(text)); block != nil {
		der = block.Bytes
	} else if b, err := base64.StdEncoding.DecodeString(strings.Trim(text, ":")); err == nil {
		der = b
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		return nil
	}
	return cert
}

// envoy reads the last certificate of a list, which is that of the caller of the
// proxy that wrote it: pairs with semicolons between them, values in quotes where
// they need them.
func envoy(text string) (s shown) {
	for key, value := range envoyPairs(text) {
		switch key {
		case "hash":
			s.prints = []string{fingerprint(value)}
		case "subject":
			s.subject = value
		}
	}
	return s
}

// envoyPairs are the values by their names in lower case; of a name that stands
// there twice "".
func envoyPairs(text string) map[string]string {
	pairs, quoted, from := map[string]string{}, false, 0
	add := func(pair string) {
		key, value, found := strings.Cut(strings.TrimSpace(pair), "=")
		switch _, twice := pairs[strings.ToLower(key)]; {
		case twice: // one may stand in what the certificate's owner chose, as its URI
			pairs[strings.ToLower(key)] = ""
		case found:
			pairs[strings.ToLower(key)] = strings.ReplaceAll(strings.Trim(value, `"`), `\"`, `"`)
		}
	}
	for i := 0; i < len(text); i++ {
		switch c := text[i]; {
		case c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case !quoted && c == ';':
			add(text[from:i])
			from = i + 1
		case !quoted && c == ',':
			pairs, from = map[string]string{}, i+1
		}
	}
	add(text[from:])
	return pairs
}
