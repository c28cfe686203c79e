package plivo_test

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/plivo"
	"gatehouse/ingest"
)

// records answers as Plivo does, one a page.
func records(t *testing.T, all ...string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if user, _, _ := r.BasicAuth(); user != "MA1" {
			w.WriteHeader(http.StatusUnauthorized)
			return
		}
		q, n := r.URL.Query(), 0
		if r.URL.Path != "/v1/Account/MA1/Message/" || q.Get("message_direction") != "inbound" || len(q.Get("message_time__gte")) != len("2026-11-21 12:00:00") {
			t.Errorf("asked %s", r.URL)
		}
		_, _ = fmt.Sscan(q.Get("offset"), &n)
		next := "null"
		if n+1 < len(all) {
			q.Set("offset", fmt.Sprint(n+1))
			next = fmt.Sprintf("%q", r.URL.Path+"?"+q.Encode())
		}
		_, _ = io.WriteString(w, `{"api_id":"1","meta":{"limit":20,"next":`+next+`,"offset":0},"objects":[`+all[n]+`]}`)
	})
}

func record(uuid, direction, at string) string {
	return fmt.Sprintf(`{"from_number":"+15550100042","message_direction":%q,"message_state":"undelivered","message_time":%q,
		"message_type":"sms","message_uuid":%q,"to_number":"+15550100999","units":1}`, direction, at, uuid)
}

// TestRecordsOfWhatWasMissed become dead messages that say who wrote to whom; what
// came is known by its id, and what Plivo may still bring is left for later.
func TestRecordsOfWhatWasMissed(t *testing.T) {
	request, err := os.ReadFile("testdata/01-sms.http")
	if err != nil {
		t.Fatal(err)
	}
	settings, err := os.ReadFile("testdata/settings.yaml")
	if err != nil {
		t.Fatal(err)
	}
	d := channeltest.NewDesk(t, plivo.Kind, string(settings))
	r, err := channeltest.Request(request)
	if err != nil {
		t.Fatal(err)
	}
	if w := d.Do(r); w.Code != http.StatusOK {
		t.Fatal(w.Code)
	}
	live := d.Store.Messages()[0].Arrival.Keys[0]
	server := httptest.NewServer(records(t, record("young", "inbound", "2026-11-21 11:50:00+00:00"), record("sent", "outbound", "2026-11-21 10:00:00+00:00"),
		record(live, "inbound", "2026-11-21 10:00:00+00:00"), record("missed", "inbound", "2026-11-21 15:30:00+05:30")))
	defer server.Close()
	more := fmt.Sprintf("\nauth_id: MA1\nbackfill: 5m\napi_base: %s\n", server.URL)
	p, err := plivo.Kind.Poller(channeltest.Settings(append(without(settings, "auth_id"), more...)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = p.Close() }()
	in := channeltest.NewSession(d.Store, channeltest.Channel, ingest.SMS)
	for range 2 {
		if err := p.Poll(t.Context(), in); err != nil {
			t.Fatal(err)
		}
	}
	all := d.Store.Messages()
	if len(all) != 2 {
		t.Fatalf("%d messages: %+v", len(all), all)
	}
	a := all[1].Arrival
	if all[1].State != ingest.Dead || a.Keys[0] != "missed" || !strings.Contains(a.Note, "from +15550100042 to +15550100999") {
		t.Errorf("%s %q %q", all[1].State, a.Keys, a.Note)
	}
}

// without leaves a key out of settings.
func without(settings []byte, key string) []byte {
	var kept []string
	for line := range strings.Lines(string(settings)) {
		if !strings.HasPrefix(line, key+":") {
			kept = append(kept, line)
		}
	}
	return []byte(strings.Join(kept, ""))
}
