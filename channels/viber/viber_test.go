package viber_test

import (
	"crypto/sha256"
	"encoding/hex"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/viber"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, viber.Kind, "../viber") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, viber.Kind, ".", sign) }

// sign is what Viber does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	r.Header.Set("X-Viber-Content-Signature", hex.EncodeToString(channels.MAC(sha256.New, "viber-test-new", body)))
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"37-wrong-token": channels.CauseSecret, "38-no-signature": channels.CauseUnsigned, "39-signature-twice": channels.CauseUnsigned,
		"40-base64": channels.CauseSecret, "41-only-in-the-url": channels.CauseUnsigned,
		"parameter/03-twice-in-the-url": channels.CauseUnsigned, "parameter/04-wrong-in-the-header": channels.CauseSecret,
		"parameter/05-wrong-in-the-url": channels.CauseSecret, "parameter/06-nowhere": channels.CauseUnsigned,
	} {
		if got := channeltest.Refusal(t, viber.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

var at = time.UnixMilli(1795262399077).UTC()

// TestReports: how far messages of the desk's came, with all digits of their ids.
func TestReports(t *testing.T) {
	for file, want := range map[string]ingest.DeliveryReport{
		"26-delivered": {ID: "5071801683916800026", Status: ingest.Delivered, At: at},
		"27-seen":      {ID: "5071801683916800027", Status: ingest.Read, At: at},
		"28-failed":    {ID: "5071801683916800028", Status: ingest.Failed, At: at},
	} {
		got, reply := channeltest.Parse(t, viber.Kind, "testdata/"+file+".http")
		if got != nil || len(reply.Reports) != 1 || reply.Reports[0] != want || reply.Ignored != 0 || reply.Opts != nil {
			t.Errorf("%s: %+v, %+v", file, got, reply)
		}
	}
}

// TestOpts: who may be written to.
func TestOpts(t *testing.T) {
	ann := ingest.Identity{Kind: "viber", Value: "AnnAnnAnnAnnAnnAnnAnnA==", How: ingest.Verified}
	for file, want := range map[string]ingest.Opt{
		"22-conversation-started": "", "23-conversation-started-again": ingest.OptIn, "24-subscribed": ingest.OptIn,
		"25-unsubscribed": ingest.OptOut, "29-an-event-to-come": "",
	} {
		got, reply := channeltest.Parse(t, viber.Kind, "testdata/"+file+".http")
		switch {
		case want == "" && (reply.Ignored != 1 || reply.Opts != nil), got != nil, reply.Reports != nil:
			t.Errorf("%s: %+v, %+v", file, got, reply)
		case want != "" && (reply.Ignored != 0 || len(reply.Opts) != 1 || reply.Opts[0] != ingest.Opting{Identity: ann, Opt: want, At: at}):
			t.Errorf("%s: %+v", file, reply)
		}
	}
}

// TestTried: the webhook event is the check of the URL, and counts as nothing.
func TestTried(t *testing.T) {
	got, reply := channeltest.Parse(t, viber.Kind, "testdata/21-webhook.http")
	if got != nil || reply.Status != 0 || reply.Ignored != 0 || reply.Reports != nil || reply.Opts != nil {
		t.Errorf("%+v, %+v", got, reply)
	}
}

// TestRetry: a message is the same when its file's link has been signed afresh.
func TestRetry(t *testing.T) {
	d := channeltest.NewDesk(t, viber.Kind, "auth_token: viber-test-new")
	for _, expires := range []string{"1", "2"} {
		body := `{"event":"message","timestamp":1795262399077,"sender":{"id":"a=="},"message_token":5071801683916822074,` +
			`"message":{"type":"picture","media":"https://dl.example.com/1.jpg?Expires=` + expires + `"}}`
		r := httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel, strings.NewReader(body))
		sign(r, []byte(body))
		if w := d.Do(r); w.Code != http.StatusOK {
			t.Fatal(w.Code)
		}
	}
	if got := d.Store.Messages(); len(got) != 1 || got[0].Arrival.Keys[0] != "5071801683916822074" {
		t.Errorf("%+v", got)
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`: "auth_token", `{auth_token: ""}`: "empty", `{auth_token: t, public_url: /x}`: "public_url", `{auth_token: t, sig: true}`: "sig",
	} {
		_, err := viber.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestSetup says where, and no secret.
func TestSetup(t *testing.T) {
	const where = "https://hooks.example.com/v"
	lines, err := viber.Kind.Setup(channeltest.Settings([]byte("{auth_token: hidden, public_url: "+where+"}")), channeltest.Host())
	if err != nil || lines[0] != where || strings.Contains(strings.Join(lines, "\n"), "hidden") {
		t.Errorf("%q %v", lines, err)
	}
}
