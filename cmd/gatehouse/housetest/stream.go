package housetest

import (
	"bufio"
	"context"
	"net/http"
	"strings"
	"time"
)

// Follow reads the stream of events of some types from now on, and calls do
// until that has led to one whose data the test accepts. It returns that.
func (h *House) Follow(types string, do func(), accept func(data string) bool) string {
	h.T.Helper()
	ctx, cancel := context.WithTimeout(h.T.Context(), Patience)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, h.Now.Load().Base+"/api/v1/events/stream?types="+types, nil)
	Must(h.T, err)
	req.Header.Set("Authorization", "Bearer "+h.Token())
	resp, err := h.client.Do(req)
	Must(h.T, err)
	defer resp.Body.Close()
	lines := make(chan string)
	go func() {
		defer close(lines)
		for scan := bufio.NewScanner(resp.Body); scan.Scan(); {
			if data, ok := strings.CutPrefix(scan.Text(), "data: "); ok && accept(data) {
				select {
				case lines <- data:
				case <-ctx.Done():
				}
				return
			}
		}
	}()
	for again := time.NewTicker(500 * time.Millisecond); ; {
		do()
		select {
		case data, ok := <-lines:
			again.Stop()
			if !ok {
				h.T.Fatalf("the stream of %s ended first: %v", types, ctx.Err())
			}
			return data
		case <-again.C: // whoever begins to follow may have missed it
		}
	}
}
