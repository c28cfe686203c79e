package httpapi_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"sync"

	"gatehouse/ingest/httpapi"
)

// recorder keeps what the API answered to the tests of this package: the
// examples of the description are taken from it, and all of it is held against
// the description (compare_test.go).
type recorder struct {
	sync.Mutex
	seen []sighting
}

// sighting is one answer to one request.
type sighting struct {
	does string // "GET /contacts/019…", without query
	key  string // status and name, as in httpapi.Answers
	as   httpapi.Recorded
	raw  any // JSON as it came
}

var given recorder

// most is how much of one answer is looked at, in bytes.
const most = 1 << 20

// tee is a response that is written and kept.
type tee struct {
	http.ResponseWriter
	status int
	body   bytes.Buffer
}

func (w *tee) Unwrap() http.ResponseWriter { return w.ResponseWriter }

func (w *tee) WriteHeader(status int) {
	w.status = status
	w.ResponseWriter.WriteHeader(status)
}

func (w *tee) Write(b []byte) (int, error) {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	if w.body.Len() < most {
		w.body.Write(b)
	}
	return w.ResponseWriter.Write(b)
}

// by is a handler whose answers are kept.
func (g *recorder) by(h http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		kept := &tee{ResponseWriter: w}
		h.ServeHTTP(kept, r)
		if kept.status != 0 {
			g.keep(r.Method+" "+strings.TrimPrefix(r.URL.Path, httpapi.Prefix), kept)
		}
	})
}

func (g *recorder) keep(does string, w *tee) {
	content, _, _ := mime.ParseMediaType(w.Header().Get("Content-Type"))
	s := sighting{does: does, key: strconv.Itoa(w.status) + " answer", as: httpapi.Recorded{Content: content}}
	switch {
	case w.body.Len() == 0:
		s.as.Content = ""
	case (strings.HasSuffix(content, "/json") || strings.HasSuffix(content, "+json")) && json.Unmarshal(w.body.Bytes(), &s.raw) == nil:
		s.as.Value = masked(s.raw)
	default:
		s.as.Value = masked(w.body.String())
	}
	if p, ok := s.raw.(map[string]any); ok && content == "application/problem+json" {
		s.key = fmt.Sprint(w.status, " ", p["type"])
	}
	g.Lock()
	defer g.Unlock()
	g.seen = append(g.seen, s)
}
