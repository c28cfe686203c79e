package postmark_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/postmark"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, postmark.Kind, "../postmark") }

func FuzzPost(f *testing.F) {
	channeltest.FuzzSigned(f, postmark.Kind, ".", func(r *http.Request, _ []byte) { r.SetBasicAuth("desk", "new") })
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                 "anybody could post",
		`{basic_user: u}`:                    "basic_password",
		`{url_secret: s, public_url: /mail}`: "public_url",
		`{url_secret: s, rewrites_from: 7}`:  "want a domain",
	} {
		_, err := postmark.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestRecords reads what Postmark tells of mail that was sent.
func TestRecords(t *testing.T) {
	hook, err := postmark.Kind.Webhook(channeltest.Settings([]byte(`url_secret: s`)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	at := time.Date(2026, 11, 21, 11, 58, 0, 0, time.UTC)
	ann, err := ingest.ParseIdentity("email", "ann@example.com", ingest.Header)
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]channels.Reply{
		`{"RecordType":"Delivery","MessageID":"a","DeliveredAt":"2026-11-21T06:58:00.0000000-05:00"}`: {
			Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Delivered, At: at}}},
		`{"RecordType":"Bounce","MessageID":"a","Type":"HardBounce"}`: {Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Failed, Code: "HardBounce"}}},
		`{"RecordType":"Bounce","MessageID":"a","Type":"Transient"}`:  {Ignored: 1},
		`{"RecordType":"SubscriptionChange","Origin":"Recipient","Recipient":"ann@example.com","SuppressSending":true,"ChangedAt":"2026-11-21T11:58:00Z"}`: {
			Opts: []ingest.Opting{{Identity: ann, Opt: ingest.OptOut, At: at}}},
		`{"RecordType":"SubscriptionChange","Origin":"Recipient","Recipient":"ann@example.com"}`: {Opts: []ingest.Opting{{Identity: ann, Opt: ingest.OptIn}}},
		`{"RecordType":"SubscriptionChange","Origin":"Recipient","Recipient":"nobody"}`:          {Ignored: 1},
		`{"RecordType":"SubscriptionChange","Origin":"Customer","Recipient":"ann@example.com"}`:  {Ignored: 1},
	} {
		r := channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: []byte(body)}
		arrivals, reply, err := hook.Parse(r)
		if diff := cmp.Diff(want, reply); err != nil || len(arrivals) != 0 || diff != "" {
			t.Errorf("%s: %d arrivals, %v, -want +got\n%s", body, len(arrivals), err, diff)
		}
	}
}

// TestNever403 is the answer after which Postmark tries no more.
func TestNever403(t *testing.T) {
	d := channeltest.NewDesk(t, postmark.Kind, `url_secret: s`)
	if w := d.Do(httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel, strings.NewReader("{}"))); w.Code != http.StatusUnauthorized {
		t.Errorf("answered %d", w.Code)
	}
}
