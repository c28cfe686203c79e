// Package gmailtest is the part of the Gmail API that polling asks, for tests:
// one mailbox, its history, small pages, and faults on demand.
package gmailtest

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/textproto"
	"slices"
	"strconv"
	"strings"
	"time"

	"gatehouse/channels/mailapi/apitest"
)

// Server is a mailbox behind the API.
type Server struct {
	*apitest.Server
	Page int    // entries of a page, whatever is asked for
	Box  string // the mailbox's address

	messages map[string]*Message
	order    []string
	history  []record
	forgot   int // the history up to here
}

// Message is one of the mailbox.
type Message struct {
	ID       string
	Raw      string
	Received time.Time
	Labels   []string // default: INBOX, UNREAD
	Small    bool     // the API says that it is small
}

// record is of a message that came (no label), or got one.
type record struct{ id, label string }

// labels of the mailbox, by id.
var labels = map[string]string{"INBOX": "INBOX", "UNREAD": "UNREAD", "SPAM": "SPAM", "TRASH": "TRASH", "Label_1": "Support", "STARRED": "STARRED"}

// New starts a server, which ends with the test.
func New(t apitest.TB, box string) *Server {
	s := &Server{Page: 2, Box: box, messages: map[string]*Message{}}
	mux := http.NewServeMux()
	for path, do := range map[string]func(http.ResponseWriter, *http.Request){
		"GET /gmail/v1/users/{box}/profile": s.profile, "GET /gmail/v1/users/{box}/labels": s.allLabels,
		"GET /gmail/v1/users/{box}/labels/{id}": s.oneLabel, "GET /gmail/v1/users/{box}/messages": s.list,
		"GET /gmail/v1/users/{box}/messages/{id}": s.message, "POST /gmail/v1/users/{box}/messages/{id}/modify": s.modify,
		"GET /gmail/v1/users/{box}/history": s.changes,
	} {
		mux.HandleFunc(path, func(w http.ResponseWriter, r *http.Request) {
			if box := r.PathValue("box"); box != s.Box && box != "me" {
				s.Refuse(w, http.StatusForbidden, "forbidden")
				return
			}
			s.With(func() { do(w, r) })
		})
	}
	s.Server = apitest.New(t, mux, func(w http.ResponseWriter, status int, code string) {
		apitest.Write(w, status, map[string]any{"error": map[string]any{"code": status, "message": "The test says so.",
			"errors": []map[string]string{{"reason": code}}}})
	})
	return s
}

// Put delivers a mail.
func (s *Server) Put(m Message) (id string) {
	s.With(func() {
		m.ID = fmt.Sprintf("18f%013x", len(s.order)+1)
		if m.Labels == nil {
			m.Labels = []string{"INBOX", "UNREAD"}
		}
		s.messages[m.ID] = &m
		s.order = append(s.order, m.ID)
		s.history = append(s.history, record{m.ID, ""})
	})
	return m.ID
}

// Delete removes a message for good.
func (s *Server) Delete(id string) { s.With(func() { delete(s.messages, id) }) }

// Label gives a message one more label.
func (s *Server) Label(id, label string) {
	s.With(func() {
		s.messages[id].Labels = append(s.messages[id].Labels, label)
		s.history = append(s.history, record{id, label})
	})
}

// Forget makes the history of before unknown.
func (s *Server) Forget() {
	s.With(func() { s.history = append(s.history, record{}); s.forgot = len(s.history) })
}

// Message is what a message is now.
func (s *Server) Message(id string) (m Message) {
	s.With(func() { m = *s.messages[id] })
	return m
}

func (s *Server) profile(w http.ResponseWriter, _ *http.Request) {
	apitest.Write(w, http.StatusOK, map[string]string{"emailAddress": s.Box, "historyId": s.now()})
}

// now is the last history id: ids have gaps.
func (s *Server) now() string { return strconv.Itoa(1000 + 10*len(s.history)) }

func (s *Server) allLabels(w http.ResponseWriter, _ *http.Request) {
	var all []map[string]string
	for id, name := range labels {
		all = append(all, map[string]string{"id": id, "name": name})
	}
	apitest.Write(w, http.StatusOK, map[string]any{"labels": all})
}

func (s *Server) oneLabel(w http.ResponseWriter, r *http.Request) {
	apitest.Write(w, http.StatusOK, map[string]any{"messagesTotal": len(s.with(r.PathValue("id"), 0))})
}

// with are the messages of a label since a time, the newest first. Spam and
// trash are left out.
func (s *Server) with(label string, since int64) (ids []string) {
	for _, id := range slices.Backward(s.order) {
		if m := s.messages[id]; m != nil && m.has(label) && !m.has("SPAM") && !m.has("TRASH") && m.Received.Unix() > since {
			ids = append(ids, id)
		}
	}
	return ids
}

func (m *Message) has(label string) bool { return slices.Contains(m.Labels, label) }

func (s *Server) list(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	since := int64(-1 << 62)
	if after, ok := strings.CutPrefix(q.Get("q"), "after:"); ok {
		since, _ = strconv.ParseInt(after, 10, 64)
	}
	ids := s.with(q.Get("labelIds"), since)
	from, _ := strconv.Atoi(q.Get("pageToken"))
	from = min(from, len(ids))
	var page []map[string]string
	for _, id := range ids[from:min(from+s.Page, len(ids))] {
		page = append(page, map[string]string{"id": id, "threadId": id})
	}
	answer := map[string]any{"resultSizeEstimate": len(ids)}
	if page != nil {
		answer["messages"] = page
	}
	if from+s.Page < len(ids) {
		answer["nextPageToken"] = strconv.Itoa(from + s.Page)
	}
	apitest.Write(w, http.StatusOK, answer)
}

// changes are the history from an id on.
func (s *Server) changes(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	start, _ := strconv.Atoi(q.Get("startHistoryId"))
	at := (start - 1000) / 10
	if at < s.forgot {
		s.Refuse(w, http.StatusNotFound, "notFound")
		return
	}
	if q.Has("pageToken") {
		at, _ = strconv.Atoi(q.Get("pageToken"))
	}
	records := []map[string]any{}
	for ; at < len(s.history) && len(records) < s.Page; at++ {
		h := s.history[at]
		if m := s.messages[h.id]; m == nil || !m.has(q.Get("labelId")) {
			continue
		}
		message := map[string]string{"id": h.id, "threadId": h.id}
		if h.label == "" {
			records = append(records, map[string]any{"messagesAdded": []any{map[string]any{"message": message}}})
		} else {
			records = append(records, map[string]any{"labelsAdded": []any{map[string]any{"message": message, "labelIds": []string{h.label}}}})
		}
	}
	answer := map[string]any{"historyId": s.now()}
	if len(records) > 0 {
		answer["history"] = records
	}
	if at < len(s.history) {
		answer["nextPageToken"] = strconv.Itoa(at)
	}
	apitest.Write(w, http.StatusOK, answer)
}

func (s *Server) message(w http.ResponseWriter, r *http.Request) {
	m := s.messages[r.PathValue("id")]
	switch {
	case m == nil:
		s.Refuse(w, http.StatusNotFound, "notFound")
	case r.URL.Query().Get("format") == "raw":
		// Google escapes the padding.
		_, _ = w.Write([]byte(`{"raw": "` + strings.ReplaceAll(base64.URLEncoding.EncodeToString([]byte(m.Raw)), "=", `\u003d`) + `"}`))
	default:
		apitest.Write(w, http.StatusOK, m.head())
	}
}

func (m *Message) head() map[string]any {
	block, _, _ := strings.Cut(m.Raw, "\r\n\r\n")
	var header []map[string]string
	for _, line := range strings.Split(block, "\r\n") {
		if name, value, ok := strings.Cut(line, ": "); ok && textproto.CanonicalMIMEHeaderKey(name) != "" {
			header = append(header, map[string]string{"name": name, "value": value})
		}
	}
	size := len(m.Raw)
	if m.Small {
		size = 100
	}
	return map[string]any{"id": m.ID, "labelIds": m.Labels, "internalDate": strconv.FormatInt(m.Received.UnixMilli(), 10),
		"sizeEstimate": size, "payload": map[string]any{"headers": header}}
}

func (s *Server) modify(w http.ResponseWriter, r *http.Request) {
	m := s.messages[r.PathValue("id")]
	if m == nil {
		s.Refuse(w, http.StatusNotFound, "notFound")
		return
	}
	var change struct{ RemoveLabelIDs []string }
	_ = json.NewDecoder(r.Body).Decode(&change)
	m.Labels = slices.DeleteFunc(slices.Clone(m.Labels), func(l string) bool { return slices.Contains(change.RemoveLabelIDs, l) })
	apitest.Write(w, http.StatusOK, map[string]any{"id": m.ID, "labelIds": m.Labels})
}
