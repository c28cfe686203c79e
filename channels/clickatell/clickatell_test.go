package clickatell_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/clickatell"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, clickatell.Kind, "../clickatell") }

func FuzzPost(f *testing.F) {
	channeltest.FuzzSigned(f, clickatell.Kind, ".", func(r *http.Request, _ []byte) { r.SetBasicAuth("desk", "old") })
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                "anybody could post",
		`{basic_user: u}`:                   "basic_password",
		`{header_secret: ""}`:               "empty",
		`{url_secret: s, public_url: /sms}`: "public_url",
	} {
		_, err := clickatell.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestReceipts reads how far something came that was sent.
func TestReceipts(t *testing.T) {
	hook, err := clickatell.Kind.Webhook(channeltest.Settings([]byte(`url_secret: s`)), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	for body, want := range map[string]channels.Reply{
		`{"messageId":"a","statusCode":4,"timestamp":1795262362123}`: {
			Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Delivered, At: time.UnixMilli(1795262362123).UTC()}}},
		`{"messageId":"a","statusCode":"3"}`: {Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Sent}}},
		`{"messageId":"a","statusCode":10}`:  {Reports: []ingest.DeliveryReport{{ID: "a", Status: ingest.Failed, Code: "10"}}},
		`{"messageId":"a","statusCode":2}`:   {Ignored: 1},
		`{"statusCode":4}`:                   {Ignored: 1},
	} {
		r := channels.Request{Request: httptest.NewRequest(http.MethodPost, "/", nil), Raw: []byte(body)}
		arrivals, reply, err := hook.Parse(r)
		if diff := cmp.Diff(want, reply); err != nil || len(arrivals) != 0 || diff != "" {
			t.Errorf("%s: %d arrivals, %v, -want +got\n%s", body, len(arrivals), err, diff)
		}
	}
}
