package mailapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	maxAnswer  = 32 << 20         // octets of a list
	maxRefusal = 64 << 10         // octets of a refusal that are read
	maxPause   = 30 * time.Second // that is waited for within a call; longer ones end it
	maxPauses  = 3                // in one call
)

// Tokens gives access tokens; see oauth.Source.
type Tokens interface {
	Token(ctx context.Context) (token ingest.Secret, fresh bool, err error)
	Refused(token ingest.Secret)
}

// Client asks an API with access tokens. It heeds what the API says of asking
// less, and sends tokens to no other host. It is safe for concurrent use.
type Client struct {
	base    *url.URL
	tokens  Tokens
	now     func() time.Time
	timeout time.Duration
	http    *http.Client

	mu    sync.Mutex
	until time.Time // before it the API does not want to be asked
}

// NewClient makes the client of an API. timeout bounds its silence.
func NewClient(base *url.URL, tokens Tokens, timeout time.Duration, now func() time.Time) *Client {
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &Client{base: base, tokens: tokens, now: now, timeout: timeout, http: &http.Client{CheckRedirect: stay,
		Transport: &http.Transport{Proxy: http.ProxyFromEnvironment, ForceAttemptHTTP2: true, MaxIdleConnsPerHost: workers}}}
}

// Close drops idle connections.
func (c *Client) Close() { c.http.CloseIdleConnections() }

// Call is one request.
type Call struct {
	Method string // default: GET
	To     string // below the base, or a whole address there
	Query  url.Values
	Prefer string // RFC 7240
	Body   any    // sent as JSON; nil: none
}

// Get asks for a JSON object.
func (c *Client) Get(ctx context.Context, call Call, into any) error {
	return c.GetUpTo(ctx, call, maxAnswer, into)
}

// GetUpTo asks for a JSON object of at most so many octets; ErrLarge.
func (c *Client) GetUpTo(ctx context.Context, call Call, most int64, into any) error {
	body, err := c.Read(ctx, call, most)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(body, into); err != nil {
		return ingest.AsTemporary(errors.New("the API's answer is not what it documents"))
	}
	return nil
}

// Do asks for something to be done.
func (c *Client) Do(ctx context.Context, call Call) error {
	_, err := c.Read(ctx, call, maxAnswer)
	return err
}

// Read asks for a body of at most so many octets, and gives it whole or not at
// all; ErrLarge.
func (c *Client) Read(ctx context.Context, call Call, most int64) ([]byte, error) {
	for pauses := 0; ; pauses++ {
		body, pause, err := c.authorised(ctx, call, most)
		if pause == 0 || pauses == maxPauses {
			return body, err
		}
		if !rest(ctx, pause) {
			return nil, ingest.AsTemporary(ctx.Err())
		}
	}
}

// authorised asks once, and once more where an access token that was good
// before is not taken: a provider may end one before its time.
func (c *Client) authorised(ctx context.Context, call Call, most int64) (body []byte, pause time.Duration, err error) {
	for {
		token, fresh, err := c.tokens.Token(ctx)
		if err != nil {
			return nil, 0, err
		}
		body, pause, err = c.once(ctx, call, most, token)
		if r := Refused(err); r == nil || r.Status != http.StatusUnauthorized {
			return body, pause, err
		}
		c.tokens.Refused(token)
		if fresh {
			return nil, 0, channels.NeedsReauth(fmt.Errorf("an access token that was just made is not taken: %w", err))
		}
	}
}

// once asks. pause is how long to wait before the call is made again, if it is
// short.
func (c *Client) once(ctx context.Context, call Call, most int64, token ingest.Secret) (body []byte, pause time.Duration, err error) {
	if err := c.welcome(); err != nil {
		return nil, 0, err
	}
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	silence := time.AfterFunc(c.timeout, func() { cancel(fmt.Errorf("the API was silent for %v", c.timeout)) })
	defer silence.Stop()
	r, err := c.request(ctx, call, token)
	if err != nil {
		return nil, 0, err
	}
	w, err := c.http.Do(r)
	if err != nil {
		return nil, 0, broken(ctx, "ask the API", err)
	}
	defer w.Body.Close()
	heard := &hearing{from: w.Body, heard: func() { silence.Reset(c.timeout) }}
	if w.StatusCode/100 != 2 {
		said, _ := io.ReadAll(io.LimitReader(heard, maxRefusal)) // it is a refusal without its reason, too
		refusal := readRefusal(w.StatusCode, said)
		return nil, c.heed(w.Header, refusal), refusal.judge()
	}
	body, err = readWhole(w, heard, most)
	if err != nil && !errors.Is(err, ErrLarge) {
		err = broken(ctx, "read the API's answer", err)
	}
	return body, 0, err
}

// broken is the error of a connection that ended, in the words of who ended it.
func broken(ctx context.Context, doing string, err error) error {
	if cause := context.Cause(ctx); cause != nil {
		err = cause
	}
	return ingest.AsTemporary(fmt.Errorf("%s: %w", doing, err))
}

// readWhole reads a body whose end can be told from an end of the connection
// (RFC 9112 §6.3).
func readWhole(w *http.Response, from io.Reader, most int64) ([]byte, error) {
	if w.ContentLength > most {
		return nil, ErrLarge
	}
	if w.ProtoMajor == 1 && w.ContentLength < 0 && len(w.TransferEncoding) == 0 && !w.Uncompressed && w.StatusCode != http.StatusNoContent {
		return nil, errors.New("its end cannot be told")
	}
	var buf bytes.Buffer
	if w.ContentLength > 0 {
		buf.Grow(int(w.ContentLength) + bytes.MinRead)
	}
	if _, err := buf.ReadFrom(io.LimitReader(from, most+1)); err != nil {
		return nil, err
	}
	if int64(buf.Len()) > most {
		return nil, ErrLarge
	}
	return buf.Bytes(), nil
}

// hearing tells of each octet that comes.
type hearing struct {
	from  io.Reader
	heard func()
}

// Read reads on.
func (h *hearing) Read(b []byte) (int, error) {
	n, err := h.from.Read(b)
	if n > 0 {
		h.heard()
	}
	return n, err
}

func (c *Client) request(ctx context.Context, call Call, token ingest.Secret) (*http.Request, error) {
	to, err := c.address(call)
	if err != nil {
		return nil, err
	}
	method, body := call.Method, io.Reader(nil)
	if method == "" {
		method = http.MethodGet
	}
	if call.Body != nil {
		b, err := json.Marshal(call.Body)
		if err != nil {
			return nil, fmt.Errorf("ask the API: %w", err)
		}
		body = bytes.NewReader(b)
	}
	r, err := http.NewRequestWithContext(ctx, method, to, body)
	if err != nil {
		return nil, fmt.Errorf("ask the API: %w", err)
	}
	r.Header.Set("Authorization", "Bearer "+string(token))
	if call.Body != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	if call.Prefer != "" {
		r.Header.Set("Prefer", call.Prefer)
	}
	return r, nil
}

// address is where a call goes. An address that the API gave must be its own:
// it is asked with credentials.
func (c *Client) address(call Call) (string, error) {
	if !strings.Contains(call.To, "://") {
		to := strings.TrimSuffix(c.base.String(), "/") + call.To
		if len(call.Query) > 0 {
			to += "?" + call.Query.Encode()
		}
		return to, nil
	}
	u, err := url.Parse(call.To)
	if err != nil || u.Scheme != c.base.Scheme || u.Host != c.base.Host || u.User != nil {
		return "", errors.New("the API's next page is elsewhere")
	}
	return call.To, nil
}

// welcome is an error as long as the API wants to be left alone.
func (c *Client) welcome() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if left := c.until.Sub(c.now()); left > maxPause {
		return channels.Throttled(ingest.AsTemporary(fmt.Errorf("the API asked to be left alone for %v more", left.Round(time.Second))))
	}
	return nil
}

// heed keeps in mind until when the API wants to be left alone, and returns
// that pause if it is short: with 429 and 503 it may say so (RFC 9110 §10.2.3).
func (c *Client) heed(h http.Header, r *Refusal) (pause time.Duration) {
	said := h.Get("Retry-After")
	if !r.Quota() && (r.Status != http.StatusServiceUnavailable || said == "") {
		return 0
	}
	pause = channels.RetryAfter(said, c.now())
	c.mu.Lock()
	defer c.mu.Unlock()
	if until := c.now().Add(pause); until.After(c.until) {
		c.until = until
	}
	if pause > maxPause {
		return 0
	}
	return pause
}

// rest waits and reports whether ctx was still alive at the end.
func rest(ctx context.Context, d time.Duration) bool {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return ctx.Err() == nil
	case <-ctx.Done():
		return false
	}
}
