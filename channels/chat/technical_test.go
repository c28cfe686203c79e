package chat_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"gatehouse/channels/channeltest"
	"gatehouse/channels/chat"
	"gatehouse/ingest"
)

// from sends a message with a User-Agent and a header of the proxy at address,
// and returns what is known of where it was written.
func from(t *testing.T, address, agent, region, more string) *ingest.Technical {
	t.Helper()
	d := channeltest.NewDesk(t, chat.Kind, "region_header: X-Country")
	r := httptest.NewRequest(http.MethodPost, "/chat/golden/messages", strings.NewReader(`{"id":"1","visitor_id":"v","text":"x"`+more+`}`))
	r.RemoteAddr = address + ":40000"
	r.Header.Set("User-Agent", agent)
	r.Header.Set("X-Country", region)
	if w := d.Do(r); w.Code != 202 {
		t.Fatalf("%d %s", w.Code, w.Body)
	}
	return d.Store.Messages()[0].Arrival.Message.Technical
}

func TestRegionIsWhatOurProxySays(t *testing.T) {
	if got := from(t, "192.0.2.80", "", "DE", ""); got == nil || got.Region != "DE" {
		t.Errorf("of a trusted proxy: %+v", got)
	}
	if got := from(t, "192.0.2.1", "", "DE", ""); got != nil {
		t.Errorf("of anybody: %+v", got)
	}
}

func TestDeviceIsToldByItsAgent(t *testing.T) {
	for agent, want := range map[string]ingest.Device{
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36":                            {OS: "Windows", Browser: "Chrome 140"},
		"Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0":              {OS: "Windows", Browser: "Edge 140"},
		"Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 Safari/605.1.15":                      {OS: "macOS", Browser: "Safari 18"},
		"Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/140.0 Mobile/15E148 Safari/604.1":     {OS: "iOS", Browser: "Chrome 140"},
		"Mozilla/5.0 (Linux; Android 15; SM-S921B) AppleWebKit/537.36 (KHTML, like Gecko) SamsungBrowser/28.0 Chrome/130.0.0.0 Mobile Safari/537.36": {OS: "Android", Browser: "Samsung Internet 28"},
		"Mozilla/5.0 (X11; Linux x86_64; rv:142.0) Gecko/20100101 Firefox/142.0":                                                                     {OS: "Linux", Browser: "Firefox 142"},
		"Mozilla/5.0 (compatible)": {},
		"curl/8.5.0":               {},
	} {
		got := from(t, "192.0.2.1", agent, "", "").Device
		if want == (ingest.Device{}) {
			if got != nil {
				t.Errorf("%s: %+v", agent, got)
			}
		} else if got == nil || *got != want {
			t.Errorf("%s: %+v", agent, got)
		}
	}
	if got := from(t, "192.0.2.1", "Mozilla/5.0 (X11; Linux)", "", `,"device":{"os":"Plan 9","browser":"Mothra"}`).Device; got == nil || got.OS != "Plan 9" {
		t.Errorf("what the widget says: %+v", got)
	}
}
