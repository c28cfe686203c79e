// Package apitest is what doubles of providers' mail APIs have in common: it
// takes access tokens, counts what is asked, and fails on demand.
package apitest

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
)

// TB is what a server asks of the test that it is for.
type TB interface{ Cleanup(func()) }

// Server is an API behind the loopback.
type Server struct {
	URL    string
	Good   func(token string) bool // which access tokens it takes; all at first
	Refuse func(w http.ResponseWriter, status int, code string)

	mu     sync.Mutex
	server *httptest.Server
	faults []Fault
	hooks  map[string]func()
	asked  []string // the requests, "METHOD path"
}

// A Fault is what becomes of requests to a path that has Path in it.
type Fault struct {
	Path   string
	Times  int // 0: once
	Status int // 0: the connection ends within the body
	Code   string
	Header map[string]string
}

// New starts a server, which ends with the test. refuse answers as the API does.
func New(t TB, api http.Handler, refuse func(w http.ResponseWriter, status int, code string)) *Server {
	s := &Server{Good: func(string) bool { return true }, Refuse: refuse, hooks: map[string]func(){}}
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, api) }))
	s.URL = s.server.URL
	t.Cleanup(func() {
		s.server.CloseClientConnections()
		s.server.Close()
	})
	return s
}

// With does something while no request is answered.
func (s *Server) With(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// Fail says what becomes of requests to come.
func (s *Server) Fail(f ...Fault) { s.With(func() { s.faults = append(s.faults, f...) }) }

// At does something once, before a request to a path that has this in it.
func (s *Server) At(path string, do func()) { s.With(func() { s.hooks[path] = do }) }

// Asked counts the requests that have this in "METHOD path".
func (s *Server) Asked(what string) (n int) {
	s.With(func() {
		for _, a := range s.asked {
			if strings.Contains(a, what) {
				n++
			}
		}
	})
	return n
}

// due is what was to be done before this request, and what becomes of it.
func (s *Server) due(r *http.Request) (before []func(), fault *Fault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.Method+" "+r.URL.RequestURI())
	for path, do := range s.hooks {
		if strings.Contains(r.URL.RequestURI(), path) {
			before = append(before, do)
			delete(s.hooks, path)
		}
	}
	for i, f := range s.faults {
		if !strings.Contains(r.URL.RequestURI(), f.Path) {
			continue
		}
		if s.faults[i].Times--; s.faults[i].Times <= 0 {
			s.faults = slices.Delete(s.faults, i, i+1)
		}
		return before, &f
	}
	return before, nil
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, api http.Handler) {
	before, fault := s.due(r)
	for _, do := range before {
		do()
	}
	token, _ := strings.CutPrefix(r.Header.Get("Authorization"), "Bearer ")
	switch {
	case fault != nil && fault.Status == 0:
		cut(w)
	case fault != nil:
		for name, value := range fault.Header {
			w.Header().Set(name, value)
		}
		s.Refuse(w, fault.Status, fault.Code)
	case !s.Good(token):
		s.Refuse(w, http.StatusUnauthorized, "InvalidAuthenticationToken")
	default:
		api.ServeHTTP(w, r)
	}
}

// cut ends the connection within the body.
func cut(w http.ResponseWriter) {
	w.Header().Set("Content-Length", "5000")
	w.WriteHeader(http.StatusOK)
	_, _ = w.Write([]byte("Subject: cut"))
	_ = http.NewResponseController(w).Flush()
	if c, _, err := http.NewResponseController(w).Hijack(); err == nil {
		_ = c.Close()
	}
}

// Write answers with JSON.
func Write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have gone, on purpose
}
