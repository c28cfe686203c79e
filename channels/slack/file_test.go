package slack_test

import (
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/slack"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

// files is where Slack keeps files, and its API: who has no token is shown a page.
func files(t *testing.T) *httptest.Server {
	var server *httptest.Server
	server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		known := r.Header.Get("Authorization") == "Bearer xoxb-right"
		switch {
		case r.URL.Path == "/api/files.info" && !known:
			_, _ = io.WriteString(w, `{"ok":false,"error":"invalid_auth"}`)
		case r.URL.Path == "/api/files.info" && r.URL.Query().Get("file") == "F02":
			_, _ = fmt.Fprintf(w, `{"ok":true,"file":{"id":"F02","url_private_download":"%s/page.html"}}`, server.URL)
		case r.URL.Path == "/api/files.info":
			_, _ = io.WriteString(w, `{"ok":false,"error":"file_deleted"}`)
		case !known:
			w.Header().Set("Content-Type", "text/html; charset=utf-8")
			_, _ = io.WriteString(w, "<html>sign in")
		case r.URL.Path == "/page.html":
			w.Header().Set("Content-Type", "text/html")
			w.Header().Set("Content-Disposition", "attachment")
			_, _ = io.WriteString(w, "<p>theirs")
		default:
			w.Header().Set("Content-Type", "image/png")
			_, _ = io.WriteString(w, "png")
		}
	}))
	t.Cleanup(server.Close)
	return server
}

// TestFiles: the token goes to where Slack keeps files and nowhere else, and a
// page to sign in on is no file.
func TestFiles(t *testing.T) {
	server := files(t)
	host := strings.TrimPrefix(server.URL, "http://")
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer client.Close()
	for _, c := range []struct {
		name, token, host string
		file              channels.File
		want              string
		fault             safehttp.Code
	}{
		{"by its link", "xoxb-right", host, channels.File{URL: server.URL + "/1.png"}, "png", ""},
		{"without scope", "xoxb-old", host, channels.File{URL: server.URL + "/1.png"}, "", safehttp.Type},
		{"elsewhere", "xoxb-right", "files.slack.com", channels.File{URL: server.URL + "/1.png"}, "", safehttp.Type},
		{"a page that somebody sent", "[xoxb-old, xoxb-right]", host, channels.File{ID: "F02", Attachment: ingest.Attachment{ContentType: "text/html"}}, "<p>theirs", ""},
		{"a page to sign in on for one", "xoxb-old", host, channels.File{URL: server.URL + "/page.html", Attachment: ingest.Attachment{ContentType: "text/html"}}, "", safehttp.Type},
		{"deleted", "xoxb-right", host, channels.File{ID: "F03"}, "", safehttp.NotFound},
		{"not to be asked for", "xoxb-old", host, channels.File{ID: "F02"}, "", safehttp.Denied},
	} {
		text := fmt.Sprintf("{signing_secret: s, bot_token: %s, files_host: %q, api_base: %q}", c.token, c.host, server.URL+"/api")
		m, err := slack.Kind.Media(channeltest.Settings([]byte(text)), channeltest.Host())
		if err != nil {
			t.Fatal(err)
		}
		answer, err := m.Open(t.Context(), client, c.file)
		var fault *safehttp.Fault
		if c.fault != "" {
			if !errors.As(err, &fault) || fault.Code != c.fault {
				t.Errorf("%s: %v, want %s", c.name, err, c.fault)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		b, err := io.ReadAll(answer)
		if _ = answer.Close(); err != nil || string(b) != c.want {
			t.Errorf("%s: %q %v", c.name, b, err)
		}
	}
}
