package safehttp

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"net/netip"
	"net/url"
)

// answerRead is how much of an answer to a Post is read, and thrown away: so
// much that a connection can be used again, and no more.
const answerRead = 16 << 10

// Post sends a document once and returns the status of its answer, which is
// 2xx. Any other end is a *Fault; where a redirect leads nobody is asked. Of the
// answer a little is read and nothing is kept.
func (c *Client) Post(ctx context.Context, to string, header http.Header, body []byte) (status int, err error) {
	u, err := Check(to)
	if err != nil {
		return 0, err
	}
	w := newWatch(ctx, c.timeout, c.stall)
	defer w.stop()
	r, err := http.NewRequestWithContext(w.ctx, http.MethodPost, u.String(), bytes.NewReader(body))
	if err != nil {
		return 0, fault(Address, errURL)
	}
	r.Header = headers(Ask{Header: header})
	got, err := c.way(u).RoundTrip(r)
	if err != nil {
		return 0, w.named(err)
	}
	defer got.Body.Close()
	_, _ = io.CopyN(io.Discard, got.Body, answerRead) // the status has been said: what follows changes nothing
	switch {
	case got.StatusCode >= 200 && got.StatusCode < 300:
		return got.StatusCode, nil
	case redirects(got.StatusCode):
		return got.StatusCode, &Fault{Code: Redirects, Status: got.StatusCode}
	}
	return got.StatusCode, faultOfStatus(got)
}

// way is how a URL's scheme is spoken.
func (c *Client) way(u *url.URL) *http.Transport {
	if u.Scheme == "http" {
		return c.plain
	}
	return c.secure
}

// Allows says of a URL what can be said of it before it is asked: whether its
// form is right, and its address if it names one. What a name leads to is judged
// each time it is dialled.
func (c *Client) Allows(text string) error {
	u, err := Check(text)
	if err != nil {
		return err
	}
	plain := u.Scheme == "http"
	if plain && len(c.allow) == 0 {
		return fault(Address, errURL)
	}
	a, err := netip.ParseAddr(u.Hostname())
	if err != nil {
		return nil // a name
	}
	if within(a, c.allow) || !plain && Public(a) {
		return nil
	}
	return fault(Address, errPublic)
}
