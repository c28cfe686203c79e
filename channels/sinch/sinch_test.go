package sinch_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"net/http"
	"strconv"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/sinch"
)

func TestSuite(t *testing.T) { channeltest.Run(t, sinch.Kind, "../sinch") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, sinch.Kind, ".", sign) }

// FuzzReread reads raw forms of both APIs.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		`{}` + "\n" + `{"type":"mo_media","id":"1","from":"1","body":{"media":[{"url":"https://example.com/1"}]}}`,
		`{"product":"conversation"}` + "\n" + `{"message":{"id":"1","contact_message":{"location_message":{"coordinates":{"latitude":1,"longitude":2}}},` +
			`"channel_identity":{"channel":"SMS","identity":1}}}`,
		"{}", "\n",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := sinch.Kind.Reread(raw)
		if err != nil {
			return
		}
		if m.From.Value == "" || strings.ContainsRune(m.Text, 0) {
			t.Errorf("%+v of %q", m, raw)
		}
		for _, a := range m.Attachments {
			if b, err := sinch.Kind.Attachment(raw, a.Index); (err == nil) != (a.Status == "stored") || int64(len(b)) != a.Size {
				t.Errorf("attachment %+v: %d octets, %v", a, len(b), err)
			}
		}
	})
}

// sign is what Sinch does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	nonce, at := "01HTESTNONCE0000000000000A", strconv.FormatInt(channeltest.Now.Unix(), 10)
	mac := hmac.New(sha256.New, []byte("sinch-test-secret-new"))
	mac.Write(body)
	mac.Write([]byte("." + nonce + "." + at))
	r.Header.Set("X-Sinch-Webhook-Signature", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	r.Header.Set("X-Sinch-Webhook-Signature-Nonce", nonce)
	r.Header.Set("X-Sinch-Webhook-Signature-Timestamp", at)
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                    "webhook_secret",
		`{webhook_secret: ""}`:                  "empty",
		`{webhook_secret: s, max_skew_s: 0}`:    "max_skew_s",
		`{webhook_secret: s, basic_user: u}`:    "basic_password",
		`{webhook_secret: s, public_url: /sms}`: "public_url",
		`{webhook_secret: s, api_token: t}`:     "service_plan_id",
	} {
		_, err := sinch.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
