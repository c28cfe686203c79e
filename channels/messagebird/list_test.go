package messagebird_test

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/messagebird"
	"gatehouse/ingest"
)

// row is an SMS as the list has it.
func row(id, direction, to, body, kind string) string {
	return fmt.Sprintf(`{"id":%q,"href":"https://rest.messagebird.com/messages/%s","direction":%q,"type":%q,"originator":"15550100042","body":%q,
		"reference":null,"createdDatetime":"2026-11-21T11:59:58+00:00","recipients":{"totalCount":1,"items":[{"recipient":%s,"status":"received"}]}}`,
		id, id, direction, kind, body, to)
}

// api is the list, two rows a page.
func api(t *testing.T, rows ...string) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		q, offset := r.URL.Query(), 0
		_, _ = fmt.Sscan(q.Get("offset"), &offset)
		if r.URL.Path != "/messages" || q.Get("direction") != "mo" || q.Get("from") == "" {
			t.Errorf("asked %s", r.URL)
		}
		if r.Header.Get("Authorization") != "AccessKey messagebird-test-access" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		page := rows[offset:min(offset+2, len(rows))]
		_, _ = fmt.Fprintf(w, `{"offset":%d,"limit":2,"count":%d,"totalCount":%d,"links":{},"items":[%s]}`, offset, len(page), len(rows), strings.Join(page, ","))
	}
}

func settings(t *testing.T, more string) []byte {
	text, err := os.ReadFile("testdata/settings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	return append(text, more...)
}

func TestBackfill(t *testing.T) {
	request, err := os.ReadFile("testdata/01-sms.http")
	if err != nil {
		t.Fatal(err)
	}
	channeltest.Backfill(t, messagebird.Kind, settings(t, ""), request,
		api(t, row("00000000000000000000000000000001", "mo", "15550100999", "1+1=2 & 50% off?\n", "sms")))
}

// TestBackfillOfSeveral follows the pages, leaves out what came to other numbers,
// and gives binary messages out as files.
func TestBackfillOfSeveral(t *testing.T) {
	server := httptest.NewServer(api(t, row("5", "mo", "15550100999", "00ff", "binary"), row("4", "mt", "15550100042", "sent", "sms"),
		row("3", "mo", "15550100888", "to another number", "sms"), row("2", "mo", "15550100999", "second", "sms"), `{"id":1}`))
	defer server.Close()
	p, err := messagebird.Kind.Poller(channeltest.Settings(settings(t, fmt.Sprintf("backfill: 5m\nnumbers: [\"15550100999\"]\napi_base: %s\n", server.URL))), channeltest.Host())
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
		got = append(got, fmt.Sprintf("%.4s %s %q %d", m.Arrival.Keys[0], m.State, m.Arrival.Message.Text, len(m.Arrival.Message.Attachments)))
	}
	if want := []string{`body dead "" 0`, `2 received "second" 0`, `5 received "" 1`}; !slices.Equal(got, want) {
		t.Errorf("stored %s, want %s", got, want)
	}
}
