package channels_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/channels"
	"gatehouse/channels/channeltest"
	"gatehouse/ingest"
)

func TestExternalURL(t *testing.T) {
	host := channels.Host{PublicURL: "https://support.example.com/hooks/sms"}
	for _, c := range []struct{ setting, target, want string }{
		{"", "/hooks/sms", "https://support.example.com/hooks/sms"},
		{"", "/hooks/sms?a=%2b&b=", "https://support.example.com/hooks/sms?a=%2b&b="},
		{"https://in.example.org:8443/x%2Fy?tenant=old#rc=3", "/hooks/sms?tenant=a+b", "https://in.example.org:8443/x%2Fy?tenant=a+b"},
	} {
		base, err := channels.BaseURL(c.setting, host)
		if got := channels.ExternalURL(base, httptest.NewRequest(http.MethodPost, c.target, nil)); err != nil || got != c.want {
			t.Errorf("%q, %q: %q, %v; want %q", c.setting, c.target, got, err, c.want)
		}
	}
	for _, bad := range []string{"support.example.com/hooks", "/hooks", "ftp://example.com/", "https://", ":"} {
		if base, err := channels.BaseURL(bad, host); err == nil {
			t.Errorf("%q is taken for %q", bad, base)
		}
	}
}

func TestReplayWindow(t *testing.T) {
	now := time.Unix(1_800_000_000, 0)
	for text, want := range map[string]bool{
		"1800000000": true, "1799999700": true, "1800000300": true, "1799999699": false, "1800000301": false,
		"": false, "01800000000": false, "+1800000000": false, "1800000000.0": false, "-1": false, "99999999999999999999": false,
	} {
		at, err := channels.UnixSeconds(text)
		if err == nil {
			err = channels.Recent(now, at, 5*time.Minute)
		}
		if (err == nil) != want {
			t.Errorf("%q: %v, want passed %v", text, err, want)
		}
	}
}

func TestText(t *testing.T) {
	if got := channels.Text("a\x00b\n\xffc"); got != "ab\n\uFFFDc" {
		t.Errorf("text %q", got)
	}
	if got := channels.Line("  Zoë\r\n\tMüller\x00 ", 9); got != "Zoë  Müll" {
		t.Errorf("line %q", got)
	}
}

func TestURLName(t *testing.T) {
	for address, want := range map[string]string{
		"https://media.example.com/v1/a%20b.pdf?x=/1#2": "a b.pdf", "https://media.example.com/v1/": "", "https://media.example.com": "",
		"https://media.example.com/..%2Fetc": "etc", "https://media.example.com/a%0Ab": "a b", "": "", "%": "",
	} {
		if got := channels.URLName(address); got != want {
			t.Errorf("%q: %q, want %q", address, got, want)
		}
	}
}

func TestSecretsAny(t *testing.T) {
	s := channels.Secrets{"new", "old"}
	if !s.Is("old") || !s.Is("new") || s.Is("ol") || s.Is("oldest") || s.Is("") || (channels.Secrets{}).Is("") {
		t.Error("a secret is known by all of its letters, and nobody by none")
	}
	tried := 0
	var used []string
	h := channels.Host{Used: func(secret string) { used = append(used, secret) }}
	if h.Any(s, func(secret string) bool { tried++; return secret == "old" }); tried != 2 {
		t.Errorf("%d of 2 tried: the time tells which was right", tried)
	}
	if h.Any(s, func(string) bool { return false }); !slices.Equal(used, []string{"old"}) {
		t.Errorf("noted as used: %q", used)
	}
}

// guarded is a webhook that lets nobody in.
type guarded struct{}

func (guarded) Verify(channels.Request) error {
	return &channels.Refusal{Status: http.StatusUnauthorized, Challenge: `Basic realm="x"`, Err: http.ErrNoCookie}
}

func (guarded) Parse(channels.Request) ([]ingest.Arrival, channels.Reply, error) {
	return nil, channels.Reply{}, nil
}

func TestChallenge(t *testing.T) {
	k := channels.Kind{Name: "guarded", Family: ingest.Hook,
		Webhook: func(channels.Settings, channels.Host) (channels.Webhook, error) { return guarded{}, nil }}
	w := channeltest.NewDesk(t, k, "{}").Do(httptest.NewRequest(http.MethodPost, "/hooks/golden", strings.NewReader("x")))
	if w.Code != http.StatusUnauthorized || w.Header().Get("WWW-Authenticate") != `Basic realm="x"` {
		t.Errorf("answered %d %v", w.Code, w.Header())
	}
}

func TestSeal(t *testing.T) {
	for _, element := range []string{"", "a\nb\x00\xff", "{}\n"} {
		raw, err := channels.Seal(map[string]string{"a": "<\n>"}, []byte(element))
		if err != nil {
			t.Fatal(err)
		}
		var envelope map[string]string
		got, err := channels.Unseal(raw, &envelope)
		if err != nil || string(got) != element || envelope["a"] != "<\n>" {
			t.Errorf("%q: %q %q, %v", element, got, envelope, err)
		}
	}
	for _, raw := range []string{"", "{}", "x\n{}", "\n"} {
		if _, err := channels.Unseal([]byte(raw), &struct{}{}); err == nil {
			t.Errorf("%q has an envelope", raw)
		}
	}
}

func TestLocation(t *testing.T) {
	for _, c := range []struct {
		lat, lon string
		want     bool
	}{
		{"37.7749295", "-122.4194155", true}, {"-90", "180", true}, {"90.1", "0", false}, {"0", "-181", false},
		{"", "0", false}, {"0", "", false}, {"NaN", "0", false}, {"0x1p-2", "0", false}, {"+1", "0", false}, {"1],[2", "0", false},
	} {
		place := channels.Location{Latitude: json.Number(c.lat), Longitude: json.Number(c.lon), Name: "x"}
		b, err := place.GeoJSON()
		if (err == nil) != c.want || c.want && !json.Valid(b) {
			t.Errorf("%s, %s: %s, %v", c.lat, c.lon, b, err)
		}
	}
}

func TestRetryAfter(t *testing.T) {
	now := time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)
	for said, want := range map[string]time.Duration{
		"7": 7 * time.Second, "0": 10 * time.Millisecond, "-3": 10 * time.Millisecond, "9223372036854775807": 24 * time.Hour,
		"Sat, 21 Nov 2026 12:01:00 GMT": time.Minute, "Sat, 21 Nov 2026 11:00:00 GMT": 10 * time.Millisecond, "": 2 * time.Second, "soon": 2 * time.Second,
	} {
		if got := channels.RetryAfter(said, now); got != want {
			t.Errorf("%q: %v, want %v", said, got, want)
		}
	}
}
