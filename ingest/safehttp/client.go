// Package safehttp asks for URLs that strangers chose, and posts to those that
// somebody named, from inside a private network, without being led into it.
//
// An address is judged when it is dialled, after its name was resolved, and
// again for each redirect: loopback, private, link-local, metadata and other
// special addresses are not connected to, however they are written, unless the
// configuration allows their network. Only https is spoken outside of those,
// at port 443 and the ports that are allowed. Secrets go to the hosts that they
// are meant for and nowhere else. There are no cookies and no proxy; answers
// are bounded in size and in time.
package safehttp

import (
	"context"
	"crypto/tls"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"
	"time"
)

// Options say what a Client may do. The zero value is right for the internet.
type Options struct {
	// Allow are networks that may be asked though they are not public, at any
	// port and without TLS.
	Allow []netip.Prefix
	// Ports of public addresses that may be asked besides 443.
	Ports []uint16
	// Timeout is for one Get and the reading of its answer; 0: 5 minutes.
	Timeout time.Duration
	// Stall is for how long an answer may be silent; 0: 30 seconds.
	Stall time.Duration
	// Idle is how many connections to one host are kept for the next request; 0: 2.
	Idle     int
	Resolver *net.Resolver // nil: the system's
	TLS      *tls.Config   // nil: the system's roots
}

// Client asks for URLs. It is safe for concurrent use.
type Client struct {
	timeout, stall time.Duration
	secure, plain  *http.Transport
	allow          []netip.Prefix
}

// New returns a client, which connects to nothing yet.
func New(o Options) *Client {
	c := &Client{timeout: o.Timeout, stall: o.Stall, secure: transport(o, false), plain: transport(o, true), allow: o.Allow}
	if c.timeout == 0 {
		c.timeout = 5 * time.Minute
	}
	if c.stall == 0 {
		c.stall = 30 * time.Second
	}
	return c
}

// Close drops idle connections.
func (c *Client) Close() {
	c.secure.CloseIdleConnections()
	c.plain.CloseIdleConnections()
}

// maxRedirects is how many are followed.
const maxRedirects = 5

// Ask is one request, a GET.
type Ask struct {
	URL    string
	Header http.Header // for whoever is asked; nothing secret
	// Secrets put what proves who asks on a request, each on its own: they are
	// tried one after the other until one is not denied. They are for Hosts alone:
	// neither others nor where a redirect leads are told.
	Secrets []func(*http.Request)
	// Hosts are written as in a URL, with a port if it is not the scheme's; one
	// that begins with a dot stands for all names that end so.
	Hosts []string
	Limit int64 // octets of the answer at most; 0: none are bounded
}

// Get asks and follows redirects until there is an answer 200, which the caller
// closes. Any other end is a *Fault.
func (c *Client) Get(ctx context.Context, ask Ask) (answer *Answer, err error) {
	if len(ask.Secrets) == 0 {
		return c.get(ctx, ask, nil)
	}
	for _, secret := range ask.Secrets {
		var f *Fault
		answer, err = c.get(ctx, ask, secret)
		if !errors.As(err, &f) || f.Code != Denied {
			break
		}
	}
	return answer, err
}

func (c *Client) get(ctx context.Context, ask Ask, secret func(*http.Request)) (*Answer, error) {
	u, err := Check(ask.URL)
	if err != nil {
		return nil, err
	}
	w := newWatch(ctx, c.timeout, c.stall)
	for range maxRedirects + 1 {
		answer, next, err := c.once(w, u, ask, secret)
		if err != nil {
			w.stop()
			return nil, w.named(err)
		}
		if next == nil {
			return answer, nil
		}
		if u.Scheme == "https" && next.Scheme == "http" {
			break
		}
		u = next
	}
	w.stop()
	return nil, fault(Redirects, nil)
}

// once asks one host: it gives an answer, or where to ask next.
func (c *Client) once(w *watch, u *url.URL, ask Ask, secret func(*http.Request)) (*Answer, *url.URL, error) {
	r, err := http.NewRequestWithContext(w.ctx, http.MethodGet, u.String(), nil)
	if err != nil {
		return nil, nil, fault(Address, errURL)
	}
	r.Header = headers(ask)
	if secret != nil && slices.ContainsFunc(ask.Hosts, func(host string) bool { return means(host, u) }) {
		secret(r)
	}
	got, err := c.way(u).RoundTrip(r)
	if err != nil {
		return nil, nil, err
	}
	if got.StatusCode == http.StatusOK {
		answer, err := newAnswer(got, w, ask.Limit)
		return answer, nil, err
	}
	defer got.Body.Close()
	if !redirects(got.StatusCode) {
		return nil, nil, faultOfStatus(got)
	}
	next, err := u.Parse(got.Header.Get("Location"))
	if err != nil || got.Header.Get("Location") == "" {
		return nil, nil, fault(Server, nil)
	}
	next, err = Check(next.String())
	return nil, next, err
}

func redirects(status int) bool {
	return slices.Contains([]int{http.StatusMovedPermanently, http.StatusFound, http.StatusSeeOther,
		http.StatusTemporaryRedirect, http.StatusPermanentRedirect}, status)
}

// headers are what everybody is told.
func headers(ask Ask) http.Header {
	h := ask.Header.Clone()
	if h == nil {
		h = http.Header{}
	}
	h.Set("User-Agent", "Gatehouse")
	h.Set("Accept-Encoding", "identity")
	return h
}

// means reports whether a host of Ask.Hosts is that of the URL.
func means(host string, u *url.URL) bool {
	host = strings.ToLower(host)
	if strings.HasPrefix(host, ".") {
		return strings.HasSuffix(u.Host, host)
	}
	own, err := Check(u.Scheme + "://" + host)
	return err == nil && own.Host == u.Host
}

// JSON asks for a document of at most 1 MiB and decodes it.
func (c *Client) JSON(ctx context.Context, ask Ask, into any) error {
	ask.Limit = 1 << 20
	answer, err := c.Get(ctx, ask)
	if err != nil {
		return err
	}
	defer answer.Close()
	body, err := io.ReadAll(answer)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return fault(Server, fmt.Errorf("no JSON as wanted: %T", err)) // what it says quotes the document
	}
	return nil
}
