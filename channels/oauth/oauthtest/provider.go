// Package oauthtest is an authorisation server for tests (RFC 6749, 7523, 7636,
// 8628, 7662), as strict as the strictest: a refresh token is good once where
// it rotates, a code is good once and for its verifier and address alone. It
// fails on demand, and counts.
package oauthtest

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"time"
)

// TB is what a provider asks of the test that it is for.
type TB interface{ Cleanup(func()) }

// The client that it knows.
const (
	ClientID     = "gatehouse-test"
	ClientSecret = "client-secret"
)

// A Fault is what becomes of one exchange of a token.
type Fault int

// The faults. After Cut the provider has done nothing, after Lost it has done
// its part, and nobody hears of it.
const (
	None Fault = iota
	Away       // 503
	Cut
	Lost
	Slow  // after the test lets it: Provider.Go
	Stray // a page of a proxy that knows nothing
)

// A Provider knows one owner, whoever signs in there.
type Provider struct {
	URL string
	Go  chan struct{} // each value lets one slow exchange go on

	mu       sync.Mutex
	server   *httptest.Server
	owner    string
	rotates  bool
	life     time.Duration
	refresh  map[string]bool
	access   map[string]time.Time
	codes    map[string]code
	device   string // "", grant or decline
	faults   []Fault
	clock    func() time.Time
	renewals int
	reused   int
	busy     int
	together int
}

type code struct{ challenge, redirect string }

// New starts a provider whose tokens are the owner's and rotate. It ends with
// the test.
func New(t TB, owner string) *Provider {
	p := &Provider{Go: make(chan struct{}), owner: owner, rotates: true, life: time.Hour, clock: time.Now,
		refresh: map[string]bool{}, access: map[string]time.Time{}, codes: map[string]code{}}
	mux := http.NewServeMux()
	mux.HandleFunc("/auth", p.authorise)
	mux.HandleFunc("POST /token", p.token)
	mux.HandleFunc("POST /device", p.devices)
	mux.HandleFunc("POST /introspect", p.introspect)
	p.server = httptest.NewServer(mux)
	p.URL = p.server.URL
	t.Cleanup(func() {
		p.server.CloseClientConnections()
		p.server.Close()
	})
	return p
}

// Settings is a block oauth2 that names it, in YAML's flow style, with more
// settings behind.
func (p *Provider) Settings(more ...string) string {
	all := append([]string{"provider: custom", "client_id: " + ClientID, "client_secret: " + ClientSecret, "auth_url: " + p.URL + "/auth",
		"token_url: " + p.URL + "/token", "device_url: " + p.URL + "/device"}, more...)
	return "{" + strings.Join(all, ", ") + "}"
}

func (p *Provider) with(do func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	do()
}

// Granted is a new refresh token of the owner.
func (p *Provider) Granted() (token string) {
	p.with(func() { token = p.newRefresh() })
	return token
}

func (p *Provider) newRefresh() string {
	token := "refresh-" + rand.Text()
	p.refresh[token] = true
	return token
}

// Keep makes refresh tokens good for ever.
func (p *Provider) Keep() { p.with(func() { p.rotates = false }) }

// Life is how long access tokens are said to be good.
func (p *Provider) Life(d time.Duration) { p.with(func() { p.life = d }) }

// Revoke ends all that was granted.
func (p *Provider) Revoke() { p.with(func() { clear(p.refresh); clear(p.access) }) }

// Expire ends all access tokens before their time.
func (p *Provider) Expire() { p.with(func() { clear(p.access) }) }

// Owner makes another the one who signs in.
func (p *Provider) Owner(name string) { p.with(func() { p.owner = name }) }

// Clock is what it goes by when it reads assertions, and tells.
func (p *Provider) Clock(now func() time.Time) { p.with(func() { p.clock = now }) }

// Next says what becomes of the next exchanges.
func (p *Provider) Next(faults ...Fault) { p.with(func() { p.faults = append(p.faults, faults...) }) }

// Device is what the owner does on a device of their own: grant or decline.
func (p *Provider) Device(does string) { p.with(func() { p.device = does }) }

// Renewals counts the exchanges that gave an access token for a refresh token.
func (p *Provider) Renewals() (n int) { p.with(func() { n = p.renewals }); return n }

// Reused counts the exchanges that came with a refresh token which had been
// used up.
func (p *Provider) Reused() (n int) { p.with(func() { n = p.reused }); return n }

// Together is how many exchanges were under way at once, at most.
func (p *Provider) Together() (n int) { p.with(func() { n = p.together }); return n }

// Good reports whether an access token is one of the user's.
func (p *Provider) Good(user, token string) (good bool) {
	p.with(func() { good = user == p.owner && time.Now().Before(p.access[token]) })
	return good
}

// authorise is the page where the owner consents: they do, at once.
func (p *Provider) authorise(w http.ResponseWriter, r *http.Request) {
	q := r.URL.Query()
	if q.Get("client_id") != ClientID || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" {
		http.Error(w, "not a good request", http.StatusBadRequest)
		return
	}
	back, err := url.Parse(q.Get("redirect_uri"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	answer := url.Values{"state": {q.Get("state")}}
	p.with(func() {
		if p.device == "decline" {
			answer.Set("error", "access_denied")
			answer.Set("error_description", "The owner said no.")
			return
		}
		c := "code-" + rand.Text()
		p.codes[c] = code{q.Get("code_challenge"), q.Get("redirect_uri")}
		answer.Set("code", c)
	})
	back.RawQuery = answer.Encode()
	http.Redirect(w, r, back.String(), http.StatusFound)
}

func (p *Provider) devices(w http.ResponseWriter, r *http.Request) {
	if r.FormValue("client_id") != ClientID {
		refuse(w, "invalid_client", "unknown client")
		return
	}
	write(w, http.StatusOK, map[string]any{"device_code": "device", "user_code": "ABCD-EFGH", "verification_uri": p.URL + "/go", "expires_in": 900, "interval": 1})
}

// introspect tells a mail server whose a token is (RFC 7662).
func (p *Provider) introspect(w http.ResponseWriter, r *http.Request) {
	token := r.FormValue("token")
	p.with(func() {
		write(w, http.StatusOK, map[string]any{"active": time.Now().Before(p.access[token]), "username": p.owner, "token": token})
	})
}

func write(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v) // the client may have gone, on purpose
}

func refuse(w http.ResponseWriter, code, says string) {
	write(w, http.StatusBadRequest, map[string]string{"error": code, "error_description": says})
}

func challenge(verifier string) string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}
