package messagebird_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/messagebird"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, messagebird.Kind, "../messagebird") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, messagebird.Kind, ".", sign) }

// FuzzReread reads raw forms of all products, and whatever attachments they name.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		"{}\nid=1&originator=15550100042&mediaUrls=https://example.com/1", "{}\nmid=1&shortcode=72345&originator=1&message=a", "{}", "\n",
		`{"product":"json"}` + "\n" + `{"id":"1","originator":15550100042,"mediaUrls":["https://example.com/1"]}`,
		`{"row":true}` + "\n" + `{"id":"1","originator":"15550100042","type":"binary","body":"00ff","recipients":{"items":[{"recipient":15550100999}]}}`,
		`{"product":"conversations"}` + "\n" + `{"message":{"id":"1","platform":"sms","from":"1","content":{"location":{"latitude":1,"longitude":2}}}}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := messagebird.Kind.Reread(raw)
		if err != nil {
			return
		}
		if m.From.Value == "" || strings.ContainsRune(m.Text, 0) {
			t.Errorf("%+v of %q", m, raw)
		}
		for _, a := range m.Attachments {
			if b, err := messagebird.Kind.Attachment(raw, a.Index); (err == nil) != (a.Status == "stored") || int64(len(b)) != a.Size {
				t.Errorf("attachment %+v: %d octets, %v", a, len(b), err)
			}
		}
	})
}

// sign is what MessageBird does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	encode := base64.RawURLEncoding.EncodeToString
	address := "https://in.example.org/messagebird"
	if r.URL.RawQuery != "" {
		address += "?" + r.URL.RawQuery
	}
	hash := func(b []byte) string { sum := sha256.Sum256(b); return hex.EncodeToString(sum[:]) }
	payload := ""
	if len(body) > 0 {
		payload = fmt.Sprintf(`,"payload_hash":%q`, hash(body))
	}
	signed := encode([]byte(`{"alg":"HS256","typ":"JWT"}`)) + "." + encode(fmt.Appendf(nil, `{"iss":"MessageBird","nbf":%d,"exp":%d,"jti":"1","url_hash":%q%s}`,
		channeltest.Now.Unix(), channeltest.Now.Unix()+60, hash([]byte(address)), payload))
	mac := hmac.New(sha256.New, []byte("messagebird-test-key-new"))
	mac.Write([]byte(signed))
	r.Header.Set("MessageBird-Signature-JWT", signed+"."+encode(mac.Sum(nil)))
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"12-wrong-key": channels.CauseSecret, "13-no-token": channels.CauseUnsigned, "14-token-twice": channels.CauseUnsigned,
		"15-expired": channels.CauseClock, "17-not-yet": channels.CauseClock, "18-other-url": channels.CauseURL,
		"19-other-body": channels.CauseBody, "20-no-payload-hash": channels.CauseBody, "21-none-algorithm": channels.CauseSecret,
		"22-other-issuer": channels.CauseOther, "23-without-end": channels.CauseOther, "42-old-signature": channels.CauseUnsigned,
		"old/03-stale": channels.CauseClock, "old/04-wrong-key": channels.CauseSecret, "old/05-no-time": channels.CauseUnsigned,
		"old/06-neither": channels.CauseUnsigned, "old/07-wrong-token-beside": channels.CauseSecret,
	} {
		if got := channeltest.Refusal(t, messagebird.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestReceipts become events, but for steps that nobody waits for.
func TestReceipts(t *testing.T) {
	at := time.Date(2026, 11, 21, 11, 59, 59, 0, time.UTC)
	none := ingest.DeliveryReport{}
	for file, want := range map[string]ingest.DeliveryReport{
		"07-receipt-get":  {ID: "00000000000000000000000000000107", Status: ingest.Delivered, At: at},
		"08-failed-get":   {ID: "00000000000000000000000000000108", Status: ingest.Failed, Code: "103", At: at},
		"09-buffered-get": none,
		"10-other-form":   none,
		"35-echo":         none,
		"36-read":         {ID: "00000000000000000000000000000024", Status: ingest.Read, At: at},
		"old/02-receipt":  {ID: "00000000000000000000000000000102", Status: ingest.Delivered, At: at},
	} {
		_, reply := channeltest.Parse(t, messagebird.Kind, "testdata/"+file+".http")
		got := append(reply.Reports, none)[0]
		if got != want || len(reply.Reports)+reply.Ignored != 1 {
			t.Errorf("%s: %+v, want %+v", file, reply, want)
		}
		if stopped := want.Code == "103"; len(reply.Opts) == 1 != stopped || stopped && reply.Opts[0].Identity.Key() != "phone:+15550100042" {
			t.Errorf("%s: %+v", file, reply.Opts)
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                       "signing_key",
		`{signing_key: ["k", ""]}`: "empty",
		`{signing_key: k, clock_tolerance_s: -1}`:  "clock_tolerance_s",
		`{signing_key: k, clock_tolerance_s: 301}`: "clock_tolerance_s",
		`{signing_key: k, backfill: 5m}`:           "access_key",
		`{signing_key: k, public_url: /hooks/mb}`:  "public_url",
	} {
		_, err := messagebird.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
