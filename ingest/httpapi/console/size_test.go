package console_test

import (
	"compress/gzip"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"regexp"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// firstView is what a page and what it loads may take, in octets as they are
// transferred.
const firstView = 60_000

var loaded = regexp.MustCompile(`/assets/[a-z]+\.[0-9a-f]+\.[a-z]+`)

// Lists as long as they get on one page stay small, with all that they load.
func TestPagesStaySmall(t *testing.T) {
	d := open(t)
	for i := range 50 {
		d.receive(fmt.Sprintf("ann%d@example.com", i), fmt.Sprintf("My order %d is late, and nobody says why", i), strings.Repeat(fmt.Sprintf("Where is it? %d ", i*7919), 20), "")
	}
	d.holdMany(50)
	sue := d.person(ingest.RoleAdmin)
	for at := range reach {
		n, assets := sue.weighs(at), 0
		for _, asset := range unique(loaded.FindAllString(sue.open(at).Text, -1)) {
			assets += sue.weighs(asset)
		}
		if assets == 0 || n+assets > firstView {
			t.Errorf("%s takes %d octets and %d of assets, want %d at most", at, n, assets, firstView)
		}
	}
}

// What another site asks for is not compressed: its length would tell of it.
func TestStrangersGetNoCompressedPage(t *testing.T) {
	d := open(t)
	for from, want := range map[string]string{"same-origin": "gzip", "none": "gzip", "cross-site": "", "same-site": "", "": ""} {
		r := httptest.NewRequest(http.MethodGet, "/sign-in", nil)
		r.Header.Set("Accept-Encoding", "gzip, br")
		r.Header.Set("Sec-Fetch-Site", from)
		w := httptest.NewRecorder()
		d.ServeHTTP(w, r)
		if got := w.Header().Get("Content-Encoding"); got != want || w.Header().Get("Vary") == "" {
			t.Errorf("asked from %q: encoding %q, %v", from, got, w.Header())
		}
		if want == "" {
			continue
		}
		z, err := gzip.NewReader(w.Body)
		must(t, err)
		text, err := io.ReadAll(z)
		must(t, err)
		if !strings.Contains(string(text), "Sign in") {
			t.Errorf("asked from %q: %s", from, text)
		}
	}
}

// weighs is how many octets of an answer a browser is sent.
func (p *person) weighs(at string) int {
	p.d.t.Helper()
	r := httptest.NewRequest(http.MethodGet, at, nil)
	r.Header.Set("Accept-Encoding", "gzip")
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	return len(p.ask(r).is(http.StatusOK).Text)
}

func unique(list []string) (once []string) {
	seen := map[string]bool{}
	for _, s := range list {
		if !seen[s] {
			seen[s] = true
			once = append(once, s)
		}
	}
	return once
}

// holdMany has mail of so many people held, by a rule each.
func (d *desk) holdMany(n int) {
	d.t.Helper()
	for i := range n {
		d.hold(fmt.Sprintf("bob%d@shop%d.example.net", i, i), fmt.Sprintf("Cheap watches number %d, only today and only for you", i))
	}
}
