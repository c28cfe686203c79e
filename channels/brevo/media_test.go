package brevo_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/brevo"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest/safehttp"
)

// TestMedia fetches a file by its token, with the key, and without one not at all.
func TestMedia(t *testing.T) {
	var asked []string
	api := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.RequestURI)
		if r.Header.Get("api-key") != "new" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, "%PDF-1.7")
	}))
	defer api.Close()
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer client.Close()
	open := func(more string) (*safehttp.Answer, error) {
		t.Helper()
		m, err := brevo.Kind.Media(channeltest.Settings([]byte(`{url_secret: s, api_base: "`+api.URL+`"`+more+`}`)), channeltest.Host())
		if err != nil {
			t.Fatal(err)
		}
		return m.Open(t.Context(), client, channels.File{ID: "tok/en=="})
	}
	answer, err := open(`, api_key: [old, new]`)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Close()
	if b, err := io.ReadAll(answer); err != nil || string(b) != "%PDF-1.7" || asked[0] != "/v3/inbound/attachments/tok%2Fen==" {
		t.Errorf("%q, %v, asked for %q", b, err, asked)
	}
	n := len(asked)
	var fault *safehttp.Fault
	if _, err := open(""); !errors.As(err, &fault) || fault.Code != safehttp.Denied || len(asked) != n {
		t.Errorf("without a key: %v, asked for %q", err, asked[n:])
	}
	if _, err := brevo.Kind.Media(channeltest.Settings([]byte(`{url_secret: s, api_base: /v3}`)), channeltest.Host()); err == nil {
		t.Error("api_base is a path")
	}
}
