package sinch_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
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

// TestBackfill brings one message by the callback and by the list.
func TestBackfill(t *testing.T) {
	for _, name := range []string{"01-text", "04-mms"} {
		request, err := os.ReadFile("testdata/" + name + ".http")
		if err != nil {
			t.Fatal(err)
		}
		_, body, _ := strings.Cut(string(request), "\n\n")
		settings := []byte("{webhook_secret: sinch-test-secret-new, service_plan_id: plan1, api_token: [wrong, right], numbers: ['15550109686']}")
		t.Run(name, func(t *testing.T) {
			channeltest.Backfill(t, sinch.Kind, settings, request, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				switch query := r.URL.Query(); {
				case r.Header.Get("Authorization") != "Bearer right":
					w.WriteHeader(http.StatusUnauthorized)
				case r.URL.Path != "/xms/v1/plan1/inbounds" || query.Get("to") != "15550109686" || query.Get("start_date") == "":
					t.Errorf("asked for %s", r.URL)
				case query.Get("page") == "0":
					fmt.Fprintf(w, `{"count":2,"page":0,"page_size":1,"inbounds":[%s]}`, body)
				default:
					fmt.Fprint(w, `{"count":2,"page":1,"page_size":0,"inbounds":[]}`)
				}
			}))
		})
	}
}

// TestSignaturesNobodyCanCheck takes the password of a request that is signed,
// too, on a channel that has no secret.
func TestSignaturesNobodyCanCheck(t *testing.T) {
	d := channeltest.NewDesk(t, sinch.Kind, "{basic_user: sinch, basic_password: p}")
	for password, status := range map[string]int{"p": http.StatusOK, "q": http.StatusUnauthorized} {
		r := httptest.NewRequest(http.MethodPost, "/hooks/"+channeltest.Channel, strings.NewReader(`{"type":"mo_text","id":"1","from":"15550100123"}`))
		sign(r, nil)
		r.SetBasicAuth("sinch", password)
		if w := d.Do(r); w.Code != status {
			t.Errorf("with password %q: %d, want %d", password, w.Code, status)
		}
	}
}
