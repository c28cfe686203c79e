//go:build long

package e2e

import (
	"cmp"
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"math/big"
	"net/http"
	"net/http/cookiejar"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/cmd/gatehouse/housetest"
	"gatehouse/migrations/localpg"
)

const (
	ours       = "http://127.0.0.1:0" // as the configuration has it: see toProgram
	oidcSecret = "the-secret-of-the-client"
)

// An openID is a provider that vouches for whoever comes, with claims of a
// test's choice. It speaks as the standards say: what is not asked as they say is
// refused.
type openID struct {
	*httptest.Server
	t   *testing.T
	key *rsa.PrivateKey

	mu     sync.Mutex
	asked  map[string]url.Values     // what browsers came with, by code
	claims map[string]any            // of the next who comes
	signs  *rsa.PrivateKey           // instead of key
	state  func(given string) string // what it sends back

	leadsTo string // where ours really is, for a browser that nobody leads there
}

func newOpenID(t *testing.T) *openID {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	p := &openID{t: t, key: key, asked: map[string]url.Values{}}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, http.StatusOK, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}, "subject_types_supported": []string{"public"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, http.StatusOK, map[string]any{"keys": []map[string]any{{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("GET /authorize", p.authorize)
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	return p
}

func (p *openID) answer(w http.ResponseWriter, status int, v any) {
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(v)
}

// authorize sends a browser back with a code, as if its person had signed in.
func (p *openID) authorize(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q, code := r.URL.Query(), rand.Text()
	if q.Get("client_id") != "gatehouse" || q.Get("response_type") != "code" || q.Get("code_challenge_method") != "S256" || q.Get("nonce") == "" ||
		!strings.Contains(q.Get("scope"), "openid") || q.Get("redirect_uri") != ours+"/api/v1/session/oidc/callback" {
		http.Error(w, "not as the standards say: "+r.URL.RawQuery, http.StatusBadRequest)
		return
	}
	p.asked[code] = q
	back := url.Values{"code": {code}, "state": {p.state(q.Get("state"))}, "iss": {p.URL}}
	to := strings.Replace(q.Get("redirect_uri"), ours, cmp.Or(p.leadsTo, ours), 1)
	http.Redirect(w, r, to+"?"+back.Encode(), http.StatusFound)
}

// token exchanges a code for an ID token, once.
func (p *openID) token(w http.ResponseWriter, r *http.Request) {
	p.mu.Lock()
	defer p.mu.Unlock()
	q := p.asked[r.FormValue("code")]
	delete(p.asked, r.FormValue("code"))
	id, secret, _ := r.BasicAuth()
	sum := sha256.Sum256([]byte(r.FormValue("code_verifier")))
	if q == nil || base64.RawURLEncoding.EncodeToString(sum[:]) != q.Get("code_challenge") || id != "gatehouse" || secret != oidcSecret ||
		r.FormValue("redirect_uri") != q.Get("redirect_uri") {
		p.answer(w, http.StatusBadRequest, map[string]string{"error": "invalid_grant"})
		return
	}
	claims := map[string]any{"iss": p.URL, "aud": "gatehouse", "sub": "42", "iat": time.Now().Unix(), "exp": time.Now().Add(time.Minute).Unix(),
		"nonce": q.Get("nonce"), "email": "ann@example.com", "email_verified": true, "name": "Ann"}
	for name, value := range p.claims {
		claims[name] = value
	}
	p.answer(w, http.StatusOK, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.signed(claims)})
}

// signed is an ID token, by RS256 (RFC 7515 §3.3).
func (p *openID) signed(claims map[string]any) string {
	part := func(v any) string {
		text, err := json.Marshal(v)
		if err != nil {
			p.t.Error(err)
		}
		return base64.RawURLEncoding.EncodeToString(text)
	}
	text := part(map[string]string{"alg": "RS256", "kid": "1"}) + "." + part(claims)
	sum := sha256.Sum256([]byte(text))
	signature, err := rsa.SignPKCS1v15(nil, p.signs, crypto.SHA256, sum[:])
	if err != nil {
		p.t.Error(err)
	}
	return text + "." + base64.RawURLEncoding.EncodeToString(signature)
}

// next says what the provider does to the next who comes.
func (p *openID) next(claims map[string]any, twist func(*openID)) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.claims, p.signs, p.state = claims, p.key, func(given string) string { return given }
	if twist != nil {
		twist(p)
	}
}

// A visitor is a browser at the program.
type visitor struct {
	h      house
	client *http.Client
	back   string // where the provider sent it last
}

func (h house) visitor() *visitor {
	h.T.Helper()
	jar, err := cookiejar.New(nil)
	must(h.T, err)
	v := &visitor{h: h}
	v.client = &http.Client{Jar: jar, Transport: &toProgram{base: h.Now.Load().Base}, Timeout: patience, CheckRedirect: func(r *http.Request, _ []*http.Request) error {
		if strings.HasPrefix(r.URL.String(), ours) && r.URL.Query().Get("code") != "" {
			v.back = r.URL.String()
		}
		if r.URL.Path == "/" {
			return http.ErrUseLastResponse // it is in
		}
		return nil
	}}
	h.T.Cleanup(v.client.CloseIdleConnections)
	return v
}

// at asks for a page, and returns how it ended and the JSON that it got.
func (v *visitor) at(page string) (status int, got struct {
	Type, Role, Name string
	User             struct{ Issuer, Name string }
}) {
	v.h.T.Helper()
	resp, err := v.client.Get(page)
	must(v.h.T, err)
	defer resp.Body.Close()
	_ = json.NewDecoder(resp.Body).Decode(&got) // a redirect has none
	return resp.StatusCode, got
}

// People come by way of a provider that is really asked: each gets the role of
// their groups, anew each time, and whoever is not proven gets nothing.
func TestLongPeopleSignInByOpenID(t *testing.T) {
	t.Parallel()
	p := newOpenID(t)
	lines := housetest.Settings + "\nsign_in: {password: false, oidc: {issuer: " + p.URL + ", client_id: gatehouse, client_secret: " + oidcSecret +
		", role_claim: realm.groups, roles: {support: agent, leads: supervisor, it: admin}}}"
	h := house{housetest.NewOn(t, localpg.Test(t), lines, housetest.SiteChat)}
	program := h.Serve()
	const begin, me, users = ours + "/api/v1/session/oidc", ours + "/api/v1/session", ours + "/api/v1/users"
	groups := func(of ...string) map[string]any {
		return map[string]any{"realm": map[string]any{"groups": of}}
	}
	v := h.visitor()
	if status, _ := v.at(me); status != http.StatusUnauthorized {
		t.Errorf("before: %d", status)
	}
	bob := groups("it") // an administrator besides, for the last one would stay one
	bob["sub"], bob["email"] = "7", "bob@example.com"
	p.next(bob, nil)
	if status, got := h.visitor().at(begin); status != http.StatusSeeOther {
		t.Fatalf("bob comes: %d %+v", status, got)
	}
	for _, c := range []struct {
		groups []string
		role   string
		users  int // whether it may see the users
	}{{[]string{"support", "other"}, "agent", 403}, {[]string{"support", "it"}, "admin", 200}, {[]string{"leads"}, "supervisor", 403}} {
		p.next(groups(c.groups...), nil)
		if status, got := v.at(begin); status != http.StatusSeeOther {
			t.Fatalf("%s comes: %d %+v", c.role, status, got)
		}
		status, got := v.at(me)
		if status != 200 || got.Role != c.role || got.Name != "ann@example.com" || got.User.Issuer != p.URL || got.User.Name != "Ann" {
			t.Errorf("%s is in: %d %+v", c.role, status, got)
		}
		if status, _ := v.at(users); status != c.users {
			t.Errorf("%s at the users: %d", c.role, status)
		}
	}
	if status, got := v.at(v.back); status != http.StatusUnauthorized || got.Type != "sign-in" {
		t.Errorf("the same way back once more: %d %+v", status, got)
	}
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	must(t, err)
	for name, c := range map[string]struct {
		claims map[string]any
		twist  func(*openID)
		status int
		kind   string
	}{
		"another nonce":    {map[string]any{"nonce": "other"}, nil, 401, "sign-in"},
		"another audience": {map[string]any{"aud": "other"}, nil, 401, "sign-in"},
		"another issuer":   {map[string]any{"iss": "https://login.example.org"}, nil, 401, "sign-in"},
		"expired":          {map[string]any{"exp": time.Now().Add(-time.Minute).Unix()}, nil, 401, "sign-in"},
		"another key":      {nil, func(p *openID) { p.signs = stranger }, 401, "sign-in"},
		"another state":    {nil, func(p *openID) { p.state = func(string) string { return "other" } }, 401, "sign-in"},
		"no state":         {nil, func(p *openID) { p.state = func(string) string { return "" } }, 401, "sign-in"},
		"a spent code":     {nil, func(p *openID) { p.state = func(given string) string { clear(p.asked); return given } }, 401, "sign-in"},
		"no role":          {groups("other"), nil, 403, "no-role"},
		"not verified":     {map[string]any{"sub": "43", "email_verified": false}, nil, 403, "no-user"},
	} {
		claims := groups("it")
		for claim, value := range c.claims {
			claims[claim] = value
		}
		p.next(claims, c.twist)
		v := h.visitor()
		if status, got := v.at(begin); status != c.status || got.Type != c.kind {
			t.Errorf("%s: %d %+v, want %d %s", name, status, got, c.status, c.kind)
		}
		if status, _ := v.at(me); status != http.StatusUnauthorized {
			t.Errorf("%s: is in: %d", name, status)
		}
	}
	if program.Says(oidcSecret) {
		t.Error("the log tells the secret")
	}
}
