package slack_test

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/slack"
	"gatehouse/ingest"
)

// row is a message of a workspace.
type row struct {
	TS       string            `json:"ts"`
	ThreadTS string            `json:"thread_ts,omitempty"`
	Type     string            `json:"type"`
	Subtype  string            `json:"subtype,omitempty"`
	User     string            `json:"user,omitempty"`
	BotID    string            `json:"bot_id,omitempty"`
	Text     string            `json:"text"`
	Edited   map[string]string `json:"edited,omitempty"`
	Replies  int               `json:"reply_count,omitempty"`
	Latest   string            `json:"latest_reply,omitempty"`
}

// workspace answers as Slack's API does, one thing a page.
type workspace struct {
	t        *testing.T
	mu       sync.Mutex
	channels []string
	messages map[string][]row  // of a conversation, by its id
	refuses  map[string]string // what a method says to a call that has the text
	asked    []string
	answer   func(n int, w http.ResponseWriter) bool // instead, if it says so
}

func (s *workspace) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.asked = append(s.asked, r.URL.Path+"?"+r.URL.RawQuery)
	if s.answer != nil && s.answer(len(s.asked), w) {
		return
	}
	if r.Header.Get("Authorization") != "Bearer xoxb-right" {
		_, _ = io.WriteString(w, `{"ok":false,"error":"invalid_auth"}`)
		return
	}
	for text, says := range s.refuses {
		if strings.Contains(r.URL.Path+"?"+r.URL.RawQuery, text) {
			_, _ = fmt.Fprintf(w, `{"ok":false,"error":%q,"needed":"im:history"}`, says)
			return
		}
	}
	q := r.URL.Query()
	switch r.URL.Path {
	case "/conversations.list":
		if q.Get("types") != "im,mpim,public_channel,private_channel" || q.Get("exclude_archived") != "true" || q.Get("team_id") != "T0TEAM" {
			s.t.Errorf("asked %s", r.URL)
		}
		s.page(w, "channels", len(s.channels), q.Get("cursor"), func(i int) string { return s.channels[i] })
	case "/conversations.history", "/conversations.replies":
		rows := s.found(r.URL.Path, q.Get("channel"), q.Get("ts"), q.Get("oldest"), q.Get("latest"))
		s.page(w, "messages", len(rows), q.Get("cursor"), func(i int) string { b, _ := json.Marshal(rows[i]); return string(b) })
	default:
		w.WriteHeader(http.StatusNotFound)
	}
}

// found are the messages that a method gives: a history the newest first and
// without what is in threads, replies the oldest first, after their root.
func (s *workspace) found(method, channel, root, oldest, latest string) (rows []row) {
	for _, m := range s.messages[channel] {
		inThread := m.ThreadTS != "" && m.ThreadTS != m.TS && m.Subtype != "thread_broadcast"
		if method == "/conversations.history" == inThread || root != "" && m.ThreadTS != root {
			continue
		}
		if m.TS >= oldest && (latest == "" || m.TS <= latest) || m.TS == root {
			rows = append(rows, m)
		}
	}
	if root == "" {
		slices.Reverse(rows)
	}
	return rows
}

func (s *workspace) page(w io.Writer, name string, n int, cursor string, one func(int) string) {
	at, _ := strconv.Atoi(cursor) // "" is 0
	next, rows := "", ""
	if at < n {
		rows = one(at)
	}
	if at+1 < n {
		next = strconv.Itoa(at + 1)
	}
	_, _ = fmt.Fprintf(w, `{"ok":true,%q:[%s],"has_more":%t,"response_metadata":{"next_cursor":%q}}`, name, rows, next != "", next)
}

// conversations of the workspace: the bot is in three of them.
var conversations = []string{
	`{"id":"D0ZOE","is_im":true,"user":"U0ZOE"}`, `{"id":"D0GONE","is_im":true,"user":"U0GONE","is_user_deleted":true}`,
	`{"id":"C0GEN","is_channel":true,"is_member":true}`, `{"id":"C0ELSE","is_channel":true,"is_member":false}`, `{"id":"G0PRIV","is_group":true,"is_member":true}`,
}

func at(second int) string { return fmt.Sprintf("%d.000100", channeltest.Now.Unix()+int64(second)) }

const keys = "bot_token: [xoxb-old, xoxb-right]\n"

func settings(t *testing.T, more string) []byte {
	text, err := os.ReadFile("testdata/settings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, keys+more...)
}

// poller asks a workspace; the program has been asking since two hours ago.
func (s *workspace) poller(t *testing.T, more string) (channels.Poller, *channeltest.Session, *channeltest.Store) {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	p, err := slack.Kind.Poller(channeltest.Settings(settings(t, "backfill: 5m\napi_base: "+server.URL+"\n"+more)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	store := channeltest.NewStore()
	in := channeltest.NewSession(store, channeltest.Channel, ingest.Chat)
	in.FirstSeen = channeltest.Now.Add(-2 * time.Hour)
	return p, in, store
}

// TestBackfill brings one message by both roads. It was edited since: that is
// another one.
func TestBackfill(t *testing.T) {
	request, err := os.ReadFile("testdata/01-text.http")
	if err != nil {
		t.Fatal(err)
	}
	s := &workspace{t: t, channels: conversations[:1], messages: map[string][]row{"D0ZOE": {{TS: at(-1), Type: "message", User: "U0ZOE", Text: "Hello, is the shop open?\nZoë"}}}}
	channeltest.Backfill(t, slack.Kind, settings(t, ""), request, s)
}

// TestEditsOnBothRoads: an edit has one name and says the same on both.
func TestEditsOnBothRoads(t *testing.T) {
	s := &workspace{t: t, channels: conversations[:1], messages: map[string][]row{"D0ZOE": {{TS: at(-1), Type: "message", User: "U0ZOE", Text: "new &amp; better",
		Edited: map[string]string{"user": "U0ZOE", "ts": "1795262399.000000"}}}}}
	p, in, store := s.poller(t, "")
	if err := p.Poll(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	stored := store.Messages()
	if len(stored) != 2 {
		t.Fatalf("%d stored, want the message and its edit", len(stored))
	}
	arrivals, _ := channeltest.Parse(t, slack.Kind, "testdata/12-edited.http")
	live, listed := arrivals[0], stored[1].Arrival
	if listed.Keys[0] != live.Keys[0] || listed.Content != live.Content || listed.Message.Text != live.Message.Text ||
		listed.Message.From != live.Message.From || *listed.Message.Change != *live.Message.Change || !listed.Message.SentAt.Equal(*live.Message.SentAt) {
		t.Errorf("%+v, live %+v", listed, live)
	}
}

// TestHistory goes through conversations, pages, threads and edits, and leaves
// out what bots wrote and what nobody did. What is stored is stored in its order.
func TestHistory(t *testing.T) {
	root, old := at(-3600), at(-9000)
	s := &workspace{t: t, channels: conversations, messages: map[string][]row{
		"D0ZOE": {
			{TS: at(-80000), Type: "message", User: "U0ZOE", Text: "long ago"},
			{TS: old, Type: "message", User: "U0ZOE", Text: "changed since", Edited: map[string]string{"user": "U0ZOE", "ts": at(-50)}},
			{TS: at(-40), Type: "message", User: "U0ZOE", Text: "last"},
			{TS: at(-30), Type: "message", User: "U0BOT", Text: "ourselves"},
			{TS: at(-20), Type: "message", BotID: "B1", Subtype: "bot_message", Text: "a bot"},
			{TS: at(-10), Type: "message", User: "U0ZOE", Subtype: "channel_join", Text: "joined"},
		},
		"C0GEN": {
			{TS: old, ThreadTS: old, Type: "message", User: "U0ANN", Text: "an old root", Replies: 2, Latest: at(-60)},
			{TS: at(-8900), ThreadTS: old, Type: "message", User: "U0ZOE", Text: "an old reply"},
			{TS: at(-60), ThreadTS: old, Type: "message", User: "U0ZOE", Text: "a new reply"},
			{TS: at(-8000), ThreadTS: at(-8000), Type: "message", User: "U0ANN", Text: "a thread that ended", Replies: 1, Latest: at(-7900)},
		},
		"G0PRIV": {
			{TS: root, ThreadTS: root, Type: "message", User: "U0ANN", Text: "first", Replies: 1, Latest: at(-100)},
			{TS: at(-100), ThreadTS: root, Subtype: "thread_broadcast", Type: "message", User: "U0ZOE", Text: "for all"},
			{TS: at(-90), Type: "message", Text: "of nobody"},
		},
		"C0ELSE": {{TS: at(-5), Type: "message", User: "U0ZOE", Text: "where we are not"}},
	}}
	p, in, store := s.poller(t, "")
	for range 2 {
		if err := p.Poll(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	var got []string
	for _, m := range store.Messages() {
		a := m.Arrival
		line := fmt.Sprintf("%s %s %q", m.State, a.Keys[0], a.Message.Text)
		got = append(got, strings.ReplaceAll(line, fmt.Sprint(channeltest.Now.Unix()/10000), ""))
		if !a.Message.Recovered {
			t.Errorf("%s is not recovered", line)
		}
	}
	want := []string{
		`dead G0PRIV:2310.000100 ""`, `received G0PRIV:` + tail(root) + ` "first"`, `received G0PRIV:2300.000100 "for all"`,
		`received C0GEN:2340.000100 "a new reply"`, `received edit:D0ZOE:` + tail(old) + `:2350.000100 "changed since"`, `received D0ZOE:2360.000100 "last"`,
	}
	for i := range want {
		want[i] = strings.ReplaceAll(want[i], fmt.Sprint(channeltest.Now.Unix()/10000), "")
	}
	if strings.Join(got, "\n") != strings.Join(want, "\n") {
		t.Errorf("stored\n%s\nwant\n%s", strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
	for _, call := range s.asked {
		if strings.Contains(call, "C0ELSE") || strings.Contains(call, "D0GONE") || strings.Contains(call, "ts="+at(-8000)) {
			t.Errorf("asked %s for nothing", call)
		}
	}
}

func tail(ts string) string { return strings.TrimPrefix(ts, fmt.Sprint(channeltest.Now.Unix()/10000)) }

// TestNumbers asks for one conversation alone, without the list of them.
func TestNumbers(t *testing.T) {
	s := &workspace{t: t, channels: conversations, messages: map[string][]row{
		"D0ZOE": {{TS: at(-40), Type: "message", User: "U0ZOE", Text: "ours"}}, "C0GEN": {{TS: at(-30), Type: "message", User: "U0ZOE", Text: "elsewhere"}},
	}}
	p, in, store := s.poller(t, "numbers: [D0ZOE]\n")
	if err := p.Poll(t.Context(), in); err != nil {
		t.Fatal(err)
	}
	if all := store.Messages(); len(all) != 1 || all[0].Arrival.Message.Text != "ours" || strings.Contains(strings.Join(s.asked, " "), "list") {
		t.Errorf("%+v, asked %q", all, s.asked)
	}
}

// TestRefused is what Slack says no with: what asks for consent, what passes, and
// what concerns one conversation alone.
func TestRefused(t *testing.T) {
	for _, c := range []struct {
		at, says     string
		reauth, pass bool
		fails        bool
		stored       int
	}{
		{"history", "missing_scope", true, false, true, 0}, {"list", "token_revoked", true, false, true, 0},
		{"list", "internal_error", false, true, true, 0}, {"history", "ratelimited", false, true, true, 0},
		{"channel=D0ZOE", "channel_not_found", false, false, false, 1}, {"replies", "thread_not_found", false, false, false, 2},
	} {
		s := &workspace{t: t, channels: conversations, refuses: map[string]string{c.at: c.says}, messages: map[string][]row{
			"D0ZOE": {{TS: at(-40), Type: "message", User: "U0ZOE", Text: "one"}},
			"C0GEN": {{TS: at(-30), ThreadTS: at(-30), Type: "message", User: "U0ZOE", Text: "two", Replies: 1, Latest: at(-20)}},
		}}
		p, in, store := s.poller(t, "")
		err := p.Poll(t.Context(), in)
		if (err != nil) != c.fails || channels.ReauthNeeded(err) != c.reauth || ingest.Temporary(err) != c.pass || len(store.Messages()) != c.stored {
			t.Errorf("%s at %s: %v, %d stored", c.says, c.at, err, len(store.Messages()))
		}
	}
}

// TestLimit waits as long as Slack asks for, and no answer is lost.
func TestLimit(t *testing.T) {
	s := &workspace{t: t, channels: conversations, messages: map[string][]row{"D0ZOE": {{TS: at(-40), Type: "message", User: "U0ZOE", Text: "one"}}}}
	s.answer = func(n int, w http.ResponseWriter) bool {
		if n%3 != 1 {
			return false
		}
		w.Header().Set("Retry-After", "0")
		w.WriteHeader(http.StatusTooManyRequests)
		return true
	}
	p, in, store := s.poller(t, "")
	if err := p.Poll(t.Context(), in); err != nil || len(store.Messages()) != 1 {
		t.Errorf("%v, %d stored", err, len(store.Messages()))
	}
}

// TestOddRows: what cannot be read of a page is kept, and what is no page is an error.
func TestOddRows(t *testing.T) {
	for body, want := range map[string]int{`{"ok":true,"messages":[{"ts":1},[2],{"ts":"1795262390.1","user":"U1","text":"x"}]}`: 3, `{"ok":true}`: -1, `[]`: -1} {
		s := &workspace{t: t, answer: func(_ int, w http.ResponseWriter) bool { _, _ = io.WriteString(w, body); return true }}
		p, in, store := s.poller(t, "numbers: [D0ZOE]\n")
		err := p.Poll(t.Context(), in)
		if (err != nil) != (want < 0) || len(store.Messages()) != max(want, 0) {
			t.Errorf("%s: %v, %d stored", body, err, len(store.Messages()))
		}
	}
}
