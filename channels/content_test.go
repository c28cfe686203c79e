package channels

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// TestFetchTakesMemory fetches what a request names, with and without room for
// it beside the request's own body.
func TestFetchTakesMemory(t *testing.T) {
	content := bytes.Repeat([]byte("0123456789abcdef"), 16<<10)
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = w.Write(content) }))
	defer s.Close()
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer client.Close()
	busy := ingest.AsTemporary(errors.New("no room"))
	for room, want := range map[int64]error{1 << 20: nil, 100 << 10: busy} {
		most := int64(0)
		r := Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: make([]byte, 1000), grow: func(_ context.Context, n int64) error {
			if n > room {
				return busy
			}
			most = n
			return nil
		}}
		got, err := r.Fetch(client, safehttp.Ask{URL: s.URL})
		if !errors.Is(err, want) || want == nil && (!bytes.Equal(got, content) || most < int64(len(content)+len(r.Raw))) {
			t.Errorf("room for %d: %d octets, %d counted, %v", room, len(got), most, err)
		}
		var fault *safehttp.Fault
		if _, err := r.Fetch(client, safehttp.Ask{URL: s.URL, Limit: 100}); !errors.As(err, &fault) || fault.Code != safehttp.TooLarge {
			t.Errorf("beyond the limit: %v", err)
		}
	}
	r := Request{Request: httptest.NewRequest(http.MethodPost, "/", nil)}
	if _, err := r.Fetch(nil, safehttp.Ask{URL: s.URL}); err == nil || (Host{Now: time.Now}).lacks(time.Now(), err) {
		t.Errorf("with nobody who asks: %v", err)
	}
}

// lacks reports whether the provider is told to try again.
func (h Host) lacks(since time.Time, err error) bool { return ingest.Temporary(h.Lacking(since, err)) }

func TestLacking(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	h := Host{Now: func() time.Time { return now }}
	away, gone := &safehttp.Fault{Code: safehttp.Server}, &safehttp.Fault{Code: safehttp.NotFound}
	for _, c := range []struct {
		err   error
		ago   time.Duration
		again bool
	}{
		{away, 0, true}, {away, 29 * time.Second, true}, {away, time.Minute, false}, {gone, 0, false}, {nil, 0, false},
		{ingest.AsTemporary(errors.New("no room")), time.Hour, true},
	} {
		if got := h.lacks(now.Add(-c.ago), c.err); got != c.again {
			t.Errorf("%v, %s after the first try: again is %v", c.err, c.ago, got)
		}
	}
}
