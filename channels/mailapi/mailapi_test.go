package mailapi

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestCursor(t *testing.T) {
	for _, c := range []cursor{{}, {Place: "https://graph.example.com/delta?$deltatoken=\"x\""}, {Place: "7", Due: []string{"a", "b"}}} {
		got, err := parseCursor(c.String())
		if err != nil || fmt.Sprint(got) != fmt.Sprint(c) {
			t.Errorf("%v is read as %v, %v", c, got, err)
		}
	}
	if _, err := parseCursor("v=1 uid=2"); err == nil {
		t.Error("another adapter's cursor is taken")
	}
	c := cursor{}
	for n := range maxDue + 9 {
		c = c.owing([]string{fmt.Sprint(n)})
	}
	if len(c.Due) != maxDue || c.Due[0] != "9" {
		t.Errorf("%d are due, from %s on", len(c.Due), c.Due[0])
	}
}

func TestBase(t *testing.T) {
	for address, good := range map[string]bool{
		"https://graph.example.com": true, "http://127.0.0.1:99": true, "http://localhost": true,
		"http://graph.example.com": false, "https://": false, "https://a:b@example.com": false, "https://example.com?x": false, "": false,
	} {
		if _, err := Base("graph_url", address); (err == nil) != good {
			t.Errorf("%q: %v", address, err)
		}
	}
}

func TestOptions(t *testing.T) {
	good := Options{Mailbox: "a@example.com", Folders: []string{"inbox"}, Start: "new", MaxMessageBytes: MaxMessageBytes, PollEvery: PollEvery, Timeout: Timeout}
	if err := good.Complete(); err != nil {
		t.Fatal(err)
	}
	for says, spoil := range map[string]func(*Options){
		"mailbox":  func(o *Options) { o.Mailbox = "" },
		"want an":  func(o *Options) { o.Mailbox = "a/../b" },
		"nothing":  func(o *Options) { o.Folders = nil },
		"twice":    func(o *Options) { o.Folders = []string{"a", "a"} },
		"start":    func(o *Options) { o.Start = "yesterday" },
		"max_mess": func(o *Options) { o.MaxMessageBytes = 1 },
		"poll_eve": func(o *Options) { o.PollEvery = time.Millisecond },
	} {
		o := good
		spoil(&o)
		if err := o.Complete(); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%v, want %q", err, says)
		}
	}
}

func TestRefusalsAreRead(t *testing.T) {
	for body, want := range map[string]string{
		`{"error":{"code":"ErrorAccessDenied","message":"Access is\ndenied."}}`:                                                     "ErrorAccessDenied: Access is denied.",
		`{"error":{"code":403,"status":"PERMISSION_DENIED","message":"No","errors":[{"reason":"rateLimitExceeded","domain":"x"}]}}`: "rateLimitExceeded: No",
		`{"error":{"code":403,"status":"PERMISSION_DENIED","message":"No"}}`:                                                        "PERMISSION_DENIED: No",
		`<h1>A proxy</h1>`: "",
		`{"error":{"code":"` + strings.Repeat("x", 5000) + `"}}`: strings.Repeat("x", 300),
	} {
		if got := readRefusal(403, []byte(body)).Error(); got != strings.TrimSuffix("the API answers 403 "+want, ": ") && got != "the API answers 403 "+want {
			t.Errorf("%.80q is read as %.80q", body, got)
		}
	}
}

// client is one of a server that does this.
func client(t *testing.T, timeout time.Duration, do http.HandlerFunc) *Client {
	t.Helper()
	s := httptest.NewServer(do)
	base, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	c := NewClient(base, fixed("token"), timeout, time.Now)
	t.Cleanup(func() { c.Close(); s.CloseClientConnections(); s.Close() })
	return c
}

// A token goes to the API and nowhere else.
func TestTokensStay(t *testing.T) {
	var asked []string
	c := client(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		asked = append(asked, r.URL.Path)
		http.Redirect(w, r, "http://192.0.2.1/", http.StatusFound)
	})
	for _, to := range []string{"https://example.net/next", "http://127.0.0.1:1/next", "ftp://x/", "/moved"} {
		if _, err := c.Read(t.Context(), Call{To: to}, 10); err == nil {
			t.Errorf("%s is asked", to)
		}
	}
	if fmt.Sprint(asked) != "[/moved]" {
		t.Errorf("asked: %q", asked)
	}
}

func TestASilentAPIIsLeft(t *testing.T) {
	c := client(t, 50*time.Millisecond, func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() })
	if _, err := c.Read(t.Context(), Call{To: "/x"}, 10); !ingest.Temporary(err) || !strings.Contains(err.Error(), "silent") {
		t.Errorf("%v", err)
	}
}

func TestBodiesAreWholeOrNone(t *testing.T) {
	tests := map[string]struct {
		says string
		want error
	}{
		"/endless": {"its end cannot be told", nil}, "/large": {"larger", ErrLarge}, "/whole": {"", nil}, "/401": {"just made", nil},
	}
	c := client(t, time.Minute, func(w http.ResponseWriter, r *http.Request) {
		switch r.URL.Path {
		case "/endless":
			if conn, buf, err := http.NewResponseController(w).Hijack(); err == nil {
				_, _ = buf.WriteString("HTTP/1.1 200 OK\r\nConnection: close\r\n\r\nhalf a ma")
				_ = buf.Flush()
				_ = conn.Close()
			}
		case "/401":
			w.WriteHeader(http.StatusUnauthorized)
		case "/large":
			_, _ = w.Write([]byte("more than ten octets"))
		default:
			_, _ = w.Write([]byte("ten octets"))
		}
	})
	for path, tt := range tests {
		body, err := c.Read(t.Context(), Call{To: path}, 10)
		if (err == nil) != (tt.says == "") || err != nil && !strings.Contains(err.Error(), tt.says) {
			t.Errorf("%s: %q, %v", path, body, err)
		}
		if path == "/401" && !channels.ReauthNeeded(err) {
			t.Errorf("%v, want that consent is needed", err)
		}
	}
}

func TestFieldsMakeAHeader(t *testing.T) {
	var header []byte
	for _, f := range [][2]string{{"From", "Ann\r\n <ann@example.com>"}, {"", "x"}, {"a b", "x"}, {"Subject", ""}} {
		header = AppendField(header, f[0], f[1])
	}
	if string(header) != "From: Ann  <ann@example.com>\r\nSubject: \r\n" {
		t.Errorf("%q", header)
	}
}
