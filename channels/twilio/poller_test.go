package twilio_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/twilio"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const list = "/2010-04-01/Accounts/AC1/Messages.json"

// messageRow is the nth message of the list, n minutes before the suite's time.
func messageRow(n int) map[string]any {
	at := channeltest.Now.Add(-time.Duration(n) * time.Minute).Format(time.RFC1123Z)
	return map[string]any{
		"sid": fmt.Sprintf("SM%032d", n), "direction": "inbound", "from": "+15550109540", "to": "+15550109686",
		"body": fmt.Sprint("message ", n), "num_media": "0", "date_sent": at, "date_created": at,
	}
}

// source is Twilio's list with rows, so many a page.
type source struct {
	rows   []any
	page   int
	asked  []string
	broken bool // after the first page
	next   string
}

func (s *source) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.asked = append(s.asked, r.URL.RequestURI())
	if user, token, _ := r.BasicAuth(); user != "AC1" || token != "right" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	from, _ := strconv.Atoi(r.URL.Query().Get("Page")) // "" is 0
	if from > 0 && s.broken {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	to := min(from+s.page, len(s.rows))
	answer := map[string]any{"messages": append([]any{}, s.rows[from:to]...), "next_page_uri": nil}
	if to < len(s.rows) {
		answer["next_page_uri"] = s.next + list + "?Page=" + strconv.Itoa(to)
	}
	_ = json.NewEncoder(w).Encode(answer)
}

func (s *source) poller(t *testing.T, more string) channels.Poller {
	t.Helper()
	server := httptest.NewServer(s)
	t.Cleanup(server.Close)
	settings := fmt.Sprintf("{account_sid: AC1, auth_token: [wrong, right], backfill: 5m, api_base: %q%s}", server.URL, more)
	p, err := twilio.Kind.Poller(channeltest.Settings([]byte(settings)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = p.Close() })
	return p
}

func newSource(n, page int) *source {
	s := &source{page: page}
	for i := range n {
		s.rows = append(s.rows, messageRow(i))
	}
	return s
}

func session(store *channeltest.Store) *channeltest.Session {
	in := channeltest.NewSession(store, channeltest.Channel, ingest.SMS)
	in.FirstSeen = channeltest.Now.Add(-24 * time.Hour)
	return in
}

func cursor(t *testing.T, in *channeltest.Session) string {
	t.Helper()
	at, err := in.Cursor(context.Background(), "")
	if err != nil {
		t.Fatal(err)
	}
	return at
}

// TestOldestFirst polls three pages: what was written first is stored first.
func TestOldestFirst(t *testing.T) {
	store, s := channeltest.NewStore(), newSource(450, 200)
	in := session(store)
	if err := s.poller(t, "").Poll(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	stored := store.Messages()
	if len(stored) != 450 || stored[0].Arrival.Message.Text != "message 449" || stored[449].Arrival.Message.Text != "message 0" {
		t.Errorf("%d stored", len(stored))
	}
	if at, want := cursor(t, in), "2026-11-21T11:00:00Z"; at != want {
		t.Errorf("complete up to %s, want %s", at, want)
	}
	if now, most := in.Held(); now != 0 || most == 0 {
		t.Errorf("%d octets held, at most %d", now, most)
	}
}

// TestStoppedAnywhere lets each batch fail, or its answer be lost.
func TestStoppedAnywhere(t *testing.T) {
	gone := ingest.AsTemporary(errors.New("the database is away"))
	for at := range 3 {
		for name, fail := range map[string]func(*channeltest.Store){
			"not stored":  func(s *channeltest.Store) { s.FailNext(gone) },
			"answer lost": func(s *channeltest.Store) { s.LoseAnswer(gone) },
		} {
			store, n := channeltest.NewStore(), 0
			store.Before(func(ingest.Batch) {
				if n == at {
					fail(store)
				}
				n++
			})
			p := newSource(450, 100).poller(t, "")
			if err := p.Poll(context.Background(), session(store)); err == nil {
				t.Errorf("%s, batch %d: poll hides it", name, at)
			}
			if err := p.Poll(context.Background(), session(store)); err != nil {
				t.Errorf("%s, batch %d: %v", name, at, err)
			}
			if got := len(store.Messages()); got != 450 {
				t.Errorf("%s, batch %d: %d messages", name, at, got)
			}
		}
	}
}

// TestIncompleteListProvesNothing breaks the list off after its first page.
func TestIncompleteListProvesNothing(t *testing.T) {
	store, s := channeltest.NewStore(), newSource(30, 10)
	s.broken = true
	in, p := session(store), s.poller(t, "")
	if err := p.Poll(context.Background(), in); !ingest.Temporary(err) {
		t.Errorf("a list that breaks off: %v", err)
	}
	if at := cursor(t, in); at != "" {
		t.Errorf("complete up to %s", at)
	}
	s.broken = false
	if err := p.Poll(context.Background(), in); err != nil || len(store.Messages()) != 30 {
		t.Errorf("then %d stored, %v", len(store.Messages()), err)
	}
}

// TestWindow has rows from before the channel's time, and asks again later.
func TestWindow(t *testing.T) {
	store, s := channeltest.NewStore(), newSource(3, 10)
	s.rows = append(s.rows, messageRow(25*60))
	in, p := session(store), s.poller(t, "")
	for range 2 {
		if err := p.Poll(context.Background(), in); err != nil {
			t.Fatal(err)
		}
	}
	if n := len(store.Messages()); n != 3 {
		t.Errorf("%d stored", n)
	}
	last := s.asked[len(s.asked)-1]
	if want := list + "?DateSent%3E=2026-11-21&PageSize=500"; last != want {
		t.Errorf("asked for %s, want %s", last, want)
	}
}

// TestNumbers keeps one place a number.
func TestNumbers(t *testing.T) {
	store, s := channeltest.NewStore(), newSource(0, 10)
	in := session(store)
	if err := s.poller(t, `, numbers: ["+15550109686", "whatsapp:+15550109686"]`).Poll(context.Background(), in); err != nil {
		t.Fatal(err)
	}
	if all := strings.Join(s.asked, " "); !strings.Contains(all, "To=%2B15550109686") || !strings.Contains(all, "To=whatsapp%3A%2B15550109686") {
		t.Error(all)
	}
	if at, err := in.Cursor(context.Background(), "+15550109686"); err != nil || at == "" {
		t.Errorf("%q, %v", at, err)
	}
}

// TestWebhookAndListAreOne brings one message by both roads.
func TestWebhookAndListAreOne(t *testing.T) {
	row := messageRow(1)
	row["body"] = " 1+1=2 & 50% off?\n😀 "
	page, err := json.Marshal(map[string]any{"messages": []any{row}})
	if err != nil {
		t.Fatal(err)
	}
	channeltest.Backfill(t, twilio.Kind, file(t, "testdata/settings.yaml"), file(t, "testdata/01-sms.http"), channeltest.Answers(string(page)))
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// TestOddRows keeps what cannot be read, and leaves out what we sent.
func TestOddRows(t *testing.T) {
	sent, media := messageRow(1), messageRow(2)
	sent["direction"], media["num_media"], media["body"] = "outbound-reply", "2", ""
	store, s := channeltest.NewStore(), &source{page: 9, rows: []any{sent, media, 7, map[string]any{"direction": "inbound"}}}
	if err := s.poller(t, "").Poll(context.Background(), session(store)); err != nil {
		t.Fatal(err)
	}
	var states []ingest.State
	for _, m := range store.Messages() {
		states = append(states, m.State)
	}
	if fmt.Sprint(states) != "[dead dead received]" {
		t.Fatalf("%q", states)
	}
	m := store.Messages()[2].Arrival
	again, err := twilio.Kind.Reread(m.Raw)
	if err != nil || len(again.Attachments) != 2 || again.SentAt == nil || !again.SentAt.Equal(channeltest.Now.Add(-2*time.Minute)) {
		t.Errorf("%+v, %v", again, err)
	}
}

// TestCredentialsStay offers a next page on another host.
func TestCredentialsStay(t *testing.T) {
	other := &source{page: 1}
	elsewhere := httptest.NewServer(other)
	defer elsewhere.Close()
	s := newSource(4, 2)
	s.next = elsewhere.URL
	if err := s.poller(t, "").Poll(context.Background(), session(channeltest.NewStore())); err == nil || len(other.asked) > 0 {
		t.Errorf("%v, asked elsewhere for %q", err, other.asked)
	}
}

func TestWait(t *testing.T) {
	s := newSource(1, 1)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.poller(t, "").Wait(ctx); err != nil {
		t.Error(err)
	}
	off, err := twilio.Kind.Poller(channeltest.Settings([]byte("{account_sid: AC1, auth_token: t}")), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	store := channeltest.NewStore()
	if err := errors.Join(off.Poll(context.Background(), session(store)), off.Wait(ctx), off.Close()); err != nil || len(store.Batches()) != 0 {
		t.Errorf("without backfill: %v, %v", err, store.Batches())
	}
	_, err = twilio.Kind.Poller(channeltest.Settings([]byte("{account_sid: AC1, auth_token: t, backfill: 5s}")), channeltest.Host())
	if err == nil {
		t.Error("a backfill every five seconds is not refused")
	}
}

func TestPlaces(t *testing.T) {
	for more, want := range map[string]string{
		"": "[]", ", numbers: [a]": "[]", ", backfill: 5m": "[twilio://AC1/]",
		`, backfill: 5m, numbers: ["+1 556", "+1555", "1555"]`: "[twilio://AC1/1555 twilio://AC1/1556]",
	} {
		got, err := twilio.Kind.Places(channeltest.Settings([]byte("{account_sid: AC1, auth_token: t" + more + "}")))
		if err != nil || fmt.Sprint(got) != want {
			t.Errorf("%s: %v, %v; want %s", more, got, err, want)
		}
	}
	if _, err := twilio.Kind.Places(channeltest.Settings([]byte("{}"))); err == nil {
		t.Error("places of a channel without an account")
	}
}
