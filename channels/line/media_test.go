package line_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/line"
	"gatehouse/ingest/safehttp"
)

// contents answers as LINE does.
func contents(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer new" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	switch r.URL.Path {
	case "/v2/bot/message/7/content":
		_, _ = io.WriteString(w, "jpeg")
	case "/v2/bot/message/202/content":
		w.WriteHeader(http.StatusAccepted)
	case "/v2/bot/message/410/content":
		w.WriteHeader(http.StatusGone)
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// media is that of a channel whose contents are with contents.
func media(t *testing.T) (channels.Media, *safehttp.Client) {
	server := httptest.NewServer(http.HandlerFunc(contents))
	t.Cleanup(server.Close)
	settings := "{channel_secret: s, channel_access_token: [old, new], api_base: '" + server.URL + "'}"
	m, err := line.Kind.Media(channeltest.Settings([]byte(settings)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	t.Cleanup(client.Close)
	return m, client
}

// TestMediaOfOthers: a URL that a message says is asked for without the token,
// LINE's own, too.
func TestMediaOfOthers(t *testing.T) {
	var asked []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.Header.Get("Authorization"))
		_, _ = io.WriteString(w, "jpeg")
	}))
	defer server.Close()
	m, err := line.Kind.Media(channeltest.Settings([]byte("{channel_secret: s, channel_access_token: t, api_base: '"+server.URL+"'}")), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	_, client := media(t)
	for _, f := range []channels.File{{URL: server.URL + "/v2/bot/message/7/content"}, {ID: "7"}} {
		answer, err := m.Open(t.Context(), client, f)
		if err != nil {
			t.Fatal(err)
		}
		_ = answer.Close()
	}
	if !slices.Equal(asked, []string{"", "Bearer t"}) {
		t.Errorf("asked with %q", asked)
	}
}

// TestMedia: only LINE is told the token.
func TestMedia(t *testing.T) {
	elsewhere := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Authorization") != "" {
			t.Error("somebody else was told the token")
		}
		_, _ = io.WriteString(w, "elsewhere")
	}))
	defer elsewhere.Close()
	m, client := media(t)
	for want, file := range map[string]channels.File{"jpeg": {ID: "7"}, "elsewhere": {URL: elsewhere.URL}} {
		answer, err := m.Open(t.Context(), client, file)
		if err != nil {
			t.Fatal(err)
		}
		b, err := io.ReadAll(answer)
		if _ = answer.Close(); err != nil || string(b) != want {
			t.Errorf("%q %v, want %s", b, err, want)
		}
	}
}

// TestMediaLater: what is not ready yet is asked for again, what was taken back or
// is too old is not.
func TestMediaLater(t *testing.T) {
	m, client := media(t)
	for id, want := range map[string]safehttp.Code{"202": safehttp.Busy, "410": safehttp.NotFound, "404": safehttp.NotFound} {
		var fault *safehttp.Fault
		_, err := m.Open(t.Context(), client, channels.File{ID: id})
		if !errors.As(err, &fault) || fault.Code != want || fault.Temporary() != (want == safehttp.Busy) {
			t.Errorf("%s: %v, want %s", id, err, want)
		}
	}
}
