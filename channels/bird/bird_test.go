package bird_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"
	"time"

	"go.uber.org/goleak"

	"gatehouse/channels"
	"gatehouse/channels/bird"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestSuite(t *testing.T) { channeltest.Run(t, bird.Kind, "../bird") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, bird.Kind, ".", sign) }

// FuzzReread reads raw forms, and whatever attachments they name.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		`{"product":"sms"}` + "\n" + `{"id":"1","sender":{"contact":{"identifierValue":"+15550100042"}},"body":{"type":"text","text":{"text":"a"}}}`,
		`{"product":"whatsapp"}` + "\n" + `{"id":"1","sender":{"contact":{"identifierKey":"phonenumber","identifierValue":"+15550100042"}},
			"body":{"location":{"coordinates":{"latitude":1,"longitude":2}}}}`, "{}", "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := bird.Kind.Reread(raw)
		if err != nil {
			return
		}
		if m.From.Value == "" || strings.ContainsRune(m.Text, 0) {
			t.Errorf("%+v of %q", m, raw)
		}
		for _, a := range m.Attachments {
			if b, err := bird.Kind.Attachment(raw, a.Index); (err == nil) != (a.Status == "stored") || int64(len(b)) != a.Size {
				t.Errorf("attachment %+v: %d octets, %v", a, len(b), err)
			}
		}
	})
}

// sign is what Bird does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	address, stamp := "https://in.example.org/bird", strconv.FormatInt(channeltest.Now.Unix(), 10)
	if r.URL.RawQuery != "" {
		address += "?" + r.URL.RawQuery
	}
	sum := sha256.Sum256(body)
	mac := hmac.New(sha256.New, []byte("bird-test-key-new"))
	mac.Write([]byte(stamp + "\n" + address + "\n"))
	mac.Write(sum[:])
	r.Header.Set("MessageBird-Request-Timestamp", stamp)
	r.Header.Set("MessageBird-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"15-wrong-key": channels.CauseSecret, "16-no-signature": channels.CauseUnsigned, "17-no-time": channels.CauseUnsigned,
		"18-signature-twice": channels.CauseUnsigned, "19-stale": channels.CauseClock, "20-future": channels.CauseClock,
		"21-other-url": channels.CauseURL, "30-no-base64": channels.CauseSecret, "32-old-scheme": channels.CauseSecret,
	} {
		if got := channeltest.Refusal(t, bird.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestReceipts become events, but for steps that nobody waits for.
func TestReceipts(t *testing.T) {
	at := time.Date(2026, 11, 21, 11, 59, 59, 500_000_000, time.UTC)
	none := ingest.DeliveryReport{}
	for file, want := range map[string]ingest.DeliveryReport{
		"08-receipt":     {ID: "00000000-0000-4000-8000-000000000008", Status: ingest.Delivered, At: at},
		"09-failed":      {ID: "00000000-0000-4000-8000-000000000009", Status: ingest.Failed, At: at},
		"10-on-the-way":  none,
		"11-interaction": none,
		"13-echo":        none,
	} {
		_, reply := channeltest.Parse(t, bird.Kind, "testdata/"+file+".http")
		if got := append(reply.Reports, none)[0]; got != want || len(reply.Reports)+reply.Ignored != 1 {
			t.Errorf("%s: %+v, want %+v", file, reply, want)
		}
	}
}

// TestFilesAreAskedForWithTheKey tells Bird alone who asks.
func TestFilesAreAskedForWithTheKey(t *testing.T) {
	media, err := bird.Kind.Media(channeltest.Settings([]byte("{signing_key: k, access_key: a}")), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	at := media.(channels.MediaAt)
	r, _ := http.NewRequest(http.MethodGet, "https://media.api.bird.com/1", nil)
	for _, credential := range at.Credentials {
		credential(r)
	}
	if got := r.Header.Get("Authorization"); got != "AccessKey a" || strings.Join(at.Hosts, " ") != ".bird.com .messagebird.com" {
		t.Errorf("%q to %q", got, at.Hosts)
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                 "signing_key",
		`{signing_key: ["k", ""]}`:           "empty",
		`{signing_key: k, max_skew_s: 0}`:    "max_skew_s",
		`{signing_key: k, max_skew_s: 7200}`: "max_skew_s",
		`{signing_key: k, public_url: x}`:    "public_url",
	} {
		_, err := bird.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
