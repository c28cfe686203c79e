package e2e

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// lift unblocks the contact of a ticket with a choice, and waits for the job.
func (h house) lift(of housetest.Ticket, choice string) {
	h.T.Helper()
	path := "/contacts/" + of.Contact + "/unblock"
	a, err := h.API(http.MethodPost, path, struct{}{})
	must(h.T, err)
	if a.Status != http.StatusConflict || !strings.Contains(a.Body, "held-choice-required") {
		h.T.Errorf("without a choice: %d %s", a.Status, a.Body)
	}
	var job struct{ ID, State string }
	h.Read(http.StatusAccepted, http.MethodPost, path, map[string]string{"held": choice}, &job)
	eventually(h.T, "the job is done", func() bool {
		h.Read(http.StatusOK, http.MethodGet, "/jobs/"+job.ID, nil, &job)
		return job.State == "done"
	})
}

// Chat and mail go the same way: into a conversation, once their writer is
// blocked into the blocked list, and out of it again or away.
func TestFromTheDoorToTheEnd(t *testing.T) {
	t.Parallel()
	b := housetest.NewMailbox(t)
	h := newHouse(t, b.Channel("support-mail"), housetest.SiteChat)
	h.Serve()
	write := map[string]func(name string){
		"site-chat":    func(name string) { h.Say("v-1", name, name) },
		"support-mail": func(name string) { b.Deliver(name, plain(name)) },
	}
	for channel, target := range map[string]string{"site-chat": "visitor:v-1", "support-mail": "email:ann@example.com"} {
		for choice, end := range map[string]string{"unblock_all": "conversed", "delete_all": "purged"} {
			name := func(n int) string { return fmt.Sprintf("%s %s %d", channel, choice, n) }
			write[channel](name(1))
			m := h.In("conversed", name(1))
			h.Read(http.StatusOK, http.MethodGet, "/conversations/"+m.Conversation, nil, nil)

			h.Read(http.StatusCreated, http.MethodPost, "/rules", map[string]string{"kind": "block", "target": target, "reason": "test"}, nil)
			write[channel](name(2))
			write[channel](name(3))
			h.In("held", name(2))
			held := h.In("held", name(3))
			tickets := h.Held()
			if len(tickets) == 0 || tickets[0].Channel != channel {
				t.Fatalf("the blocked list: %+v", tickets)
			}
			h.Read(http.StatusOK, http.MethodGet, "/messages/"+held.ID+"/raw", nil, nil)

			h.lift(tickets[0], choice)
			if left := h.Held(); len(left) != 0 {
				t.Errorf("after %s the blocked list has %+v", choice, left)
			}
			h.ended(held.ID, end)
			write[channel](name(4))
			h.In("conversed", name(4))
		}
	}
	h.Command(0, "verify")
}

// ended checks what became of a message that was held.
func (h house) ended(id, state string) {
	h.T.Helper()
	var m housetest.Message
	h.Read(http.StatusOK, http.MethodGet, "/messages/"+id, nil, &m)
	if m.State != state {
		h.T.Errorf("it is %s, want %s", m.State, state)
	}
	if state != "purged" {
		h.Read(http.StatusOK, http.MethodGet, "/conversations/"+m.Conversation, nil, nil)
		return
	}
	if m.Subject+m.Text != "" {
		h.T.Errorf("deleted, it still says %q %q", m.Subject, m.Text)
	}
	h.Read(http.StatusNotFound, http.MethodGet, "/messages/"+id+"/raw", nil, nil)
}

// Whatever is asked wrongly gets an answer that says what is wrong.
func TestWrongRequests(t *testing.T) {
	t.Parallel()
	h := newHouse(t, housetest.SiteChat)
	h.Serve()
	h.Say("v-1", "1", "Before")
	const api, unknown = "/api/v1", "01890000-0000-7000-8000-000000000000"
	good := "Bearer " + h.Token()
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
		"chat: no JSON":     {"POST", housetest.Door, "hello", "", 400, "JSON"},
		"chat: unknown key": {"POST", housetest.Door, `{"id":"1","visitor_id":"v","text":"x","colour":"red"}`, "", 422, "colour"},
		"chat: no visitor":  {"POST", housetest.Door, `{"id":"1","text":"x"}`, "", 422, "visitor_id"},
		"chat: empty":       {"POST", housetest.Door, `{"id":"1","visitor_id":"v","text":" "}`, "", 422, "text"},
		"chat: too large":   {"POST", housetest.Door, housetest.Post("v", "1", strings.Repeat("x", 2<<20)), "", 413, "large"},
		"chat: no channel":  {"POST", "/chat/nowhere/messages", housetest.Post("v", "1", "x"), "", 404, ""},
		"chat: wrong way":   {"GET", housetest.Door, "", "", 405, ""},
		"hook: no channel":  {"POST", "/hooks/nowhere", "{}", "", 404, ""},
		"hook: of a chat":   {"POST", "/hooks/site-chat", "{}", "", 404, ""},
	} {
		a, err := h.Ask(c.method, c.path, c.body, "Authorization", c.token)
		must(t, err)
		if a.Status != c.want || !strings.Contains(a.Body, c.says) || a.Body == "" {
			t.Errorf("%s: %d %s, want %d and %q", name, a.Status, a.Body, c.want, c.says)
		}
	}
	h.Say("v-1", "2", "After")
	h.Decided(map[string]int{"site-chat": 2})
	h.Holds("Before", "After")
}

// standingEnds holds that a standing is told from memory for a moment at most,
// and that then whoever asks is told to come again.
func (h *house) standingEnds(path string) {
	h.T.Helper()
	for end := time.Now().Add(20 * time.Second); ; time.Sleep(100 * time.Millisecond) {
		a, err := h.Ask(http.MethodGet, path, "")
		must(h.T, err)
		if a.Status == http.StatusServiceUnavailable && a.Header.Get("Retry-After") != "" {
			return
		}
		if a.Status != http.StatusOK || time.Now().After(end) {
			h.T.Fatalf("%s: %d %s", path, a.Status, a.Body)
		}
	}
}

// While the store is away everybody is asked to come again, and who does finds
// all as it was.
func TestStoreIsAway(t *testing.T) {
	t.Parallel()
	pg := localpg.Own(t, localpg.Options{Durable: true})
	h := newHouseOn(t, pg.URL(""), housetest.SiteChat)
	h.Serve()
	h.Say("v-1", "1", "Before")
	must(t, pg.Stop())
	for _, c := range []struct{ method, path, body string }{
		{"POST", housetest.Door, housetest.Post("v-1", "2", "Meanwhile")},
		{"GET", "/api/v1/stats", ""},
		{"GET", "/readyz", ""},
	} {
		a, err := h.Ask(c.method, c.path, c.body, "Authorization", "Bearer "+h.Token())
		must(t, err)
		if a.Status != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" || a.Body == "" {
			t.Errorf("%s %s: %d, Retry-After %q: %s", c.method, c.path, a.Status, a.Header.Get("Retry-After"), a.Body)
		}
	}
	h.standingEnds("/chat/site-chat/standing?visitor_id=v-1")
	if a, err := h.Ask(http.MethodGet, "/healthz", ""); err != nil || a.Status != http.StatusOK {
		t.Errorf("the process itself is not healthy: %d %v", a.Status, err)
	}
	must(t, pg.Restart(t.Context()))
	began := time.Now()
	h.Say("v-1", "2", "Meanwhile")
	t.Logf("open again after %v", time.Since(began))
	h.Decided(map[string]int{"site-chat": 2})
	h.Holds("Before", "Meanwhile")
}
