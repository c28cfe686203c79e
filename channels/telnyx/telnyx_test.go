package telnyx_test

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/telnyx"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, telnyx.Kind, "../telnyx") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, telnyx.Kind, ".", sign) }

// FuzzReread reads raw forms of both roads.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		`{}` + "\n" + `{"payload":{"id":"1","type":"SMS","from":{"phone_number":"+15550100042"},"media":[{"url":"https://example.com/1","size":"1"}]}}`,
		`{"row":true}` + "\n" + `{"id":"1","type":"SMS","from":"ACME","to":["+15550100999"],"received_at":"2026-11-21T12:00:00Z"}`, "{}", "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := telnyx.Kind.Reread(raw)
		if err == nil && (m.From.Value == "" || strings.ContainsRune(m.Text, 0)) {
			t.Errorf("%+v of %q", m, raw)
		}
	})
}

// sign is what Telnyx does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	seed := sha256.Sum256([]byte("telnyx-test-new"))
	stamp := strconv.FormatInt(channeltest.Now.Unix(), 10)
	signature := ed25519.Sign(ed25519.NewKeyFromSeed(seed[:]), slices.Concat([]byte(stamp+"|"), body))
	r.Header.Set("Telnyx-Timestamp", stamp)
	r.Header.Set("Telnyx-Signature-Ed25519", base64.StdEncoding.EncodeToString(signature))
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"12-wrong-key": channels.CauseSecret, "13-no-signature": channels.CauseUnsigned, "14-no-timestamp": channels.CauseUnsigned,
		"15-signature-twice": channels.CauseUnsigned, "16-stale": channels.CauseClock, "17-future": channels.CauseClock,
		"19-odd-timestamp": channels.CauseOther,
	} {
		if got := channeltest.Refusal(t, telnyx.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestReceipts become events, but for steps that nobody waits for.
func TestReceipts(t *testing.T) {
	at := time.Date(2026, 11, 21, 11, 59, 59, 0, time.UTC)
	for file, want := range map[string]*ingest.DeliveryReport{
		"06-receipt":    {ID: "00000000-0000-4000-8000-000000000006", Status: ingest.Delivered, At: at},
		"07-failed":     {ID: "00000000-0000-4000-8000-000000000007", Status: ingest.Failed, Code: "40008", At: at},
		"08-on-the-way": nil,
		"25-probe":      nil,
	} {
		_, reply := channeltest.Parse(t, telnyx.Kind, "testdata/"+file+".http")
		if want == nil {
			if reply.Reports != nil || reply.Ignored != 1 {
				t.Errorf("%s: %+v, want none", file, reply)
			}
			continue
		}
		if len(reply.Reports) != 1 || reply.Ignored != 0 || !reply.Reports[0].At.Equal(want.At) {
			t.Fatalf("%s: %+v, want %+v", file, reply, want)
		}
		if reply.Reports[0].At = want.At; reply.Reports[0] != *want {
			t.Errorf("%s: %+v, want %+v", file, reply.Reports[0], want)
		}
	}
}

func TestSettings(t *testing.T) {
	const key = "4fbIYaKb3m/LZgAgqQFjdYx5MQ0uw4HmKmhVhHm98NA="
	for settings, says := range map[string]string{
		`{}`:                                    "public_key_b64",
		`{public_key_b64: AAAA}`:                "32 octets",
		`{public_key_b64: "???"}`:               "32 octets",
		`{public_key_b64: ["` + key + `", ""]}`: "empty",
		`{public_key_b64: "` + key + `", backfill: 5m}`:              "api_key",
		`{public_key_b64: "` + key + `", public_url: /hooks/telnyx}`: "public_url",
	} {
		_, err := telnyx.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
