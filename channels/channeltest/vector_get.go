package channeltest

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

// gets answers what an adapter asks of the network while it reads a request:
// certificates are as the vector says, anything else is noted. Nothing that a
// request only names is found.
type gets struct {
	channels.MediaClient
	certs map[string]string

	mu    sync.Mutex
	other []string
	asked []safehttp.Ask // for what the request names
}

// Get is channels.MediaClient's.
func (g *gets) Get(_ context.Context, ask safehttp.Ask) (*safehttp.Answer, error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.asked = append(g.asked, ask)
	return nil, &safehttp.Fault{Code: safehttp.NotFound}
}

// JSON is channels.MediaClient's.
func (g *gets) JSON(ctx context.Context, ask safehttp.Ask, _ any) error {
	_, err := g.Get(ctx, ask)
	return err
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

// checkAsked looks for the requests for what a message only names: by an id, or
// by its place in a bucket.
func (v Vector) checkAsked(t *testing.T, g *gets) {
	t.Helper()
	for _, m := range v.Expect.Messages {
		var names []string
		if m["needs_fetch"] != nil {
			names = []string{textOf(t, m["provider_message_id"])}
		}
		if raw := m["content_pointer"]; raw != nil {
			at := decode[struct{ Bucket, Key string }](t, raw)
			names = []string{at.Bucket, at.Key}
		}
		if names != nil && !slices.ContainsFunc(g.asked, func(ask safehttp.Ask) bool { return asksFor(ask, names) }) {
			t.Errorf("nobody asked, with credentials, for %q", names)
		}
	}
}

func asksFor(ask safehttp.Ask, names []string) bool {
	missing := slices.ContainsFunc(names, func(name string) bool { return !strings.Contains(ask.URL, name) })
	return !missing && len(ask.Secrets) > 0
}
