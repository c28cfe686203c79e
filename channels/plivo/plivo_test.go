package plivo_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/plivo"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, plivo.Kind, "../plivo") }

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, plivo.Kind, ".", sign) }

// FuzzReread reads raw forms.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{"{}\nMessageUUID=1&From=15550100042&Media0=https://example.com/1", "{}\nFrom=ACME", "{}", "\n"} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := plivo.Kind.Reread(raw)
		if err == nil && (m.From.Value == "" || strings.ContainsRune(m.Text, 0)) {
			t.Errorf("%+v of %q", m, raw)
		}
	})
}

// sign is what Plivo does with the settings of testdata.
func sign(r *http.Request, body []byte) {
	form, _ := url.ParseQuery(string(body)) // what cannot be read is refused
	signed := "https://in.example.org/plivo/sms/"
	query := inOrder(r.URL.Query(), "=", "&")
	switch {
	case query != "" && len(form) > 0:
		signed += "?" + query + "."
	case query != "" || len(form) > 0:
		signed += "?" + query
	}
	mac := hmac.New(sha256.New, []byte("plivo-test-token-new"))
	mac.Write([]byte(signed + inOrder(form, "", "") + ".1"))
	r.Header.Del("X-Plivo-Signature-Ma-V3")
	r.Header.Set("X-Plivo-Signature-V3", base64.StdEncoding.EncodeToString(mac.Sum(nil)))
	r.Header.Set("X-Plivo-Signature-V3-Nonce", "1")
}

func inOrder(values url.Values, is, and string) string {
	var all []string
	for _, name := range slices.Sorted(maps.Keys(values)) {
		for _, value := range slices.Sorted(slices.Values(values[name])) {
			all = append(all, name+is+value)
		}
	}
	return strings.Join(all, and)
}

// TestOneOfSeveralSignatures has the right one among others in one header.
func TestOneOfSeveralSignatures(t *testing.T) {
	for list, want := range map[string]int{
		"%": 200, "AAAA,%": 200, "%, AAAA": 200, "no base64!,%": 200, "AAAA,BBBB": 403, ",": 403, "": 403,
	} {
		body := "From=15550100042&To=15550100999&Text=hi&MessageUUID=1"
		r, err := channeltest.Request([]byte("POST /hooks/golden HTTP/1.1\nHost: x\nContent-Type: application/x-www-form-urlencoded\n\n" + body))
		if err != nil {
			t.Fatal(err)
		}
		sign(r, []byte(body))
		r.Header.Set("X-Plivo-Signature-V3", strings.ReplaceAll(list, "%", r.Header.Get("X-Plivo-Signature-V3")))
		d := channeltest.NewDesk(t, plivo.Kind, "{auth_token: [plivo-test-token-old, plivo-test-token-new], public_url: https://in.example.org/plivo/sms/}")
		if w := d.Do(r); w.Code != want {
			t.Errorf("%q: %d %v, want %d", list, w.Code, d.Refused, want)
		}
	}
}

// TestCauses tells what to mend where a request is refused.
func TestCauses(t *testing.T) {
	for file, want := range map[string]channels.Cause{
		"10-wrong-token": channels.CauseSecret, "11-no-signature": channels.CauseUnsigned, "12-no-nonce": channels.CauseUnsigned,
		"13-signature-twice": channels.CauseUnsigned, "21-other-url": channels.CauseURL, "22-not-a-form": channels.CauseUnsigned,
		"24-v2-beside-wrong-v3": channels.CauseSecret, "v2/04-v2-other-url": channels.CauseSecret, "v3-only/01-v2": channels.CauseUnsigned,
	} {
		if got := channeltest.Refusal(t, plivo.Kind, "testdata/"+file+".http"); channels.CauseOf(got) != want {
			t.Errorf("%s: %v, want %s", file, got, want)
		}
	}
}

// TestReceipts become events, but for steps that nobody waits for.
func TestReceipts(t *testing.T) {
	for file, want := range map[string][]ingest.DeliveryReport{
		"05-receipt": {{ID: "00000000-0000-4000-8000-000000000105", Status: ingest.Delivered}},
		"25-failed":  {{ID: "00000000-0000-4000-8000-000000000125", Status: ingest.Failed, Code: "300"}},
		"26-queued":  nil,
	} {
		_, reply := channeltest.Parse(t, plivo.Kind, "testdata/"+file+".http")
		if !slices.Equal(reply.Reports, want) || len(reply.Reports)+reply.Ignored != 1 {
			t.Errorf("%s: %+v, want %+v", file, reply, want)
		}
	}
}

// TestFilesAreAskedForAsTheAccount tells Plivo alone who asks.
func TestFilesAreAskedForAsTheAccount(t *testing.T) {
	for settings, want := range map[string]string{"{auth_token: t}": "", "{auth_id: MA1, auth_token: [t, u]}": "MA1:t MA1:u "} {
		media, err := plivo.Kind.Media(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err != nil {
			t.Fatal(err)
		}
		at, got := media.(channels.MediaAt), ""
		for _, credential := range at.Credentials {
			r := httptest.NewRequest(http.MethodGet, "https://media.plivo.com/1", nil)
			credential(r)
			user, password, _ := r.BasicAuth()
			got += user + ":" + password + " "
		}
		if got != want || want != "" && !slices.Equal(at.Hosts, []string{".plivo.com"}) {
			t.Errorf("%s: %q to %q, want %q", settings, got, at.Hosts, want)
		}
	}
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                      "auth_token",
		`{auth_id: MA1}`:          "auth_token",
		`{auth_token: ["t", ""]}`: "empty",
		`{auth_token: t, public_url: /hooks/sms}`: "public_url",
	} {
		_, err := plivo.Kind.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
		if err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
}
