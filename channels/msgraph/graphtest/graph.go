// Package graphtest is the part of Microsoft Graph that polling asks, for
// tests: one mailbox, delta queries in small pages, and faults on demand.
package graphtest

import (
	"fmt"
	"net/http"
	"strings"
	"time"

	"gatehouse/channels/mailapi/apitest"
)

// Server is a mailbox behind the API.
type Server struct {
	*apitest.Server
	Page int    // messages of a page, whatever is asked for
	Box  string // the mailbox's address

	messages map[string]*Message
	changes  []change // one behind the other
	age      int      // of links: those of another are forgotten
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

// folders of the mailbox, by id; "top" has them.
var folders = map[string]struct{ name, of, wellKnown string }{
	"F-inbox": {"Posteingang", "top", "inbox"}, "F-done": {"Done", "top", ""}, "F-forms": {"Forms", "F-inbox", ""},
}

// New starts a server, which ends with the test.
func New(t apitest.TB, box string) *Server {
	s := &Server{Page: 2, Box: box, messages: map[string]*Message{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/v1.0/users/{box}/{path...}", s.serve)
	s.Server = apitest.New(t, mux, func(w http.ResponseWriter, status int, code string) {
		apitest.Write(w, status, map[string]any{"error": map[string]string{"code": code, "message": "The test says so."}})
	})
	return s
}

// Put delivers a mail into a folder ("F-inbox", "F-forms", "F-done").
func (s *Server) Put(m Message) (id string) {
	s.With(func() {
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
	s.With(func() {
		s.changes = append(s.changes, change{id, s.messages[id].Folder})
		delete(s.messages, id)
	})
}

// Change says that something about a message is another than before.
func (s *Server) Change(id string) {
	s.With(func() { s.changes = append(s.changes, change{id, s.messages[id].Folder}) })
}

// Move moves a message.
func (s *Server) Move(id, to string) { s.With(func() { s.move(id, to) }) }

func (s *Server) move(id, to string) {
	m := s.messages[id]
	s.changes = append(s.changes, change{id, m.Folder}, change{id, to})
	m.Folder = to
}

// Forget makes all links of before expire.
func (s *Server) Forget() { s.With(func() { s.age++ }) }

// Message is what a message is now.
func (s *Server) Message(id string) (m Message) {
	s.With(func() { m = *s.messages[id] })
	return m
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	switch {
	case r.PathValue("box") != s.Box:
		s.Refuse(w, http.StatusNotFound, "ErrorInvalidUser")
	case !strings.Contains(r.Header.Get("Prefer"), `IdType="ImmutableId"`) && strings.Contains(r.URL.Path, "/messages"):
		s.Refuse(w, http.StatusBadRequest, "the test wants immutable ids")
	default:
		s.With(func() { s.route(w, r, strings.Split(r.PathValue("path"), "/")) })
	}
}
