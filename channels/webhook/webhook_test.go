package webhook_test

import (
	"crypto/ed25519"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"testing"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/channels/webhook"
	"gatehouse/ingest"
)

func TestSuite(t *testing.T) { channeltest.Run(t, behindProxy(webhook.Kind), "../webhook") }

var proxied = behindProxy(webhook.Kind)

// behindProxy is the kind behind a proxy that is trusted.
func behindProxy(k channels.Kind) channels.Kind {
	return channeltest.Lend(k, func(h *channels.Host) {
		h.ProxySaid = channels.Proxies{Trusted: []netip.Prefix{netip.MustParsePrefix("192.0.2.0/24")}}.Said
	})
}

func FuzzPost(f *testing.F) { channeltest.FuzzSigned(f, webhook.Kind, ".", sign) }

// sign is what a sender of testdata/settings.yaml does.
func sign(r *http.Request, body []byte) {
	stamp := fmt.Sprint(channeltest.Now.Unix())
	mac := hmac.New(sha256.New, []byte("gatehouse-test-secret-0001"))
	fmt.Fprintf(mac, "msg_fuzz.%s.%s", stamp, body)
	r.Header.Set("webhook-id", "msg_fuzz")
	r.Header.Set("webhook-timestamp", stamp)
	r.Header.Set("webhook-signature", "v1,"+base64.StdEncoding.EncodeToString(mac.Sum(nil)))
}

// FuzzReread reads anything again as what was stored.
func FuzzReread(f *testing.F) {
	for _, seed := range []string{
		`{"product":"json","outer":{"map":{"from":["a.0"],"text":["b"]},"how":"header"}}` + "\n" + `{"a":["+15550100042"],"b":[1,null]}`,
		`{"product":"json","outer":{"map":{"from":["a[?x=='1'].y || $.z"],"text":["b[*].c"],"files":{"each":["f[*]"],"url":["u"],"data":["d"]}},"how":"claimed","outer":{"$.z":["z"]}}}` +
			"\n" + `{"a":[{"x":1,"y":2}],"b":[{"c":"1"},{}],"f":[{"u":"https://example.com/a"},{"d":"data:image/png;base64,AA=="}]}`,
		`{"product":"form","outer":{"map":{"from":["p.a"],"text":["t"]},"how":"claimed"}}` + "\n" + `p={"a":"x"}&t=1&t=2`,
		`{"product":"multipart","outer":{"type":"multipart/form-data; boundary=b","map":{"from":["a"],"text":["a"]},"how":"claimed"}}` + "\n" +
			"--b\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--b--",
		"\n", "{}",
	} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := webhook.Kind.Reread(raw)
		if err == nil && (m.From.Value == "" || strings.ContainsRune(m.Text, 0)) {
			t.Errorf("%+v of %q", m, raw)
		}
	})
}

// opening says what is wrong with settings.
func opening(settings string) error {
	_, err := proxied.Webhook(channeltest.Settings([]byte(settings)), channeltest.Host())
	return err
}

func TestSettings(t *testing.T) {
	for settings, says := range map[string]string{
		`{}`:                                                            "scheme",
		`{scheme: plain}`:                                               "scheme",
		`{scheme: standard}`:                                            "needs a secret",
		`{scheme: standard, secret: whsec_}`:                            "whsec_",
		`{scheme: standard, secret: "whsec_%%"}`:                        "whsec_",
		`{scheme: standard, public_key: whpk_AAAA}`:                     "32 octets",
		`{scheme: github}`:                                              "needs a secret",
		`{scheme: github, secret: ""}`:                                  "empty secret",
		`{scheme: basic, basic_user: u}`:                                "basic_password",
		`{scheme: basic, basic_password: p}`:                            "basic_user",
		`{scheme: bearer, secret: s}`:                                   "bearer_token",
		`{scheme: bearer, bearer_token: t, from_how: so}`:               "from_how",
		`{scheme: bearer, bearer_token: t, from_kind: E}`:               "from_kind",
		`{scheme: bearer, bearer_token: t, public_url: x}`:              "public_url",
		`{scheme: bearer, bearer_token: t, map: {from: a}}`:             "text",
		`{scheme: bearer, bearer_token: t, map: {text: a}}`:             "from",
		`{scheme: bearer, bearer_token: t, map: {from: a..b, text: t}}`: "path",
		`{scheme: bearer, bearer_token: t, each: i, map: {from: a, text: t, id: $.id}}`:               "id of each",
		`{scheme: bearer, bearer_token: t, each: i, map: {from: a, text: t, id: "i || header:X-Id"}}`: "id of each",
		`{scheme: bearer, bearer_token: t, each: "i["}`:                                               "no path", `{scheme: bearer, bearer_token: t, only: {"a[": x}}`: "no path",
		`{scheme: bearer, bearer_token: t, map: {from: [a, "b["], text: t}}`: "no path", `{scheme: bearer, bearer_token: t, map: {from: [], text: t}}`: "from",
		`{scheme: bearer, bearer_token: t, map: {from: {a: b}, text: t}}`: "unmarshal", `{scheme: bearer, bearer_token: t, map: {form: a, text: t}}`: "form",
		`{scheme: bearer, bearer_token: t, map: {from: a, text: "header:authorization"}}`: "secret",
		`{scheme: bearer, bearer_token: t, map: {from: a, text: t, files: {each: f}}}`:    "files", `{scheme: bearer, bearer_token: t, map: {from: a, text: t, envelope_to: "query:to"}}`: "body: mime",
		`{scheme: bearer, bearer_token: t, body: mime, map: {from: "header:X"}}`: "a mail says itself", `{scheme: bearer, bearer_token: t, body: mime, map: {id: a}}`: "a mail says itself",
		`{scheme: bearer, bearer_token: t, body: mime, from_how: verified}`: "a mail says itself", `{scheme: bearer, bearer_token: t, body: mime, only: {a: b}}`: "a mail says itself",
		`{scheme: bearer, bearer_token: t, auth_serv_id: mx}`: "body: mime", `{scheme: mtls}`: "client_fingerprint", `{scheme: mtls, client_fingerprint: abc}`: "hexadecimal",
		`{scheme: mtls, client_subject: ["CN=a", ""]}`: "anybody", `{scheme: bearer, bearer_token: t, body: xml}`: "body", `{scheme: bearer, bearer_token: t, body: text, each: a, map: {from: "query:a"}}`: "no list",
		`{scheme: bearer, bearer_token: t, body: text, map: {from: a}}`: "no fields", `{scheme: bearer, bearer_token: t, body: text}`: "no fields",
		`{scheme: bearer, bearer_token: t, body: text, map: {from: "query:a"}, only: {a: b}}`: "no fields",
	} {
		if err := opening(settings); err == nil || !strings.Contains(err.Error(), says) {
			t.Errorf("%s: %v, want %q", settings, err, says)
		}
	}
	for _, settings := range []string{
		`{scheme: bearer, bearer_token: t, from_kind: email}`, `{scheme: bearer, bearer_token: t, from_kind: phone}`,
		`{scheme: github, secrets: [a, b]}`,
	} {
		if err := opening(settings); err != nil {
			t.Errorf("%s: %v", settings, err)
		}
	}
}

// TestNoProxyNoCertificates opens a channel that would believe anybody.
func TestNoProxyNoCertificates(t *testing.T) {
	host := channeltest.Host()
	host.ProxySaid = nil
	_, err := webhook.Kind.Webhook(channeltest.Settings([]byte("{scheme: mtls, client_subject: CN=a}")), host)
	if err == nil || !strings.Contains(err.Error(), "trusted_proxies") {
		t.Error(err)
	}
}

// TestSecretNotTold opens a channel with a secret that cannot be read.
func TestSecretNotTold(t *testing.T) {
	if err := opening(`{scheme: standard, secret: "whsec_hush!"}`); err == nil || strings.Contains(err.Error(), "hush") {
		t.Errorf("%v", err)
	}
}

func TestEd25519(t *testing.T) {
	public, private, err := ed25519.GenerateKey(nil)
	if err != nil {
		t.Fatal(err)
	}
	settings := "{scheme: standard, public_key: whpk_" + base64.StdEncoding.EncodeToString(public) + "}"
	body, stamp := `{"data":{"from":"ann@example.com","text":"hello"}}`, fmt.Sprint(channeltest.Now.Unix())
	right := "v1a," + base64.StdEncoding.EncodeToString(ed25519.Sign(private, []byte("m1."+stamp+"."+body)))
	for signatures, want := range map[string]int{
		right: 200, "v2,x v1,AAAA " + right: 200, strings.Replace(right, "v1a", "v1", 1): 401, right[:len(right)-4]: 401,
		strings.Repeat("v1a,AAAA ", 40) + right: 401,
	} {
		d := channeltest.NewDesk(t, webhook.Kind, settings)
		r := httptest.NewRequest(http.MethodPost, "/hooks/golden", strings.NewReader(body))
		r.Header.Set("webhook-id", "m1")
		r.Header.Set("webhook-timestamp", stamp)
		r.Header.Set("webhook-signature", signatures)
		if w := d.Do(r); w.Code != want || len(d.Store.Messages()) != (want-401)/-201 {
			t.Errorf("%.40s: %d, %d stored", signatures, w.Code, len(d.Store.Messages()))
		}
	}
}

// TestTooManyElements posts a list that would be one huge transaction.
func TestTooManyElements(t *testing.T) {
	d := channeltest.NewDesk(t, webhook.Kind, `{scheme: bearer, bearer_token: t, each: $}`)
	r := httptest.NewRequest(http.MethodPost, "/hooks/golden", strings.NewReader("["+strings.Repeat("1,", 10_000)+"1]"))
	r.Header.Set("Authorization", "Bearer t")
	w := d.Do(r)
	stored := d.Store.Messages()
	if w.Code != 200 || len(stored) != 1 || stored[0].State != ingest.Dead || !strings.Contains(stored[0].Arrival.Note, "more than") {
		t.Errorf("%d, %d stored", w.Code, len(stored))
	}
}

// TestUsualPlaces reads a body for which no map is said.
func TestUsualPlaces(t *testing.T) {
	for scheme, body := range map[string]string{
		"bearer":   `{"from":"ann@example.com","text":"hello"}`,
		"standard": `{"data":{"from":"ann@example.com","text":"hello"}}`,
	} {
		host := channeltest.Host()
		settings := channeltest.Settings([]byte("{scheme: " + scheme + ", bearer_token: t, secret: AAAA}"))
		h, err := webhook.Kind.Webhook(settings, host)
		if err != nil {
			t.Fatal(err)
		}
		r := httptest.NewRequest(http.MethodPost, "/hooks/golden", nil)
		arrivals, _, err := h.Parse(channels.Request{Request: r, Raw: []byte(body)})
		if err != nil || len(arrivals) != 1 || arrivals[0].Message.Text != "hello" {
			t.Errorf("%s: %+v, %v", scheme, arrivals, err)
		}
	}
}
