package e2e

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// A listener is a consumer of events, which now and then is not well.
type listener struct {
	*httptest.Server
	mu     sync.Mutex
	asked  int
	failed map[string]bool
	taken  map[string]int      // by webhook-id: how often it was answered well
	talks  map[string][]string // by conversation: the ids as they were first taken
	bodies []string
}

func listen(t *testing.T) *listener {
	l := &listener{failed: map[string]bool{}, taken: map[string]int{}, talks: map[string][]string{}}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

func (l *listener) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	l.mu.Lock()
	defer l.mu.Unlock()
	var e struct {
		ID           string
		Type         string
		Conversation string `json:"conversation_id"`
	}
	_ = json.Unmarshal(body, &e)
	if l.asked++; l.asked%17 == 0 && !l.failed[e.ID] {
		l.failed[e.ID] = true // once: the next try is seconds away, that after it minutes
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if l.taken[e.ID]++; l.taken[e.ID] == 1 && e.Type == "message.conversed" {
		l.talks[e.Conversation] = append(l.talks[e.Conversation], e.ID)
	}
	l.bodies = append(l.bodies, string(body))
}

func (l *listener) heard() (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, ids := range l.talks {
		n += len(ids)
	}
	return n
}

// Two programs post events; one is killed in the middle, and Redis goes away.
// Each event comes, in each conversation in its order, and of content nothing.
func TestEventsArePostedThroughDeaths(t *testing.T) {
	t.Parallel()
	h := house{housetest.NewOn(t, localpg.Test(t), housetest.Settings+sealed+"\nendpoints: {allow: [127.0.0.0/8]}", housetest.SiteChat)}
	l := listen(t)
	first := h.Serve()
	h.Serve()
	var made struct{ ID, Secret string }
	h.Read(http.StatusCreated, http.MethodPost, "/endpoints", map[string]any{"url": l.URL, "types": []string{"message.*"}}, &made)
	const visitors, each = 8, 12
	for n := range each {
		for v := range visitors {
			h.Say(fmt.Sprint("v", v), fmt.Sprintf("%d-%d", v, n), "event")
		}
		switch n {
		case each / 3:
			first.Kill()
		case each / 2:
			must(t, h.Redis.Stop())
		}
	}
	eventually(t, "all has come", func() bool { return l.heard() == visitors*each })
	var log struct {
		Items []struct{ ID, Type, ConversationID string }
	}
	h.Read(http.StatusOK, http.MethodGet, "/events?types=message.conversed&limit=200", nil, &log)
	l.mu.Lock()
	defer l.mu.Unlock()
	order := map[string]int{}
	for i, e := range log.Items {
		order[e.ID] = i
	}
	for talk, ids := range l.talks {
		if !slices.IsSortedFunc(ids, func(a, b string) int { return order[a] - order[b] }) {
			t.Errorf("conversation %s came in another order: %v", talk, ids)
		}
	}
	for _, b := range l.bodies {
		if strings.Contains(b, housetest.Planted) || strings.Contains(b, made.Secret) {
			t.Errorf("it tells content: %s", b)
		}
	}
}
