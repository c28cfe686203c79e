package bird_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels/bird"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

// row is a message as the list has it.
func row(id, direction, key, sender, text string) string {
	return fmt.Sprintf(`{"id":%q,"channelId":"ch1","direction":%q,"status":"delivered","sender":{"contact":{"identifierKey":%q,"identifierValue":%q}},
		"receiver":{"connector":{"id":"k1"}},"body":{"type":"text","text":{"text":%q}},"createdAt":"2026-11-21T11:59:58.123Z"}`, id, direction, key, sender, text)
}

// api is the list of one channel, one row a page; the token is the row's place.
func api(t *testing.T, rows ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q, place := r.URL.Query(), 0
		if r.URL.Path != "/workspaces/w1/channels/ch1/messages" || q.Get("direction") != "incoming" || q.Get("startAt") == "" {
			t.Errorf("asked %s", r.URL)
		}
		if r.Header.Get("Authorization") != "AccessKey bird-test-access" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		_, _ = fmt.Sscan(q.Get("pageToken"), &place)
		next := ""
		if place+1 < len(rows) {
			next = fmt.Sprintf(`,"nextPageToken":"%d"`, place+1)
		}
		_, _ = io.WriteString(w, `{"results":[`+rows[place]+`]`+next+`}`)
	}
}

func settings(t *testing.T, more string) []byte {
	text, err := os.ReadFile("testdata/settings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, "workspace_id: w1\nchannel_ids: [ch1]\n"+more...)
}

func TestBackfill(t *testing.T) {
	request, err := os.ReadFile("testdata/01-sms.http")
	if err != nil {
		t.Fatal(err)
	}
	channeltest.Backfill(t, bird.Kind, settings(t, ""), request,
		api(t, row("00000000-0000-4000-8000-000000000001", "incoming", "phonenumber", "+15550100042", "Hello, is the shop open?\n")))
}

// TestBackfillOfSeveral follows the pages, leaves out what the desk sent, and
// what came from no number.
func TestBackfillOfSeveral(t *testing.T) {
	server := httptest.NewServer(api(t, row("5", "incoming", "phonenumber", "+15550100042", "second"), row("4", "outgoing", "phonenumber", "+15550100042", "sent"),
		row("3", "incoming", "telegramid", "900100200", "of another network"), row("2", "incoming", "phonenumber", "+15550100042", "first"), `{"id":1}`))
	defer server.Close()
	p, err := bird.Kind.Poller(channeltest.Settings(settings(t, fmt.Sprintf("backfill: 5m\napi_base: %s\n", server.URL))), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	store := channeltest.NewStore()
	if err := p.Poll(t.Context(), channeltest.NewSession(store, channeltest.Channel, ingest.SMS)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, m := range store.Messages() {
		got = append(got, fmt.Sprintf("%.4s %s %q", m.Arrival.Keys[0], m.State, m.Arrival.Message.Text))
	}
	if want := []string{`body dead ""`, `2 received "first"`, `5 received "second"`}; !slices.Equal(got, want) {
		t.Errorf("stored %s, want %s", strings.Join(got, ", "), want)
	}
}
