// Package graphtest is the part of Microsoft Graph that polling asks, for
// tests: one mailbox, delta queries in small pages, and faults on demand.
package graphtest

import (
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"time"
)

// TB is what a server asks of the test that it is for.
type TB interface{ Cleanup(func()) }

// Token is an access token that a server takes unless it is told otherwise.
const Token = "good"

// Server is a mailbox behind the API.
type Server struct {
	URL  string
	Page int                     // messages of a page, whatever is asked for
	Good func(token string) bool // which access tokens it takes
	Box  string                  // the mailbox's address

	mu       sync.Mutex
	server   *httptest.Server
	messages map[string]*Message
	changes  []change // one behind the other
	age      int      // of links: those of another are forgotten
	faults   []Fault
	hooks    map[string]func()
	asked    []string // the requests, "METHOD path"
	n        int
}

// Message is one of the mailbox.
type Message struct {
	ID, Folder string
	Raw        string
	Received   time.Time
	Draft      bool
	Read       bool
	NoSize     bool // the API does not tell its size
}

type change struct{ id, folder string }

// A Fault is what becomes of requests to a path that has Path in it.
type Fault struct {
	Path   string
	Times  int // 0: once
	Status int // 0: the connection ends within the body
	Code   string
	Header map[string]string
}

// folders of the mailbox, by id; "top" has them.
var folders = map[string]struct{ name, of, wellKnown string }{
	"F-inbox": {"Posteingang", "top", "inbox"}, "F-done": {"Done", "top", ""}, "F-forms": {"Forms", "F-inbox", ""},
}

// New starts a server, which ends with the test.
func New(t TB, box string) *Server {
	s := &Server{Page: 2, Box: box, Good: func(token string) bool { return token == Token },
		messages: map[string]*Message{}, hooks: map[string]func(){}}
	mux := http.NewServeMux()
	mux.HandleFunc("/v1.0/users/{box}/{path...}", s.serve)
	s.server = httptest.NewServer(mux)
	s.URL = s.server.URL
	t.Cleanup(func() {
		s.server.CloseClientConnections()
		s.server.Close()
	})
	return s
}

func (s *Server) with(do func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	do()
}

// Put delivers a mail into a folder ("F-inbox", "F-forms", "F-done").
func (s *Server) Put(m Message) (id string) {
	s.with(func() {
		s.n++
		m.ID = fmt.Sprintf("AAkALg%04d=", s.n)
		if m.Folder == "" {
			m.Folder = "F-inbox"
		}
		s.messages[m.ID] = &m
		s.changes = append(s.changes, change{m.ID, m.Folder})
	})
	return m.ID
}

// Delete removes a message.
func (s *Server) Delete(id string) {
	s.with(func() {
		s.changes = append(s.changes, change{id, s.messages[id].Folder})
		delete(s.messages, id)
	})
}

// Change says that something about a message is another than before.
func (s *Server) Change(id string) {
	s.with(func() { s.changes = append(s.changes, change{id, s.messages[id].Folder}) })
}

// Move moves a message.
func (s *Server) Move(id, to string) { s.with(func() { s.move(id, to) }) }

func (s *Server) move(id, to string) {
	m := s.messages[id]
	s.changes = append(s.changes, change{id, m.Folder}, change{id, to})
	m.Folder = to
}

// Forget makes all links of before expire.
func (s *Server) Forget() { s.with(func() { s.age++ }) }

// Fail says what becomes of requests to come.
func (s *Server) Fail(f ...Fault) { s.with(func() { s.faults = append(s.faults, f...) }) }

// At does something once, before a request to a path that has this in it.
func (s *Server) At(path string, do func()) { s.with(func() { s.hooks[path] = do }) }

// Asked counts the requests that have this in "METHOD path".
func (s *Server) Asked(what string) (n int) {
	s.with(func() {
		for _, a := range s.asked {
			if strings.Contains(a, what) {
				n++
			}
		}
	})
	return n
}

// Message is what a message is now.
func (s *Server) Message(id string) (m Message) {
	s.with(func() { m = *s.messages[id] })
	return m
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

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
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
		refuse(w, fault.Status, fault.Code)
	case !s.Good(token):
		refuse(w, http.StatusUnauthorized, "InvalidAuthenticationToken")
	case r.PathValue("box") != s.Box:
		refuse(w, http.StatusNotFound, "ErrorInvalidUser")
	case !strings.Contains(r.Header.Get("Prefer"), `IdType="ImmutableId"`) && strings.Contains(r.URL.Path, "/messages"):
		refuse(w, http.StatusBadRequest, "the test wants immutable ids")
	default:
		s.with(func() { s.route(w, r, strings.Split(r.PathValue("path"), "/")) })
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

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have gone, on purpose
}

func refuse(w http.ResponseWriter, status int, code string) {
	write(w, status, map[string]any{"error": map[string]string{"code": code, "message": "The test says so."}})
}
