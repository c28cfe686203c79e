package console

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"time"

	"gatehouse/ingest/httpapi"
)

// visit is one request of a person for a page.
type visit struct {
	*console
	w    http.ResponseWriter
	r    *http.Request
	path string // the page's pattern

	Me    httpapi.Me
	there *time.Location // where the reader is, once it was asked
}

// get asks the API. What it refuses is an error, an [*httpapi.Problem].
func (v *visit) get(path string, query url.Values, into any) error {
	if len(query) > 0 {
		path += "?" + query.Encode()
	}
	return v.ask(http.MethodGet, path, nil, into)
}

// tagged is get, with the version of what was read, for a form to carry as
// version.
func (v *visit) tagged(path string, into any) (version string, err error) {
	a, err := v.call(http.MethodGet, path, nil)
	if err != nil {
		return "", err
	}
	return a.header.Get("ETag"), a.read(into)
}

// change asks the API for a change. It is made once however often the form is
// sent: the form carries the key, and the proof that our own page sends it. A page
// that is only looked at has neither, and changes nothing.
func (v *visit) change(method, path string, body, into any) error {
	return v.ask(method, path, body, into)
}

func (v *visit) ask(method, path string, body, into any) error {
	a, err := v.call(method, path, body)
	if err != nil {
		return err
	}
	return a.read(into)
}

// preview asks the API what a change would do. Pages do that of themselves,
// wherever the link to them was.
func (v *visit) preview(path string, body map[string]any, into any) error {
	r, err := v.question(http.MethodPost, path, body)
	if err != nil {
		return err
	}
	for _, name := range []string{"Origin", "Sec-Fetch-Site", "Idempotency-Key"} {
		r.Header.Del(name)
	}
	r.Header.Set("X-CSRF-Token", v.Me.CSRFToken)
	return v.answer(r).read(into)
}

// plainText is a request's body that is no JSON.
type plainText []byte

// forwarded are the headers that say who asks, and whence.
var forwarded = []string{"Cookie", "Origin", "Sec-Fetch-Site", "Sec-Fetch-Mode", "User-Agent", "X-Forwarded-For", "X-Forwarded-Proto", "Forwarded"}

func (v *visit) call(method, path string, body any) (*answer, error) {
	r, err := v.question(method, path, body)
	if err != nil {
		return nil, err
	}
	return v.answer(r), nil
}

func (v *visit) answer(r *http.Request) *answer {
	a := &answer{header: http.Header{}, status: http.StatusOK}
	v.API.ServeHTTP(a, r)
	return a
}

// question is a request to the API by the person whose request this is.
func (v *visit) question(method, path string, body any) (*http.Request, error) {
	text, kind, err := inJSON(body)
	if err != nil {
		return nil, err
	}
	r, err := http.NewRequestWithContext(v.r.Context(), method, httpapi.Prefix+path, bytes.NewReader(text))
	if err != nil {
		return nil, err
	}
	r.Host, r.RemoteAddr, r.TLS, r.RequestURI = v.r.Host, v.r.RemoteAddr, v.r.TLS, httpapi.Prefix+path
	for _, name := range forwarded {
		r.Header[name] = v.r.Header[name]
	}
	if body != nil {
		r.Header.Set("Content-Type", kind)
	}
	if method != http.MethodGet {
		v.setFromForm(r.Header, "X-CSRF-Token", "csrf_token")
		v.setFromForm(r.Header, "Idempotency-Key", "key")
	}
	if method == http.MethodPatch {
		v.setFromForm(r.Header, "If-Match", "version")
	}
	return r, nil
}

// setFromForm sends what a field of the form holds.
func (v *visit) setFromForm(h http.Header, header, field string) {
	if value := v.r.PostFormValue(field); value != "" {
		h.Set(header, value)
	}
}

// inJSON is a body as it is sent, and of what type it is.
func inJSON(body any) (text []byte, kind string, err error) {
	if plain, ok := body.(plainText); ok {
		return plain, "text/plain", nil
	}
	if body != nil {
		text, err = json.Marshal(body)
	}
	return text, "application/json", err
}

// answer is what the API says.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (a *answer) Header() http.Header         { return a.header }
func (a *answer) WriteHeader(status int)      { a.status = status }
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }

// read takes the answer in. A refusal is an error, an [*httpapi.Problem]. The API
// leads elsewhere only from what is no path of its own.
func (a *answer) read(into any) error {
	switch {
	case a.status >= http.StatusBadRequest:
		return a.problem()
	case a.status >= http.StatusMultipleChoices:
		return errNoPage
	}
	if into == nil || a.body.Len() == 0 {
		return nil
	}
	return json.Unmarshal(a.body.Bytes(), into)
}

// problem is why the API refuses.
func (a *answer) problem() error {
	var p httpapi.Problem
	if err := json.Unmarshal(a.body.Bytes(), &p); err != nil || p.Status == 0 {
		return fmt.Errorf("the API answered %d: %w", a.status, err)
	}
	return &p
}

// pass gives the answer's cookies to the person.
func (a *answer) pass(w http.ResponseWriter) {
	for _, c := range a.header.Values("Set-Cookie") {
		w.Header().Add("Set-Cookie", c)
	}
}
