package twilio_test

import (
	"crypto/hmac"
	"crypto/sha1"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/twilio"
)

func TestSuite(t *testing.T) { channeltest.Run(t, twilio.Kind, "../twilio") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, twilio.Kind, ".", sign) }

// FuzzReread reads raw forms of both roads, and whatever attachments they name.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		"{}\nMessageSid=SM1&From=%2B15550100042&NumMedia=1&Latitude=1&Longitude=2", "{}\nFrom=whatsapp:1&WaId=1", "{}", "\n",
		`{"row":true}` + "\n" + `{"sid":"SM1","from":"+15550100042","num_media":"1","date_sent":"Sun, 15 Nov 2026 19:26:36 +0000"}`,
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := twilio.Kind.Reread(raw)
		if err != nil {
			return
		}
		if m.From.Value == "" || strings.ContainsRune(m.Text, 0) {
			t.Errorf("%+v of %q", m, raw)
		}
		for _, a := range m.Attachments {
			if b, err := twilio.Kind.Attachment(raw, a.Index); (err == nil) != (a.Status == "stored") || int64(len(b)) != a.Size {
				t.Errorf("attachment %+v: %d octets, %v", a, len(b), err)
			}
		}
	})
}

// sign is what Twilio does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	signed := "https://in.example.org/twilio/sms?" + r.URL.RawQuery
	form, _ := url.ParseQuery(string(body)) // what cannot be read is refused
	for _, name := range slices.Sorted(maps.Keys(form)) {
		for _, value := range slices.Compact(slices.Sorted(slices.Values(form[name]))) {
			signed += name + value
		}
	}
	mac := hmac.New(sha1.New, []byte("twilio-test-token-new"))
	mac.Write([]byte(signed))
	r.Header.Set("X-Twilio-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                               "account_sid",
		`{account_sid: AC1}`:               "auth_token",
		`{auth_token: t}`:                  "account_sid",
		`{account_sid: AC1, auth_token: }`: "auth_token",
		`{account_sid: AC1, auth_token: ["t", ""]}`:                 "empty",
		`{account_sid: AC1, auth_token: t, public_url: /hooks/sms}`: "public_url",
	} {
		_, err := twilio.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}

// TestAttachmentsAreNotInvented asks for what is not in the raw form.
func TestAttachmentsAreNotInvented(t *testing.T) {
	raw := []byte("{}\nMessageSid=SM1&From=%2B15550100042&NumMedia=1&MediaUrl0=https://example.com/1&Latitude=1&Longitude=2")
	for index, want := range map[int]bool{-1: false, 0: false, 1: true, 2: false} {
		if b, err := twilio.Kind.Attachment(raw, index); (err == nil) != want {
			t.Errorf("%d: %q, %v", index, b, err)
		}
	}
	if _, err := twilio.Kind.Attachment([]byte("no envelope"), 0); err == nil {
		t.Error("an attachment of nothing")
	}
}
