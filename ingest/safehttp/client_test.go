package safehttp_test

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"go.uber.org/goleak"
	"golang.org/x/net/dns/dnsmessage"

	"gatehouse/ingest/safehttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

var (
	only127 = netip.MustParsePrefix("127.0.0.1/32")
	secrets = []func(*http.Request){bearer("old"), bearer("s3cret")}
)

func bearer(token string) func(*http.Request) {
	return func(r *http.Request) { r.Header.Set("Authorization", "Bearer "+token) }
}

func client(t *testing.T, o safehttp.Options) *safehttp.Client {
	t.Helper()
	c := safehttp.New(o)
	t.Cleanup(c.Close)
	return c
}

// server answers at an address of the loopback.
func server(t *testing.T, address string, do http.HandlerFunc) *httptest.Server {
	t.Helper()
	l, err := net.Listen("tcp", address+":0")
	if err != nil {
		t.Fatal(err)
	}
	s := httptest.NewUnstartedServer(do)
	_ = s.Listener.Close()
	s.Listener = l
	s.Start()
	t.Cleanup(s.Close)
	return s
}

func hostOf(s *httptest.Server) string { return s.Listener.Addr().String() }

// fetch reads all of a URL.
func fetch(t *testing.T, c *safehttp.Client, ask safehttp.Ask) ([]byte, error) {
	t.Helper()
	answer, err := c.Get(t.Context(), ask)
	if err != nil {
		return nil, err
	}
	defer answer.Close()
	return io.ReadAll(answer)
}

func codeOf(err error) safehttp.Code {
	var f *safehttp.Fault
	if errors.As(err, &f) {
		return f.Code
	}
	return ""
}

func want(t *testing.T, err error, code safehttp.Code) {
	t.Helper()
	if codeOf(err) != code {
		t.Errorf("%v, want %s", err, code)
	}
	if err != nil && strings.Contains(err.Error(), "127.0.0") {
		t.Errorf("the error names an address: %v", err)
	}
}

func TestWhatIsNotAllowedIsNotAsked(t *testing.T) {
	s := server(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { t.Error("it was asked") })
	_, port, _ := net.SplitHostPort(hostOf(s))
	c := client(t, safehttp.Options{})
	for _, host := range []string{"127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[64:ff9b::7f00:1]", "[::1]", "0.0.0.0", "[::]"} {
		_, err := fetch(t, c, safehttp.Ask{URL: "http://" + host + ":" + port + "/"})
		want(t, err, safehttp.Address)
		_, err = fetch(t, c, safehttp.Ask{URL: "https://" + host + ":" + port + "/"})
		want(t, err, safehttp.Address)
	}
}

func TestProxiesOfTheEnvironmentAreNotAsked(t *testing.T) {
	proxy := server(t, "127.0.0.2", func(http.ResponseWriter, *http.Request) { t.Error("the proxy was asked") })
	t.Setenv("HTTP_PROXY", proxy.URL)
	t.Setenv("HTTPS_PROXY", proxy.URL)
	_, err := fetch(t, client(t, safehttp.Options{}), safehttp.Ask{URL: "http://192.0.2.7/"})
	want(t, err, safehttp.Address)
}

func TestRedirects(t *testing.T) {
	var asked atomic.Int32
	inside := server(t, "127.0.0.2", func(http.ResponseWriter, *http.Request) { t.Error("a redirect led inside") })
	s := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		if to := r.URL.Query().Get("to"); to != "" {
			w.Header().Set("Location", to)
			w.WriteHeader(http.StatusTemporaryRedirect)
			return
		}
		_, _ = io.WriteString(w, "here")
	})
	c := client(t, safehttp.Options{Allow: []netip.Prefix{only127}})
	_, port, _ := net.SplitHostPort(hostOf(inside))
	for to, code := range map[string]safehttp.Code{
		"/elsewhere":                        "",
		inside.URL:                          safehttp.Address,
		"http://169.254.169.254/latest/":    safehttp.Address,
		"http://[::ffff:127.0.0.2]:" + port: safehttp.Address,
		"http://[64:ff9b::7f00:2]:" + port:  safehttp.Address,
		"http://2130706434:" + port:         safehttp.Address,
		"file:///etc/passwd":                safehttp.Address,
		"/?to=/%3Fto=/":                     "",
	} {
		body, err := fetch(t, c, safehttp.Ask{URL: s.URL + "/?to=" + strings.ReplaceAll(to, "%", "%25")})
		want(t, err, code)
		if code == "" && string(body) != "here" {
			t.Errorf("%s: %q", to, body)
		}
	}
	asked.Store(0)
	loop := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		asked.Add(1)
		http.Redirect(w, r, "/again", http.StatusFound)
	})
	_, err := fetch(t, c, safehttp.Ask{URL: loop.URL})
	if want(t, err, safehttp.Redirects); asked.Load() != 6 {
		t.Errorf("asked %d times", asked.Load())
	}
}

// The secret is for one host: not for where it leads, nor for a host that was
// named by somebody else.
func TestSecretsGoNowhereElse(t *testing.T) {
	store := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" || r.Header.Get("Cookie") != "" || r.Header.Get("Referer") != "" {
			t.Errorf("storage was told %v", r.Header)
		}
		_, _ = io.WriteString(w, "bytes")
	})
	api := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "Bearer s3cret" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		http.SetCookie(w, &http.Cookie{Name: "a", Value: "b", Domain: "127.0.0.1"})
		http.Redirect(w, r, store.URL, http.StatusFound)
	})
	c := client(t, safehttp.Options{Allow: []netip.Prefix{only127}})
	for _, url := range []string{api.URL, store.URL, "http://127.0.0.1@" + hostOf(store)} {
		body, err := fetch(t, c, safehttp.Ask{URL: url, Secrets: secrets, Hosts: []string{hostOf(api)}})
		if err != nil || string(body) != "bytes" {
			t.Errorf("%s: %q, %v", url, body, err)
		}
	}
}

func TestHttpsIsNotLeft(t *testing.T) {
	plain := server(t, "127.0.0.1", func(http.ResponseWriter, *http.Request) { t.Error("https was left") })
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, plain.URL, http.StatusFound)
	}))
	t.Cleanup(s.Close)
	roots := x509.NewCertPool()
	roots.AddCert(s.Certificate())
	trusting := client(t, safehttp.Options{Allow: []netip.Prefix{only127}, TLS: &tls.Config{RootCAs: roots}})
	_, err := fetch(t, trusting, safehttp.Ask{URL: s.URL, Secrets: secrets, Hosts: []string{hostOf(s), hostOf(plain)}})
	want(t, err, safehttp.Redirects)
	_, err = fetch(t, client(t, safehttp.Options{Allow: []netip.Prefix{only127}}), safehttp.Ask{URL: s.URL})
	want(t, err, safehttp.TLS)
}

func TestAnswers(t *testing.T) {
	s := server(t, "127.0.0.1", func(w http.ResponseWriter, r *http.Request) {
		var status, n int
		_, _ = fmt.Sscanf(r.URL.Path, "/%d/%d", &status, &n)
		switch {
		case r.URL.Path == "/short":
			w.Header().Set("Content-Length", "10")
			_, _ = io.WriteString(w, "five!")
		case r.URL.Path == "/packed":
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = io.WriteString(w, "x")
		case r.URL.Path == "/silent":
			<-r.Context().Done()
		case r.URL.Path == "/stops":
			_, _ = io.WriteString(w, "x")
			w.(http.Flusher).Flush()
			<-r.Context().Done()
		default:
			w.Header().Set("Retry-After", "90")
			w.WriteHeader(status)
			w.(http.Flusher).Flush() // no Content-Length
			_, _ = w.Write(bytes.Repeat([]byte("x"), n))
		}
	})
	c := client(t, safehttp.Options{Allow: []netip.Prefix{only127}, Stall: 100 * time.Millisecond})
	for path, code := range map[string]safehttp.Code{
		"/200/0": "", "/200/99": "", "/200/100": "", "/200/101": safehttp.TooLarge, "/200/100000": safehttp.TooLarge,
		"/401/1": safehttp.Denied, "/403/1": safehttp.Denied, "/404/1": safehttp.NotFound, "/410/0": safehttp.NotFound,
		"/400/0": safehttp.Rejected, "/415/0": safehttp.Rejected, "/429/0": safehttp.Busy, "/500/0": safehttp.Server, "/204/0": safehttp.Server,
		"/302/0": safehttp.Server, "/short": safehttp.Network, "/packed": safehttp.Server,
		"/silent": safehttp.Timeout, "/stops": safehttp.Timeout,
	} {
		_, err := fetch(t, c, safehttp.Ask{URL: s.URL + path, Limit: 100})
		want(t, err, code)
		var f *safehttp.Fault
		if errors.As(err, &f) && f.Code == safehttp.Busy && (f.After != 90*time.Second || !f.Temporary()) {
			t.Errorf("%s: %+v", path, f)
		}
	}
	var into struct{ A int }
	want(t, c.JSON(t.Context(), safehttp.Ask{URL: s.URL + "/200/5"}, &into), safehttp.Server)
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := c.Get(ended, safehttp.Ask{URL: s.URL + "/200/5"}); err == nil {
		t.Error("it was asked after the end")
	}
}

// A name leads to an address that may be asked, and when it is asked next to
// one that may not: what counts is where the connection would go.
func TestRebinding(t *testing.T) {
	inside, l := sameport(t, func(http.ResponseWriter, *http.Request) { t.Error("it was led inside") })
	_, port, _ := net.SplitHostPort(hostOf(inside))
	outside := &http.Server{Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Connection", "close")
		http.Redirect(w, r, "/again", http.StatusFound)
	})}
	go func() { _ = outside.Serve(l) }()
	t.Cleanup(func() { _ = outside.Close() })
	var asked atomic.Int32
	resolver := names(t, func() [4]byte { return [4]byte{127, 0, 0, byte(asked.Add(1))} })
	c := client(t, safehttp.Options{Allow: []netip.Prefix{only127}, Resolver: resolver})
	_, err := fetch(t, c, safehttp.Ask{URL: "http://rebind.example.com:" + port + "/"})
	if want(t, err, safehttp.Address); asked.Load() < 2 {
		t.Errorf("the name was asked for %d times", asked.Load())
	}
}

// sameport is a server at 127.0.0.2 and a socket at 127.0.0.1, at one port.
func sameport(t *testing.T, do http.HandlerFunc) (*httptest.Server, net.Listener) {
	for range 50 {
		s := server(t, "127.0.0.2", do)
		_, port, _ := net.SplitHostPort(hostOf(s))
		if l, err := net.Listen("tcp", "127.0.0.1:"+port); err == nil {
			return s, l
		}
	}
	t.Fatal("no port is free at both addresses")
	return nil, nil
}

// names is a resolver that a test answers for: of IPv4 alone.
func names(t *testing.T, answer func() [4]byte) *net.Resolver {
	conn, err := net.ListenPacket("udp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	go func() {
		question := make([]byte, 1500)
		for {
			n, from, err := conn.ReadFrom(question)
			if err != nil {
				return // closed
			}
			var m dnsmessage.Message
			if m.Unpack(question[:n]) != nil {
				continue
			}
			m.Response, m.Additionals = true, nil
			if q := m.Questions[0]; q.Type == dnsmessage.TypeA {
				m.Answers = []dnsmessage.Resource{{
					Header: dnsmessage.ResourceHeader{Name: q.Name, Class: q.Class}, Body: &dnsmessage.AResource{A: answer()},
				}}
			}
			if b, err := m.Pack(); err == nil {
				_, _ = conn.WriteTo(b, from)
			}
		}
	}()
	return &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		return (&net.Dialer{}).DialContext(ctx, "udp", conn.LocalAddr().String())
	}}
}
