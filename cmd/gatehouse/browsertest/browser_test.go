//go:build long && chromium

package browsertest

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/chromedp/chromedp"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// A page of the loopback is shown and its script runs; no other is reached.
func TestLongBrowser(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/html; charset=utf-8")
		_, _ = w.Write([]byte(`<h1>Grüße</h1><script>
			addEventListener("load", () => document.body.dataset.width = document.querySelector("h1").offsetWidth)
			fetch("http://www.example.com/").catch(() => document.title = "alone")</script>`))
	}))
	t.Cleanup(server.Close)
	tab := Open(t)
	tab.Do(chromedp.Navigate(server.URL))
	tab.Until(`document.title == "alone"`)
	tab.Is(`document.querySelector("h1").textContent == "Grüße"`)
	tab.Is(`!navigator.userAgent.includes("Windows") && document.body.dataset.width > 0`)
	tab.Picture("browser")
}
