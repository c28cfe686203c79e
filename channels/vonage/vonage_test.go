package vonage_test

import (
	"bytes"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/vonage"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, vonage.Kind, "../vonage") }

func FuzzSigned(f *testing.F) { channeltest.FuzzSigned(f, vonage.Kind, ".", sign) }

const secret = "vonage-test-secret-new"

// sign is what Vonage does with the settings of testdata: with a token where the
// request had one, else among the parameters.
func sign(r *http.Request, body []byte) {
	if r.Header.Get("Authorization") != "" {
		r.Header.Set("Authorization", "Bearer "+token(body, nil))
		return
	}
	form, err := url.ParseQuery(string(body))
	if err != nil {
		return // no form: it is refused
	}
	form.Set("timestamp", strconv.FormatInt(channeltest.Now.Unix(), 10))
	form.Set("sig", signature(form))
	text := form.Encode()
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(text)), int64(len(text))
}

func signature(form url.Values) string {
	var text string
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range form[name] {
			if name != "sig" {
				text += "&" + name + "=" + strings.NewReplacer("&", "_", "=", "_").Replace(value)
			}
		}
	}
	return hex.EncodeToString(mac(text))
}

func mac(text string) []byte {
	h := hmac.New(sha256.New, []byte(secret))
	h.Write([]byte(text))
	return h.Sum(nil)
}

// token is signed over a body; more are claims besides those it needs.
func token(body []byte, more map[string]any) string {
	sum := sha256.Sum256(body)
	claims := map[string]any{"iat": channeltest.Now.Unix(), "payload_hash": hex.EncodeToString(sum[:]), "api_key": "abcd1234"}
	maps.Copy(claims, more)
	text := encoded(map[string]string{"alg": "HS256", "typ": "JWT"}) + "." + encoded(claims)
	return text + "." + base64.RawURLEncoding.EncodeToString(mac(text))
}

func encoded(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		panic(err)
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

// FuzzReread reads raw forms of both products, of the list, and joined ones.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		"{}\nmsisdn=15550100042&messageId=1&text=hi&udh=050003010201&data=00", `{"product":"messages"}` + "\n" + `{"message_uuid":1,"from":{"id":2}}`,
		`{"product":"sms","row":true}` + "\n" + `{"message_id":"1","from":"2"}`, "\n",
		`{"parts":{"total":2,"held":[{"number":1,"size":42}]}}` + "\n{}\nmsisdn=15550100042&messageId=1&text=hi&data",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := vonage.Kind.Reread(raw)
		if err == nil && (m.From.Value == "" || strings.ContainsRune(m.Text, 0)) {
			t.Errorf("%+v of %q", m, raw)
		}
	})
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"22-bad-hash": channels.CauseBody, "23-no-hash": channels.CauseBody, "24-wrong-secret": channels.CauseSecret,
		"25-no-algorithm": channels.CauseSecret, "26-other-algorithm": channels.CauseSecret, "27-stale": channels.CauseClock,
		"28-from-the-future": channels.CauseClock, "29-no-time": channels.CauseClock, "30-other-account": channels.CauseSecret,
		"33-basic": channels.CauseUnsigned, "34-two-tokens": channels.CauseUnsigned, "53-no-signature": channels.CauseUnsigned,
		"54-signed-twice": channels.CauseUnsigned, "55-no-hexadecimal": channels.CauseSecret, "56-stale": channels.CauseClock,
		"57-no-time": channels.CauseClock, "59-wrong-secret": channels.CauseSecret, "60-nested": channels.CauseUnsigned,
		"md5hash/02-other-method": channels.CauseSecret, "messages/02-no-authorization": channels.CauseUnsigned,
	} {
		if got := channeltest.Refusal(t, vonage.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestSwallowedParameters: of names with signs in them another request with the
// same signature could be made.
func TestSwallowedParameters(t *testing.T) {
	form := url.Values{"messageId": {"0A1"}, "msisdn": {"15550100042"}, "text": {"hi"}, "to": {"15550109686"}, "type": {"text"}}
	desk := channeltest.NewDesk(t, vonage.Kind, "{signature_secret: "+secret+", signature_method: sha256}")
	if got := desk.Do(post(t, form)).Code; got != http.StatusOK {
		t.Fatalf("as it was sent: %d", got)
	}
	r := post(t, form)
	signed, err := io.ReadAll(r.Body)
	if err != nil {
		t.Fatal(err)
	}
	body := strings.Replace(string(signed), "&to=15550109686&type=", "&to%3D15550109686%26type=", 1)
	r.Body, r.ContentLength = io.NopCloser(strings.NewReader(body)), int64(len(body))
	if got := desk.Do(r).Code; got != http.StatusUnauthorized {
		t.Errorf("with the recipient in a name: %d", got)
	}
}

// TestKeptUnread: a message of which only the id can be read is kept.
func TestKeptUnread(t *testing.T) {
	body := `{"message_uuid":"00000000-0000-4000-8000-0000000000aa","from":[1],"channel":"sms","message_type":"text","text":"hi"}`
	r := httptest.NewRequest(http.MethodPost, "/hooks/golden", nil)
	r.Header.Set("Authorization", "Bearer "+token([]byte(body), nil))
	hook, err := vonage.Kind.Webhook(channeltest.Settings([]byte("{signature_secret: "+secret+"}")), channeltest.Host())
	if err != nil {
		t.Fatal(err)
	}
	got, reply, err := hook.Parse(channels.Request{Request: r, Raw: []byte(body)})
	if err != nil || len(got) != 1 || got[0].Problem != ingest.ReasonUnreadable || reply.Ignored != 0 {
		t.Errorf("%+v, %+v, %v", got, reply, err)
	}
}

// TestReceipts become events, but for steps that nobody waits for.
func TestReceipts(t *testing.T) {
	at := time.Date(2026, 11, 21, 11, 59, 58, 0, time.UTC)
	for file, want := range map[string][]ingest.DeliveryReport{
		"15-delivered":      {{ID: "00000000-0000-4000-8000-000000000015", Status: ingest.Delivered, At: at}},
		"16-undeliverable":  {{ID: "00000000-0000-4000-8000-000000000016", Status: ingest.Failed, Code: "1360", At: at}},
		"17-unknown-status": nil,
		"47-receipt":        {{ID: "0A00000000000047", Status: ingest.Delivered, At: at}},
		"48-failed":         {{ID: "0A00000000000048", Status: ingest.Failed, Code: "6", At: at}},
		"49-buffered":       nil,
	} {
		_, reply := channeltest.Parse(t, vonage.Kind, "testdata/"+file+".http")
		if !slices.Equal(reply.Reports, want) || len(reply.Reports)+reply.Ignored != 1 {
			t.Errorf("%s: %+v, want %+v", file, reply, want)
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                    "signature_secret",
		`{signature_secret: s, product: voice}`: "product",
		`{signature_secret: s, signature_method: crc32}`:                                    "signature_method",
		`{signature_secret: s, product: sms}`:                                               "signature_method",
		`{signature_secret: s, max_skew_s: 0}`:                                              "max_skew_s",
		`{signature_secret: s, max_skew_s: 90000}`:                                          "max_skew_s",
		`{signature_secret: s, application_id: a}`:                                          "go together",
		`{signature_secret: s, backfill: 5m}`:                                               "product",
		`{signature_secret: s, product: messages, api_key: a, api_secret: b, backfill: 1s}`: "at least 1m",
	} {
		_, err := vonage.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

func file(t *testing.T, path string) []byte {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// post is a signed form to the SMS API.
func post(t *testing.T, form url.Values) *http.Request {
	t.Helper()
	r, err := channeltest.Request([]byte("POST /hooks/golden HTTP/1.1\nHost: x\nContent-Type: application/x-www-form-urlencoded\n\n"))
	if err != nil {
		t.Fatal(err)
	}
	var b bytes.Buffer
	b.WriteString(form.Encode())
	sign(r, b.Bytes())
	return r
}
