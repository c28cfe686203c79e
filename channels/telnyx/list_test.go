package telnyx_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/telnyx"
	"gatehouse/ingest"
)

// api has detail records of which message n has text, one a page.
type api struct {
	t       *testing.T
	records []string
	texts   map[string]string // by id; a message that is not there is too old
}

func (a *api) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Header.Get("Authorization") != "Bearer telnyx-test-key" {
		w.WriteHeader(http.StatusUnauthorized)
		return
	}
	if id, found := strings.CutPrefix(r.URL.Path, "/v2/messages/"); found {
		if a.texts[id] == "" {
			w.WriteHeader(http.StatusNotFound)
			return
		}
		_, _ = io.WriteString(w, `{"data":`+a.texts[id]+`}`)
		return
	}
	q := r.URL.Query()
	if r.URL.Path != "/v2/detail_records" || q.Get("filter[record_type]") != "messaging" || q.Get("filter[direction]") != "inbound" ||
		len(q.Get("filter[created_at][gte]")) != len("2026-11-21") || q.Get("sort") != "created_at" {
		a.t.Errorf("asked %s", r.URL)
	}
	n := 1
	_, _ = fmt.Sscan(q.Get("page[number]"), &n)
	_, _ = fmt.Fprintf(w, `{"data":[%s],"meta":{"page_number":%d,"total_pages":%d,"page_size":1,"total_results":%d}}`,
		a.records[n-1], n, len(a.records), len(a.records))
}

func record(id, direction string) string {
	return fmt.Sprintf(`{"record_type":"message_detail_record","uuid":%q,"direction":%q,"cli":"+15550100042","cld":"+15550100999",
		"created_at":"2026-11-21T11:59:58Z","message_type":"SMS","status":"delivered"}`, id, direction)
}

// message is what Telnyx says of one by its id: what the event has, and more.
const message = `{"record_type":"message","direction":"inbound","id":"00000000-0000-4000-8000-000000000001","type":"SMS","from":{"phone_number":"+15550100042",
	"carrier":"Example Wireless"},"to":[{"phone_number":"+15550100999","status":"delivered"}],"text":"Hello, is the shop open?\nZoë","media":[],"cost":{"amount":"0.004"},
	"received_at":"2026-11-21T11:59:58.123+00:00","updated_at":"2026-11-21T12:00:00.000+00:00"}`

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
	const id = "00000000-0000-4000-8000-000000000001"
	channeltest.Backfill(t, telnyx.Kind, settings(t, ""), request, &api{t, []string{record(id, "inbound")}, map[string]string{id: message}})
}

// TestBackfillOfSeveral follows the pages, leaves out what the desk sent and what
// came to other numbers, and keeps what has lost its text, as dead.
func TestBackfillOfSeveral(t *testing.T) {
	a := &api{t, []string{record("00000000-0000-4000-8000-000000000001", "inbound"), record("2", "outbound"), record("3", "inbound"),
		strings.Replace(record("4", "inbound"), "+15550100999", "+15550100888", 1), `{"uuid":5}`},
		map[string]string{"00000000-0000-4000-8000-000000000001": message, "4": message}}
	server := httptest.NewServer(a)
	defer server.Close()
	p, err := telnyx.Kind.Poller(channeltest.Settings(settings(t, fmt.Sprintf("backfill: 5m\nnumbers: [\"+15550100999\"]\napi_base: %s\n", server.URL))), channeltest.Host())
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
	if want := `0000 received "Hello, is the shop open?\nZoë", 3 dead "", body dead ""`; strings.Join(got, ", ") != want {
		t.Errorf("stored %s, want %s", strings.Join(got, ", "), want)
	}
}
