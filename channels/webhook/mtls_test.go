package webhook_test

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/hex"
	"encoding/pem"
	"fmt"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
)

// certificate is one in DER, and its fingerprints.
func certificate(t *testing.T, name string) (der []byte, long, short string) {
	t.Helper()
	public, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	of := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: name, Organization: []string{"Example, Ltd"}}}
	if der, err = x509.CreateCertificate(rand.Reader, of, of, public, private); err != nil {
		t.Fatal(err)
	}
	l, s := sha256.Sum256(der), sha1.Sum(der)
	return der, hex.EncodeToString(l[:]), hex.EncodeToString(s[:])
}

// colons writes a fingerprint as many tools show it.
func colons(print string) string {
	var pairs []string
	for i := 0; i < len(print); i += 2 {
		pairs = append(pairs, strings.ToUpper(print[i:i+2]))
	}
	return strings.Join(pairs, ":")
}

func TestCertificates(t *testing.T) {
	der, long, short := certificate(t, "provider")
	other, otherLong, _ := certificate(t, "other")
	b64, text := base64.StdEncoding.EncodeToString(der), string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
	subject := `CN=provider,O=Example\, Ltd`
	const known, envoy = "Client-Cert", "X-Forwarded-Client-Cert"
	for name, c := range map[string]struct {
		settings, header, text string
		want                   error
	}{
		"RFC 9440":          {"client_fingerprint: " + long, known, ":" + b64 + ":", nil},
		"base64":            {"client_fingerprint: '" + colons(long) + "'", known, b64, nil},
		"escaped PEM":       {"client_fingerprint: " + short, known, url.PathEscape(text), nil},
		"PEM of a query":    {"client_fingerprint: " + long, known, strings.ReplaceAll(url.QueryEscape(text), "+", "%20"), nil},
		"its subject":       {"client_subject: '" + subject + "'", known, ":" + b64 + ":", nil},
		"a fingerprint":     {"client_header: X-Print, client_fingerprint: [" + otherLong + ", " + short + "]", "X-Print", colons(short), nil},
		"a subject":         {"client_header: X-DN, client_subject: 'CN=provider'", "X-DN", "CN=provider", nil},
		"envoy":             {"client_header: " + envoy + ", client_fingerprint: " + long, envoy, `Hash=` + otherLong + `,By=spiffe://a;Hash=` + long + `;Subject="CN=a;b,c"`, nil},
		"envoy's subject":   {"client_header: " + envoy + `, client_subject: 'CN="a";b,c'`, envoy, `Subject="CN=\"a\";b,c";URI=x`, nil},
		"envoy's first":     {"client_header: " + envoy + ", client_fingerprint: " + long, envoy, `Hash=` + long + `,Hash=` + otherLong, errWrong},
		"envoy's quotes":    {"client_header: " + envoy + ", client_fingerprint: " + long, envoy, `Subject="x;Hash=` + long + `"`, errWrong},
		"envoy's URI":       {"client_header: " + envoy + ", client_fingerprint: " + long, envoy, `Hash=` + otherLong + `;URI=spiffe://a;hash=` + long, errWrong},
		"another":           {"client_fingerprint: " + long, known, ":" + base64.StdEncoding.EncodeToString(other) + ":", errWrong},
		"another's subject": {"client_subject: CN=provider", known, b64, errWrong},
		"a longer subject":  {"client_header: X-DN, client_subject: 'CN=provider'", "X-DN", "CN=provider,O=x", errWrong},
		"a hash as subject": {"client_subject: " + long, known, long, errWrong},
		"nothing":           {"client_fingerprint: " + long, known, "", errNone},
		"another header":    {"client_fingerprint: " + long, "X-Other", b64, errNone},
	} {
		d := channeltest.NewDesk(t, proxied, "{scheme: mtls, "+c.settings+"}")
		post := func(from string, twice bool) (int, error) {
			r := httptest.NewRequest(http.MethodPost, "/hooks/golden", strings.NewReader(`{"from":"ann@example.com","text":"hello"}`))
			r.RemoteAddr = from
			r.Header.Set(c.header, c.text)
			if twice {
				r.Header.Add(c.header, c.text)
			}
			d.Refused = append(d.Refused, nil)
			code := d.Do(r).Code
			return code, d.Refused[len(d.Refused)-1]
		}
		code, err := post("192.0.2.1:4000", false)
		if (code == 200) != (c.want == nil) || c.want != nil && channels.CauseOf(err) != channels.CauseOf(c.want) {
			t.Errorf("%s: %d, %v", name, code, err)
		}
		if code, err := post("192.0.2.1:4000", true); code != 401 || channels.CauseOf(err) != channels.CauseUnsigned {
			t.Errorf("%s, twice: %d, %v", name, code, err)
		}
		if code, err := post("198.51.100.1:4000", false); code != 401 || channels.CauseOf(err) != channels.CauseUnsigned {
			t.Errorf("%s, from anybody: %d, %v", name, code, err)
		}
	}
}

var (
	errWrong = channels.CauseSecret.Because("")
	errNone  = channels.CauseUnsigned.Because("")
)

func FuzzCertificateHeader(f *testing.F) {
	f.Add("Client-Cert", ":AAAA:")
	f.Add("X-Forwarded-Client-Cert", `By=a;Hash=00;Subject="CN=\"x",Hash=`)
	f.Add("X", "%2D-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----")
	f.Fuzz(func(t *testing.T, header, text string) {
		settings := fmt.Sprintf("{scheme: mtls, client_header: %q, client_fingerprint: %s, client_subject: CN=provider}", http.CanonicalHeaderKey(header), strings.Repeat("ab", 32))
		h, err := proxied.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err != nil {
			return
		}
		r := httptest.NewRequest(http.MethodPost, "/hooks/golden", nil)
		r.Header[http.CanonicalHeaderKey(header)] = []string{text}
		plain := strings.ToLower(strings.ReplaceAll(text, ":", ""))
		if h.Verify(channels.Request{Request: r}) == nil && !strings.Contains(plain, strings.Repeat("ab", 32)) && !strings.Contains(text, "CN=") {
			t.Errorf("%s: %q is believed", header, text)
		}
	})
}
