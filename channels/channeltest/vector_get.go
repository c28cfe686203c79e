package channeltest

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"testing"
)

// gets answers what an adapter asks of the network while it verifies a request:
// certificates are as the vector says, and anything else is noted.
type gets struct {
	certs map[string]string

	mu    sync.Mutex
	other []string
}

func (g *gets) get(_ context.Context, url string) ([]byte, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if cert, known := g.certs[url]; known {
		return []byte(cert), nil
	}
	g.other = append(g.other, url)
	return nil, nil
}

// certs are the certificates that a vector has, by URL.
func (v Vector) certs(t *testing.T) map[string]string {
	raw, err := json.Marshal(v.Config["certs"])
	certs := map[string]string{}
	if err == nil {
		err = json.Unmarshal(raw, &certs)
	}
	if err != nil {
		t.Fatal(errors.New("certs: want texts by URL"))
	}
	return certs
}

// checkSideEffect compares what was asked for with what must, or must not, be.
func (v Vector) checkSideEffect(t *testing.T, g *gets) {
	t.Helper()
	if len(v.Expect.SideEffect) == 0 && v.Expect.Verdict == "accept" {
		return
	}
	var want *struct{ Method, URL string }
	if len(v.Expect.SideEffect) > 0 {
		if err := json.Unmarshal(v.Expect.SideEffect, &want); err != nil {
			t.Fatal(err)
		}
	}
	switch {
	case want == nil && len(g.other) > 0:
		t.Errorf("%q was asked for", g.other)
	case want != nil && (len(g.other) != 1 || g.other[0] != want.URL || want.Method != "GET"):
		t.Errorf("%q was asked for, want %s %s", g.other, want.Method, want.URL)
	}
}
