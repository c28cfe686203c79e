package telegram_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/telegram"
	"gatehouse/ingest"
	"gatehouse/ingest/safehttp"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, telegram.Kind, "../telegram") }

func FuzzPost(f *testing.F) {
	channeltest.FuzzSigned(f, telegram.Kind, ".", func(r *http.Request, _ []byte) {
		r.Header.Set("X-Telegram-Bot-Api-Secret-Token", "telegram-test-new")
	})
}

// TestWhoBlocksTheBot opts out, but a group does not.
func TestWhoBlocksTheBot(t *testing.T) {
	if _, reply := channeltest.Parse(t, telegram.Kind, "testdata/21-blocked.http"); len(reply.Opts) != 1 ||
		reply.Opts[0].Opt != ingest.OptOut || reply.Opts[0].Identity.Value != "5516092836" || reply.Ignored != 0 {
		t.Errorf("%+v", reply)
	}
	if _, reply := channeltest.Parse(t, telegram.Kind, "testdata/22-in-a-group.http"); reply.Opts != nil || reply.Ignored != 1 {
		t.Errorf("%+v", reply)
	}
}

// bot is a Bot API with updates, which are forgotten once a later one is asked for.
type bot struct {
	mu      sync.Mutex
	updates []string
	fail    int
}

func (b *bot) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	var q struct{ Offset, Limit int }
	_ = json.NewDecoder(r.Body).Decode(&q)
	switch {
	case r.URL.Path == "/file/bot7:telegram-test/photos/1.jpg":
		_, _ = io.WriteString(w, "jpeg")
	case !strings.HasPrefix(r.URL.Path, "/bot7:telegram-test/"):
		_, _ = io.WriteString(w, `{"ok":false,"error_code":404,"description":"Not Found"}`)
	case b.fail != 0:
		w.WriteHeader(b.fail)
		_, _ = fmt.Fprintf(w, `{"ok":false,"error_code":%d,"description":"no"}`, b.fail)
	case strings.HasSuffix(r.URL.Path, "/getMe"):
		_, _ = io.WriteString(w, `{"ok":true,"result":{"id":7,"is_bot":true,"username":"example_bot"}}`)
	case strings.HasSuffix(r.URL.Path, "/getFile") && r.URL.Query().Get("file_id") == "l":
		_, _ = io.WriteString(w, `{"ok":true,"result":{"file_path":"photos/1.jpg"}}`)
	default:
		b.forget(q.Offset)
		_, _ = io.WriteString(w, `{"ok":true,"result":[`+strings.Join(b.updates[:min(len(b.updates), q.Limit)], ",")+`]}`)
	}
}

func (b *bot) forget(before int) {
	for len(b.updates) > 0 {
		var u struct {
			ID int `json:"update_id"`
		}
		if json.Unmarshal([]byte(b.updates[0]), &u) != nil || u.ID >= before {
			return
		}
		b.updates = b.updates[1:]
	}
}

func text(n int) string {
	return fmt.Sprintf(`{"update_id":%d,"message":{"message_id":%d,"from":{"id":42},"chat":{"id":42,"type":"private"},"date":1795262399,"text":"number %d"}}`, n, n, n)
}

func poller(t *testing.T, at, token string) channels.Poller {
	p, err := telegram.Kind.Poller(channeltest.Settings(fmt.Appendf(nil, "{token: %q, api_base: %q}", token, at)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

// TestPoll takes all pages, keeps what it cannot read, and tells Telegram to
// forget an update only after it is stored.
func TestPoll(t *testing.T) {
	b := &bot{}
	for n := range 250 {
		b.updates = append(b.updates, text(1000+n))
	}
	b.updates[17] = `{"update_id":1017,"message":{"message_id":{}}}`
	b.updates[18] = `{"update_id":1018,"shipping_query":{}}`
	server := httptest.NewServer(b)
	defer server.Close()
	store := channeltest.NewStore()
	in := channeltest.NewSession(store, channeltest.Channel, ingest.Chat)
	store.FailNext(ingest.AsTemporary(io.ErrUnexpectedEOF))
	p := poller(t, server.URL, "7:telegram-test")
	if err := p.Poll(t.Context(), in); err == nil || len(store.Messages()) != 0 || len(b.updates) != 250 {
		t.Fatalf("with the store away: %v, %d stored, %d left", err, len(store.Messages()), len(b.updates))
	}
	if err := p.Poll(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	dead := 0
	for _, m := range store.Messages() {
		if m.State == ingest.Dead {
			dead++
		}
	}
	if n := len(store.Messages()); n != 249 || dead != 1 {
		t.Errorf("%d messages, %d dead", n, dead)
	}
	b.updates = append(b.updates, text(1250))
	if err := p.Wait(t.Context()); err != nil || len(b.updates) != 1 {
		t.Errorf("waiting takes nothing: %v, %d left", err, len(b.updates))
	}
}

// TestTrouble says who can mend it, and never the token.
func TestTrouble(t *testing.T) {
	b := &bot{}
	server := httptest.NewServer(b)
	defer server.Close()
	in := channeltest.NewSession(channeltest.NewStore(), channeltest.Channel, ingest.Chat)
	for code, says := range map[int]string{401: "is token the bot's", 409: "webhook", 429: "429", 502: "502"} {
		b.fail = code
		err := poller(t, server.URL, "7:telegram-test").Poll(t.Context(), in)
		if err == nil || !strings.Contains(err.Error(), says) || strings.Contains(err.Error(), "telegram-test") || channels.ReauthNeeded(err) != (code == 401) {
			t.Errorf("%d: %v", code, err)
		}
	}
	err := poller(t, server.URL, "8:other").Poll(t.Context(), in)
	if !channels.ReauthNeeded(err) {
		t.Errorf("a wrong token: %v", err)
	}
	server.Close()
	if err := poller(t, server.URL, "7:telegram-test").Poll(t.Context(), in); err == nil || strings.Contains(err.Error(), "telegram-test") || !ingest.Temporary(err) {
		t.Errorf("with nobody there: %v", err)
	}
}

func TestCheckAndMedia(t *testing.T) {
	server := httptest.NewServer(&bot{})
	defer server.Close()
	p := poller(t, server.URL, "7:telegram-test")
	if says, err := p.(channels.Checker).Check(t.Context()); err != nil || says != "the bot is @example_bot" {
		t.Errorf("%q %v", says, err)
	}
	m, err := telegram.Kind.Media(channeltest.Settings(fmt.Appendf(nil, "{token: '7:telegram-test', api_base: %q}", server.URL)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	client := safehttp.New(safehttp.Options{Allow: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}})
	defer client.Close()
	answer, err := m.Open(t.Context(), client, channels.File{ID: "l"})
	if err != nil {
		t.Fatal(err)
	}
	if text, err := io.ReadAll(answer); err != nil || string(text) != "jpeg" {
		t.Errorf("%q %v", text, err)
	}
	_ = answer.Close()
	if _, err := m.Open(t.Context(), client, channels.File{ID: "none"}); err == nil || strings.Contains(err.Error(), "telegram-test") {
		t.Errorf("a file that is gone: %v", err)
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`: "secret_token", `{secret_token: ""}`: "empty", `{token: t, api_base: nowhere}`: "api_base", `{token: t, public_url: /x}`: "public_url",
	} {
		_, err := telegram.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
