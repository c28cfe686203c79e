package mailjet_test

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/mailjet"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, mailjet.Kind, "../mailjet") }

func FuzzPost(f *testing.F) {
	channeltest.FuzzSigned(f, mailjet.Kind, ".", func(r *http.Request, _ []byte) { r.SetBasicAuth("desk", "new") })
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                 "anybody could post",
		`{basic_user: u}`:                    "basic_password",
		`{url_secret: s, public_url: /mail}`: "public_url",
	} {
		_, err := mailjet.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestReports become events, with ids beyond any machine's numbers.
func TestReports(t *testing.T) {
	at := time.Unix(1795262340, 0).UTC()
	for file, want := range map[string]ingest.DeliveryReport{
		"15-sent":   {ID: "19421777835146490123", Status: ingest.Delivered, At: at},
		"16-events": {ID: "19421777835146490", Status: ingest.Failed, Code: "user unknown", At: at},
	} {
		_, reply := channeltest.Parse(t, mailjet.Kind, "testdata/"+file+".http")
		if len(reply.Reports) != 1 || reply.Reports[0] != want || file == "16-events" && reply.Ignored != 2 {
			t.Errorf("%s: %+v", file, reply)
		}
	}
}
