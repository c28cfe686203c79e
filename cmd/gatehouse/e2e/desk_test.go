package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/migrations/localpg"
)

// say posts a chat message and wants it acknowledged.
func (h *house) say(visitor, id, name string) {
	h.t.Helper()
	a, err := h.ask(http.MethodPost, doorPath, post(visitor, id, name))
	must(h.t, err)
	if a.status != http.StatusAccepted {
		h.t.Fatalf("%s answered %d: %s", name, a.status, a.body)
	}
}

// in waits until the message is in the state.
func (h *house) in(state, name string) message {
	h.t.Helper()
	var m message
	eventually(h.t, name+" is "+state, func() bool {
		for _, m = range h.messages() {
			if m.name() == name && m.State == state {
				return true
			}
		}
		return false
	})
	return m
}

// held is the blocked list.
func (h *house) held() (tickets []ticket) {
	h.t.Helper()
	var list struct{ Items []ticket }
	h.read(http.StatusOK, http.MethodGet, "/blocked", nil, &list)
	return list.Items
}

type ticket struct {
	ID       string
	Contact  string `json:"contact_id"`
	Channel  string
	Messages int
}

// lift unblocks the contact of a ticket with a choice, and waits for the job.
func (h *house) lift(of ticket, choice string) {
	h.t.Helper()
	path := "/contacts/" + of.Contact + "/unblock"
	a, err := h.api(http.MethodPost, path, struct{}{})
	must(h.t, err)
	if a.status != http.StatusConflict || !strings.Contains(a.body, "held-choice-required") {
		h.t.Errorf("without a choice: %d %s", a.status, a.body)
	}
	var job struct{ ID, State string }
	h.read(http.StatusAccepted, http.MethodPost, path, map[string]string{"held": choice}, &job)
	eventually(h.t, "the job is done", func() bool {
		h.read(http.StatusOK, http.MethodGet, "/jobs/"+job.ID, nil, &job)
		return job.State == "done"
	})
}

// Chat and mail go the same way: into a conversation, once their writer is
// blocked into the blocked list, and out of it again or away.
func TestFromTheDoorToTheEnd(t *testing.T) {
	t.Parallel()
	b := newMailbox(t)
	h := newHouse(t, b.channel("support-mail"), siteChat)
	h.serve()
	write := map[string]func(name string){
		"site-chat":    func(name string) { h.say("v-1", name, name) },
		"support-mail": func(name string) { b.deliver(name, plain(name)) },
	}
	for channel, target := range map[string]string{"site-chat": "visitor:v-1", "support-mail": "email:ann@example.com"} {
		for choice, end := range map[string]string{"unblock_all": "conversed", "delete_all": "purged"} {
			name := func(n int) string { return fmt.Sprintf("%s %s %d", channel, choice, n) }
			write[channel](name(1))
			m := h.in("conversed", name(1))
			h.read(http.StatusOK, http.MethodGet, "/conversations/"+m.ConversationID, nil, nil)

			h.read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": "block", "target": target, "reason": "test"}, nil)
			write[channel](name(2))
			write[channel](name(3))
			h.in("held", name(2))
			held := h.in("held", name(3))
			tickets := h.held()
			if len(tickets) == 0 || tickets[0].Channel != channel {
				t.Fatalf("the blocked list: %+v", tickets)
			}
			h.read(http.StatusOK, http.MethodGet, "/messages/"+held.ID+"/raw", nil, nil)

			h.lift(tickets[0], choice)
			if left := h.held(); len(left) != 0 {
				t.Errorf("after %s the blocked list has %+v", choice, left)
			}
			h.ended(held.ID, end)
			write[channel](name(4))
			h.in("conversed", name(4))
		}
	}
	h.command(0, "verify")
}

// ended checks what became of a message that was held.
func (h *house) ended(id, state string) {
	h.t.Helper()
	var m message
	h.read(http.StatusOK, http.MethodGet, "/messages/"+id, nil, &m)
	if m.State != state {
		h.t.Errorf("it is %s, want %s", m.State, state)
	}
	if state != "purged" {
		h.read(http.StatusOK, http.MethodGet, "/conversations/"+m.ConversationID, nil, nil)
		return
	}
	if m.Subject+m.Text != "" {
		h.t.Errorf("deleted, it still says %q %q", m.Subject, m.Text)
	}
	h.read(http.StatusNotFound, http.MethodGet, "/messages/"+id+"/raw", nil, nil)
}

// Whatever is asked wrongly gets an answer that says what is wrong.
func TestWrongRequests(t *testing.T) {
	t.Parallel()
	h := newHouse(t, siteChat)
	h.serve()
	h.say("v-1", "1", "Before")
	const api, unknown = "/api/v1", "01890000-0000-7000-8000-000000000000"
	good := "Bearer " + h.token
	for name, c := range map[string]struct {
		method, path, body, token string
		want                      int
		says                      string
	}{
		"no token":          {"GET", api + "/stats", "", "", 401, "token"},
		"wrong token":       {"GET", api + "/stats", "", "Bearer wrong", 401, "token"},
		"unknown message":   {"GET", api + "/messages/" + unknown, "", good, 404, "no such thing"},
		"no id":             {"GET", api + "/messages/7", "", good, 422, "id"},
		"unknown path":      {"GET", api + "/nothing", "", good, 404, "no such thing"},
		"bad JSON":          {"POST", api + "/rules", `{"kind":`, good, 400, ""},
		"bad kind":          {"POST", api + "/rules", `{"kind":"curse","target":"visitor:v-2"}`, good, 422, "kind"},
		"bad target":        {"POST", api + "/rules", `{"kind":"block","target":"ip:999","reason":"x"}`, good, 422, "target"},
		"too large":         {"POST", api + "/rules", `{"reason":"` + strings.Repeat("x", 4<<20) + `"}`, good, 413, ""},
		"chat: no JSON":     {"POST", doorPath, "hello", "", 400, "JSON"},
		"chat: unknown key": {"POST", doorPath, `{"id":"1","visitor_id":"v","text":"x","colour":"red"}`, "", 422, "colour"},
		"chat: no visitor":  {"POST", doorPath, `{"id":"1","text":"x"}`, "", 422, "visitor_id"},
		"chat: empty":       {"POST", doorPath, `{"id":"1","visitor_id":"v","text":" "}`, "", 422, "text"},
		"chat: too large":   {"POST", doorPath, post("v", "1", strings.Repeat("x", 2<<20)), "", 413, "large"},
		"chat: no channel":  {"POST", "/chat/nowhere/messages", post("v", "1", "x"), "", 404, ""},
		"chat: wrong way":   {"GET", doorPath, "", "", 405, ""},
		"hook: no channel":  {"POST", "/hooks/nowhere", "{}", "", 404, ""},
		"hook: of a chat":   {"POST", "/hooks/site-chat", "{}", "", 404, ""},
	} {
		a, err := h.ask(c.method, c.path, c.body, "Authorization", c.token)
		must(t, err)
		if a.status != c.want || !strings.Contains(a.body, c.says) || a.body == "" {
			t.Errorf("%s: %d %s, want %d and %q", name, a.status, a.body, c.want, c.says)
		}
	}
	h.say("v-1", "2", "After")
	h.decided(map[string]int{"site-chat": 2})
	h.holds("Before", "After")
}

// While the store is away everybody is asked to come again, and who does finds
// all as it was.
func TestStoreIsAway(t *testing.T) {
	t.Parallel()
	pg := localpg.Own(t, localpg.Options{Durable: true})
	h := newHouseOn(t, pg.URL(""), siteChat)
	h.serve()
	h.say("v-1", "1", "Before")
	must(t, pg.Stop())
	for _, c := range []struct{ method, path, body string }{
		{"POST", doorPath, post("v-1", "2", "Meanwhile")},
		{"GET", "/chat/site-chat/standing?visitor_id=v-1", ""},
		{"GET", "/api/v1/stats", ""},
		{"GET", "/readyz", ""},
	} {
		a, err := h.ask(c.method, c.path, c.body, "Authorization", "Bearer "+h.token)
		must(t, err)
		if a.status != http.StatusServiceUnavailable || a.header.Get("Retry-After") == "" || a.body == "" {
			t.Errorf("%s %s: %d, Retry-After %q: %s", c.method, c.path, a.status, a.header.Get("Retry-After"), a.body)
		}
	}
	if a, err := h.ask(http.MethodGet, "/healthz", ""); err != nil || a.status != http.StatusOK {
		t.Errorf("the process itself is not healthy: %d %v", a.status, err)
	}
	must(t, pg.Restart(t.Context()))
	began := time.Now()
	h.say("v-1", "2", "Meanwhile")
	t.Logf("open again after %v", time.Since(began))
	h.decided(map[string]int{"site-chat": 2})
	h.holds("Before", "Meanwhile")
}
