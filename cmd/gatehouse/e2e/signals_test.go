package e2e

import (
	"net/http"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// A signal is taken by one process and heard by who follows another; without
// Redis, by who follows the same.
func TestSignalsAreHeardInEveryProcess(t *testing.T) {
	t.Parallel()
	h := newHouse(t, housetest.SiteChat)
	first := h.Serve()
	page := `{"visitor_id":"v","type":"page","data":{"url":"https://www.example.com/` + planted + `","title":"","referrer":""}}`
	signal := func() {
		resp, err := http.Post(first.Base+"/chat/site-chat/signals", "application/json", strings.NewReader(page))
		must(t, err)
		must(t, resp.Body.Close())
		if resp.StatusCode != http.StatusAccepted {
			t.Errorf("a signal is answered %d", resp.StatusCode)
		}
	}
	ours := func(data string) bool { return strings.Contains(data, planted) }
	h.Serve()
	h.Follow("visitor.page", signal, ours)
	h.Now.Store(first)
	must(t, h.Redis.Stop())
	h.Follow("visitor.page", signal, ours)
	http.DefaultClient.CloseIdleConnections()
}
