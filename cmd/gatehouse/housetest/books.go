package housetest

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
)

// Books are a channel's account.
type Books struct {
	Name                                                       string
	Accepted, Conversed, Held, Refused, Dead, Purged, InFlight int64
}

// UnmarshalJSON reads an account as GET /stats gives it.
func (b *Books) UnmarshalJSON(text []byte) error {
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return err
	}
	n := func(name string) int64 { f, _ := all[name].(float64); return int64(f) }
	b.Name, _ = all["name"].(string)
	b.Accepted, b.Conversed, b.Held, b.Refused = n("accepted"), n("conversed"), n("held"), n("refused")
	b.Dead, b.Purged, b.InFlight = n("dead"), n("purged"), n("in_flight")
	return nil
}

// Books reads the account of each channel; nil if nobody can tell now.
func (h *House) Books() map[string]Books {
	var stats struct{ Channels []Books }
	a, err := h.API(http.MethodGet, "/stats", nil)
	if err != nil || a.Status != http.StatusOK || json.Unmarshal([]byte(a.Body), &stats) != nil {
		return nil
	}
	all := map[string]Books{}
	for _, b := range stats.Channels {
		all[b.Name] = b
	}
	return all
}

// Decided waits until so many messages of the channels are decided.
func (h *House) Decided(want map[string]int) {
	h.T.Helper()
	var last map[string]Books
	defer func() {
		if h.T.Failed() {
			h.T.Logf("the books: %+v", last)
		}
	}()
	Eventually(h.T, fmt.Sprintf("%v decided", want), func() bool {
		last = h.Books()
		for name, n := range want {
			if b := last[name]; b.Accepted-b.InFlight < int64(n) {
				return false
			}
		}
		return last != nil
	})
}

// Holds checks, once all is decided, that exactly the named messages are
// stored, each as often as it is named, and that the laws hold.
func (h *House) Holds(names ...string) {
	h.T.Helper()
	more := map[string]int{}
	for _, m := range h.Messages() {
		more[m.Name()]++
	}
	for _, name := range names {
		more[name]--
	}
	maps.DeleteFunc(more, func(_ string, n int) bool { return n == 0 })
	if len(more) > 0 {
		h.T.Errorf("stored more often than written, or less: %q", slices.Sorted(maps.Keys(more)))
	}
	h.Command(0, "verify")
}
