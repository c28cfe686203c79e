package brevo_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/channels/brevo"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, brevo.Kind, "../brevo") }

func FuzzPost(f *testing.F) {
	channeltest.FuzzSigned(f, brevo.Kind, ".", func(r *http.Request, _ []byte) { r.SetBasicAuth("desk", "new") })
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                 "anybody could post",
		`{basic_user: u}`:                    "basic_password",
		`{url_secret: s, public_url: /mail}`: "public_url",
	} {
		_, err := brevo.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestReports become events, but for steps that nobody waits for.
func TestReports(t *testing.T) {
	_, reply := channeltest.Parse(t, brevo.Kind, "testdata/17-delivered.http")
	want := ingest.DeliveryReport{ID: "<sent1@example.com>", Status: ingest.Delivered, At: time.Unix(1795262340, 0).UTC()}
	if len(reply.Reports) != 1 || reply.Reports[0] != want || reply.Ignored != 0 {
		t.Errorf("%+v", reply)
	}
	if _, reply = channeltest.Parse(t, brevo.Kind, "testdata/18-opened.http"); len(reply.Reports) != 0 || reply.Ignored != 1 {
		t.Errorf("%+v", reply)
	}
}
