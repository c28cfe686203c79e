//go:build long && chromium

package e2e

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"gatehouse/cmd/gatehouse/browsertest"
	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

// A hooked is a program that is told of events: it takes what is signed with one
// of its secrets, unless it is down.
type hooked struct {
	*httptest.Server
	mu      sync.Mutex
	secrets []string // whsec_…
	down    bool
	took    []string // types
	refused int
}

func newHooked(t *testing.T) *hooked {
	h := &hooked{}
	h.Server = httptest.NewServer(h)
	t.Cleanup(h.Close)
	return h
}

func (h *hooked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	h.mu.Lock()
	defer h.mu.Unlock()
	switch {
	case h.down:
		w.WriteHeader(http.StatusInternalServerError)
	case len(h.secrets) == 0 || slices.ContainsFunc(h.secrets, func(s string) bool { return !signedWith(s, r.Header, body) }):
		h.refused++
		w.WriteHeader(http.StatusUnauthorized)
	default:
		var e struct{ Type string }
		_ = json.Unmarshal(body, &e)
		h.took = append(h.took, e.Type)
	}
}

// signedWith checks a signature as Standard Webhooks have it.
func signedWith(secret string, h http.Header, body []byte) bool {
	key, err := base64.StdEncoding.DecodeString(strings.TrimPrefix(secret, "whsec_"))
	if err != nil {
		return false
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(h.Get("webhook-id") + "." + h.Get("webhook-timestamp") + "." + string(body)))
	want := "v1," + base64.StdEncoding.EncodeToString(mac.Sum(nil))
	return slices.Contains(strings.Fields(h.Get("webhook-signature")), want)
}

func (h *hooked) knows(secrets ...string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.secrets = secrets
}

func (h *hooked) goes(down bool) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.down = down
}

func (h *hooked) has(t housetest.TB, kind string) {
	t.Helper()
	eventually(t, kind+" comes", func() bool {
		h.mu.Lock()
		defer h.mu.Unlock()
		return slices.Contains(h.took, kind)
	})
}

// An administrator adds an endpoint, sees its secret once, and sends a test; gives
// it another secret, with which all is signed beside the old one; and when the
// program there was down for too long, has what was given up delivered.
func TestLongConsoleWorksAnEndpoint(t *testing.T) {
	t.Parallel()
	c := &console{house{housetest.NewOn(t, localpg.Test(t), housetest.Settings+sealed+"\nendpoints: {allow: [127.0.0.0/8]}", mailHook, housetest.SiteChat)}}
	c.Serve()
	h := newHooked(t)
	ada := c.person(t, "admin", "ada")
	ada.open("/endpoints")
	ada.See("No endpoint yet")
	ada.Fill("Address", h.URL+"/hook")
	ada.Fill("What it is for", "The ticket system")
	ada.Fill("Events", "message.held")
	ada.Click("Add")
	first := ada.secret()
	h.knows(first)
	ada.Click("To the endpoint")
	ada.See("The ticket system", "works", "0 events waiting")
	ada.Click("Send a test")
	ada.See("It was taken, with the answer 200")
	h.has(t, "endpoint.test")
	ada.hides("whsec_")

	ada.Click("Make another")
	second := ada.secret()
	h.knows(first, second)
	ada.Click("To the endpoint")
	ada.Click("Send a test")
	ada.See("It was taken, with the answer 200")
	h.knows("whsec_b3RoZXI=")
	ada.Click("Send a test")
	ada.See("It was not taken, with the answer 401", "it refused us")
	h.knows(second)
	ada.open(strings.TrimSuffix(browsertest.Value[string](ada.Tab, "location.pathname"), "/test"))
	c.givenUpAndTaken(ada, h)
}

// secret is the one that the page shows, which is another than before.
func (p person) secret() string {
	p.c.T.Helper()
	p.See("Keep this secret now", "It is not shown again.")
	return browsertest.Value[string](p.Tab, `document.querySelector("main code").textContent`)
}

// givenUpAndTaken has the program fail until a delivery is given up, and retried.
func (c *console) givenUpAndTaken(ada person, h *hooked) {
	c.T.Helper()
	h.goes(true)
	c.rule(map[string]any{"kind": "block", "target": "email:ben@example.net", "reason": "spam"})
	c.mailed(mail("Ben <ben@example.net>", "Cheap watches", "Buy."))
	ada.reloadsUntil("Waiting")
	ada.See("message.held")
	eventually(c.T, "it is given up", func() bool { // as after a day
		c.SQL("update deliveries set spent = 7, next_at = now() where state = 'pending' and tries > 0 and spent < 7")
		var list struct{ Items []struct{ Type string } }
		c.Read(http.StatusOK, http.MethodGet, "/deliveries?state=dead", nil, &list)
		return len(list.Items) == 1
	})
	ada.reloadsUntil("Given up")
	ada.See("it had a fault of its own", "failing")
	ada.Click("message.held")
	ada.See("given up", "500")
	h.goes(false)
	ada.Click("Try again")
	ada.See("from the beginning of its tries")
	ada.Press("Enter")
	h.has(c.T, "message.held")
	ada.reloadsUntil("delivered")
	ada.Click("The endpoint")
	ada.reloadsUntil("works")
	ada.See("0 events waiting")
}

// reloadsUntil loads the page again until it says something.
func (p person) reloadsUntil(says string) {
	p.c.T.Helper()
	at := browsertest.Value[string](p.Tab, "location.pathname")
	eventually(p.c.T, at+" says "+says, func() bool {
		p.open(at)
		return strings.Contains(p.Says(), says)
	})
}
