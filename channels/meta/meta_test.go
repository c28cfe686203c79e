package meta

import (
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"gatehouse/channels"
	"gatehouse/ingest/safehttp"
)

func TestEscaped(t *testing.T) {
	for body, want := range map[string]string{
		`{"a":"äöå"}`: `{"a":"\u00e4\u00f6\u00e5"}`, `"😀"`: `"\ud83d\ude00"`, `"<%@/"é`: `"<%@/"\u00e9`,
		"plain": "", "\xff é": "", "": "",
	} {
		if got := string(escaped([]byte(body))); got != want {
			t.Errorf("%q: %q, want %q", body, got, want)
		}
	}
}

// FuzzEscaped: the escaped form of JSON means the same.
func FuzzEscaped(f *testing.F) {
	f.Add(`["é😀"]`)
	f.Fuzz(func(t *testing.T, text string) {
		body, err := json.Marshal(text)
		if err != nil {
			t.Fatal(err)
		}
		form := escaped(body)
		if form == nil {
			return
		}
		var a, b string
		if json.Unmarshal(body, &a) != nil || json.Unmarshal(form, &b) != nil || a != b {
			t.Errorf("%q is not %q", form, body)
		}
	})
}

// A file is asked for in two steps, and both get the token.
func TestMedia(t *testing.T) {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		switch {
		case r.Header.Get("Authorization") != "Bearer new":
			w.WriteHeader(http.StatusUnauthorized)
		case r.URL.Path == "/v23.0/7%2F7", r.URL.Path == "/v23.0/7/7":
			_, _ = io.WriteString(w, `{"url":"`+server.URL+`/stored?mid=7","id":"7"}`)
		case r.URL.Path == "/stored":
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "png")
		default:
			w.WriteHeader(http.StatusNotFound)
		}
	}))
	defer server.Close()
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	m, err := Graph{AccessToken: channels.Secrets{"old", "new"}, APIBase: server.URL + "/v23.0"}.Media()
	if err != nil {
		t.Fatal(err)
	}
	answer, err := m.Open(t.Context(), client, channels.File{ID: "7/7"})
	if err != nil {
		t.Fatal(err)
	}
	b, err := io.ReadAll(answer)
	if _ = answer.Close(); err != nil || string(b) != "png" {
		t.Errorf("%q %v", b, err)
	}
	var fault *safehttp.Fault
	if _, err := m.Open(t.Context(), client, channels.File{ID: "8"}); !errors.As(err, &fault) || fault.Code != safehttp.NotFound {
		t.Errorf("a file that is gone: %v", err)
	}
}
