package app

import (
	"errors"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"gatehouse/ingest/safehttp"
)

// TestGet asks for a small page, a large one, and one inside where nothing is
// allowed.
func TestGet(t *testing.T) {
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := "small"
		if r.URL.Path == "/large" {
			body = strings.Repeat("x", getLimit+1)
		}
		_, _ = w.Write([]byte(body))
	}))
	defer s.Close()
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer client.Close()
	if b, err := get(t.Context(), client, s.URL+"/"); err != nil || string(b) != "small" {
		t.Errorf("%q, %v", b, err)
	}
	strict := App{outside: safehttp.New(safehttp.Options{})}
	defer strict.outside.Close()
	_, large := get(t.Context(), client, s.URL+"/large")
	_, inside := strict.get(t.Context(), s.URL+"/")
	for want, err := range map[safehttp.Code]error{safehttp.TooLarge: large, safehttp.Address: inside} {
		var fault *safehttp.Fault
		if !errors.As(err, &fault) || fault.Code != want {
			t.Errorf("%v, want %s", err, want)
		}
	}
}
