package backfill

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"

	"gatehouse/channels"
	"gatehouse/ingest"
)

const (
	apiTimeout = 30 * time.Second
	pageLimit  = 16 << 20 // octets of an answer
	maxPauses  = 3        // in one call
)

// api asks a provider's API. It sends credentials to no other host, and heeds
// what the API says of asking less.
type api struct {
	base        *url.URL
	credentials []channels.Credential
	denied      func(answer []byte) error
	patience    time.Duration // the longest pause that is waited for within a call
	client      *http.Client
	now         func() time.Time
	until       time.Time // before it the API does not want to be asked
}

func newAPI(list channels.List, now func() time.Time) (*api, error) {
	base, err := url.Parse(list.APIBase)
	if err != nil {
		return nil, fmt.Errorf("api_base: %w", err)
	}
	if !strings.HasSuffix(base.Path, "/") {
		base.Path += "/"
	}
	stay := func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	client := &http.Client{Timeout: apiTimeout, CheckRedirect: stay, Transport: &http.Transport{Proxy: http.ProxyFromEnvironment}}
	return &api{base: base, credentials: list.Credentials, denied: list.Denied, patience: list.Patience, client: client, now: now}, nil
}

// ask makes a call, with the first credential that the API takes, and again
// after a short pause where it asks for one. ingest.ErrNotFound.
func (a *api) ask(ctx context.Context, c channels.Call) (body []byte, err error) {
	to, err := a.address(c)
	if err != nil {
		return nil, err
	}
	for pauses := 0; ; pauses++ {
		var pause time.Duration
		body, pause, err = a.askAll(ctx, c, to)
		if pause == 0 || pauses == maxPauses {
			return body, err
		}
		if !rest(ctx, pause) {
			return nil, ingest.AsTemporary(ctx.Err())
		}
	}
}

func (a *api) askAll(ctx context.Context, c channels.Call, to string) (body []byte, pause time.Duration, err error) {
	if len(a.credentials) == 0 {
		return nil, 0, channels.NeedsReauth(errors.New("the settings have no credentials of the API"))
	}
	if left := a.until.Sub(a.now()); left > a.patience {
		return nil, 0, channels.Throttled(ingest.AsTemporary(fmt.Errorf("the API asked to be left alone for %v more", left.Round(time.Second))))
	}
	for _, credential := range a.credentials {
		if body, pause, err = a.once(ctx, c, to, credential); !channels.ReauthNeeded(err) {
			break
		}
	}
	return body, pause, err
}

// address is where a call goes. An address that the API gave must be its own: it
// is asked with credentials.
func (a *api) address(c channels.Call) (string, error) {
	to, err := a.base.Parse(c.To)
	if err != nil || to.Host != a.base.Host || to.Scheme != a.base.Scheme || to.User != nil {
		return "", errors.New("the next page is elsewhere")
	}
	to.Fragment = ""
	if len(c.Query) > 0 {
		to.RawQuery = strings.TrimPrefix(to.RawQuery+"&"+c.Query.Encode(), "&")
	}
	return to.String(), nil
}

// once asks. pause is how long to wait before the call is made again, if it is
// short. No error repeats the address: it may have a secret in it.
func (a *api) once(ctx context.Context, c channels.Call, to string, put channels.Credential) (body []byte, pause time.Duration, err error) {
	method := http.MethodGet
	if c.Method != "" {
		method = c.Method
	}
	r, err := http.NewRequestWithContext(ctx, method, to, bytes.NewReader(c.Body))
	if err != nil {
		return nil, 0, errors.New("the call is none of HTTP")
	}
	for name, values := range c.Header {
		r.Header[name] = values
	}
	put(r)
	w, err := a.client.Do(r)
	if err != nil {
		return nil, 0, ingest.AsTemporary(unaddressed(err))
	}
	defer w.Body.Close()
	if w.StatusCode/100 != 2 {
		return nil, a.heed(w), judge(w.StatusCode)
	}
	body, err = io.ReadAll(io.LimitReader(w.Body, pageLimit+1))
	if err != nil {
		return nil, 0, ingest.AsTemporary(fmt.Errorf("the answer ended early: %w", err))
	}
	if len(body) > pageLimit {
		return nil, 0, fmt.Errorf("the answer has more than %d octets", pageLimit)
	}
	if a.denied != nil {
		err = a.denied(body)
	}
	return body, 0, err
}

func unaddressed(err error) error {
	var at *url.Error
	if errors.As(err, &at) {
		return at.Err
	}
	return err
}

// judge marks a refusal by what is to be done about it.
func judge(status int) error {
	err := fmt.Errorf("the API answers %d %s", status, http.StatusText(status))
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden:
		return channels.NeedsReauth(err)
	case http.StatusNotFound, http.StatusGone:
		return fmt.Errorf("%w: %w", err, ingest.ErrNotFound)
	case http.StatusTooManyRequests:
		return channels.Throttled(ingest.AsTemporary(err))
	}
	return ingest.AsTemporary(err)
}

// heed keeps in mind until when the API wants to be left alone, and returns that
// pause if it is short: with 429 and 503 it may say so (RFC 9110 §10.2.3).
func (a *api) heed(w *http.Response) time.Duration {
	said := w.Header.Get("Retry-After")
	if said == "" || w.StatusCode != http.StatusTooManyRequests && w.StatusCode != http.StatusServiceUnavailable {
		return 0
	}
	pause := channels.RetryAfter(said, a.now())
	a.until = a.now().Add(pause)
	if pause > a.patience {
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
