package e2e

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
)

const (
	textsURL = "https://support.example.com/sms"
	ourPhone = "+15550109686"
)

// A listing is a provider's list of messages, five a page, the newest first.
type listing struct {
	*httptest.Server
	mu   sync.Mutex
	rows []map[string]string
	down bool
}

func newListing(t *testing.T) *listing {
	l := &listing{}
	l.Server = httptest.NewServer(l)
	t.Cleanup(l.Close)
	return l
}

// put adds a message of that age.
func (l *listing) put(name string, age time.Duration) {
	l.mu.Lock()
	defer l.mu.Unlock()
	at := time.Now().UTC().Add(-age).Format(time.RFC1123Z)
	l.rows = slices.Insert(l.rows, 0, map[string]string{"sid": "SM" + name, "direction": "inbound", "from": "+15550109540", "to": ourPhone,
		"body": name + " " + planted, "num_media": "0", "date_sent": at})
}

func (l *listing) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	l.mu.Lock()
	defer l.mu.Unlock()
	var page int
	_, _ = fmt.Sscan(r.URL.Query().Get("Page"), &page) // none is the first
	if _, token, _ := r.BasicAuth(); token != "secret" || l.down {
		w.WriteHeader(http.StatusServiceUnavailable)
		return
	}
	from, to := min(5*page, len(l.rows)), min(5*page+5, len(l.rows))
	answer := map[string]any{"messages": append([]map[string]string{}, l.rows[from:to]...)}
	if to < len(l.rows) {
		answer["next_page_uri"] = fmt.Sprintf("%s?Page=%d", r.URL.Path, page+1)
	}
	_ = json.NewEncoder(w).Encode(answer) // the client has gone: nobody to tell
}

// channel is one whose provider this is.
func (l *listing) channel(more string) string {
	return fmt.Sprintf("{name: sms, kind: twilio, account_sid: AC1, auth_token: secret, public_url: %q, api_base: %q%s}", textsURL, l.URL, more)
}

// push has the provider call the webhook.
func (h house) push(name string) error {
	form := url.Values{"MessageSid": {"SM" + name}, "From": {"+15550109540"}, "To": {ourPhone}, "Body": {name + " " + planted}, "NumMedia": {"0"}}
	mac := hmac.New(sha1.New, []byte("secret"))
	mac.Write([]byte(textsURL))
	for _, key := range []string{"Body", "From", "MessageSid", "NumMedia", "To"} {
		mac.Write([]byte(key + form.Get(key)))
	}
	a, err := h.Ask(http.MethodPost, "/hooks/sms", form.Encode(), "Content-Type", "application/x-www-form-urlencoded",
		"X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	if err == nil && a.Status != http.StatusOK {
		err = fmt.Errorf("the webhook answers %d: %s", a.Status, a.Body)
	}
	return err
}

func (h house) backfill(want int, args ...string) (b ingest.Backfill) {
	h.T.Helper()
	out := h.Command(want, append([]string{"backfill", "--channel", "sms", "--json"}, args...)...)
	must(h.T, json.Unmarshal([]byte(out), &b))
	return b
}

// The provider is asked by hand: first it is said what would come, then it comes,
// and is marked; what is older than the channel is history.
func TestBackfillByHand(t *testing.T) {
	t.Parallel()
	l := newListing(t)
	l.put("Old", 30*24*time.Hour)
	h := newHouse(t, l.channel(""), widget)
	h.Serve()
	for n := range 7 {
		l.put(fmt.Sprintf("Missed-%d", n), 0)
	}
	must(t, h.push("Missed-3"))
	since := time.Now().AddDate(0, -2, 0).UTC().Format(time.RFC3339)
	if b := h.backfill(0, "--since", since, "--dry-run"); b.Listed != 8 || b.Known != 1 || b.New != 7 || len(h.Messages()) != 1 {
		t.Errorf("a dry run: %+v, %d messages", b, len(h.Messages()))
	}
	if b := h.backfill(0, "--since", since); b.Listed != 8 || b.Known != 1 || b.New != 7 || b.AskedBy != "gatehouse backfill" {
		t.Errorf("the run: %+v", b)
	}
	h.Decided(map[string]int{"sms": 8})
	why := h.Command(0, "why", h.In("conversed", "Missed-0").ID)
	if !strings.Contains(why, "recovered") || strings.Contains(h.Command(0, "why", h.Message("Missed-3").ID), "recovered") {
		t.Errorf("why says of a recovered message: %s", why)
	}
	h.tellsRecovered(map[string]bool{"Missed-0": true, "Missed-3": false})
	if b := h.backfill(0, "--since", since); b.Listed != 8 || b.New != 0 {
		t.Errorf("once more: %+v", b)
	}
	h.Command(2, "backfill", "--channel", "sms", "--since", "yesterday")
	h.Command(1, "backfill", "--channel", "talk", "--since", since)
	h.Command(0, "verify")
}

// tellsRecovered reads what the API and the events say of messages.
func (h house) tellsRecovered(want map[string]bool) {
	h.T.Helper()
	told := map[string]bool{}
	var log struct {
		Items []struct {
			Type    string
			Message string `json:"message_id"`
			Data    struct{ Recovered bool }
		}
	}
	eventually(h.T, "the events are told", func() bool { // other transactions may hold them up
		h.Read(http.StatusOK, http.MethodGet, "/events?limit=200", nil, &log)
		for _, e := range log.Items {
			if e.Type == "message.conversed" {
				told[e.Message] = e.Data.Recovered
			}
		}
		return len(told) == 7
	})
	for name, recovered := range want {
		m := h.Message(name)
		var one struct{ Recovered bool }
		h.Read(http.StatusOK, http.MethodGet, "/messages/"+m.ID, nil, &one)
		if heard, silent := told[m.ID]; one.Recovered != recovered || heard != recovered || !silent {
			h.T.Errorf("%s: the API says %v, its event %v", name, one.Recovered, heard)
		}
	}
	if old := h.Message("Old"); told[old.ID] {
		h.T.Errorf("history makes an event")
	}
}

// The API starts it once for a key, and refuses what has no list.
func TestBackfillAPI(t *testing.T) {
	t.Parallel()
	l := newListing(t)
	h := newHouse(t, l.channel(""), widget)
	h.Serve()
	l.put("One", 0)
	ask := map[string]any{"since": time.Now().Add(-time.Hour)}
	var ids []string
	for range 2 {
		a, err := h.API(http.MethodPost, "/channels/sms/backfill", ask, "Idempotency-Key", "one")
		must(t, err)
		var b ingest.Backfill
		must(t, json.Unmarshal([]byte(a.Body), &b))
		if ids = append(ids, fmt.Sprint(b.ID)); a.Status != http.StatusAccepted || b.Until.IsZero() || b.AskedBy == "" {
			t.Fatalf("%d %s", a.Status, a.Body)
		}
	}
	if ids[0] != ids[1] {
		t.Errorf("one key started %q", ids)
	}
	var b ingest.Backfill
	eventually(t, "it is done", func() bool {
		h.Read(http.StatusOK, http.MethodGet, "/channels/sms/backfill/"+ids[0], nil, &b)
		return b.Ended()
	})
	var list struct{ Items []ingest.Backfill }
	h.Read(http.StatusOK, http.MethodGet, "/channels/sms/backfill", nil, &list)
	if b.State != "done" || b.New != 1 || len(list.Items) != 1 {
		t.Errorf("%+v, %+v", b, list)
	}
	h.Read(http.StatusUnprocessableEntity, http.MethodPost, "/channels/talk/backfill", ask, nil)
	h.Read(http.StatusNotFound, http.MethodPost, "/channels/none/backfill", ask, nil)
	h.Read(http.StatusUnprocessableEntity, http.MethodPost, "/channels/sms/backfill", map[string]any{"since": time.Now().Add(time.Hour)}, nil)
	h.Read(http.StatusNotFound, http.MethodGet, "/channels/sms/backfill/99", nil, nil)
}

// What came while the program was down is taken when it is back, and what comes
// by both roads at once is one message.
func TestBackfillAfterAnOutage(t *testing.T) {
	t.Parallel()
	l := newListing(t)
	h := newHouse(t, l.channel(", backfill: 1m"))
	p := h.Serve()
	eventually(t, "the first look is proven", func() bool {
		var c ingest.ChannelHealth
		h.Read(http.StatusOK, http.MethodGet, "/channels/sms", nil, &c)
		return c.LastOKAt != nil
	})
	p.Kill()
	h.Age()
	for n := range 12 {
		l.put(fmt.Sprintf("Down-%d", n), 0)
	}
	h.Serve()
	h.Decided(map[string]int{"sms": 12})

	var pushed sync.WaitGroup
	for n := range 40 {
		l.put(fmt.Sprintf("Both-%d", n), 0)
	}
	for n := range 40 {
		pushed.Go(func() {
			if err := h.push(fmt.Sprintf("Both-%d", n)); err != nil {
				t.Error(err)
			}
		})
	}
	h.backfill(0, "--since", time.Now().Add(-time.Hour).UTC().Format(time.RFC3339))
	pushed.Wait()
	h.Decided(map[string]int{"sms": 52})
	for _, m := range h.Messages() {
		if m.State != "conversed" {
			t.Errorf("%s is %s: %s %s", m.Name(), m.State, m.Reason, m.Note)
		}
	}
	h.Command(0, "verify")
}

// It dies while it asks by order: another try ends it, nothing is lost or counted twice.
func TestBackfillGoesOnAfterACrash(t *testing.T) {
	t.Parallel()
	l := newListing(t)
	h := newHouse(t, l.channel(""))
	p := h.Serve()
	for n := range 23 {
		l.put(fmt.Sprintf("Missed-%d", n), 0)
	}
	l.down = true
	var b ingest.Backfill
	h.Read(http.StatusAccepted, http.MethodPost, "/channels/sms/backfill", map[string]any{"since": time.Now().Add(-time.Hour)}, &b)
	path := fmt.Sprintf("/channels/sms/backfill/%d", b.ID)
	eventually(t, "it is begun and cannot be done", func() bool {
		h.Read(http.StatusOK, http.MethodGet, path, nil, &b)
		return b.State == "running" && b.Error != ""
	})
	p.Kill()
	h.Age()
	l.mu.Lock()
	l.down = false
	l.mu.Unlock()
	h.Serve()
	eventually(t, "it is done", func() bool {
		h.Read(http.StatusOK, http.MethodGet, path, nil, &b)
		return b.Ended()
	})
	if b.State != "done" || b.New != 23 || b.Listed != 23 || b.Error != "" {
		t.Errorf("%+v", b)
	}
}
