package oidc_test

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"encoding/json"
	"errors"
	"math/big"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"go.uber.org/goleak"
	"golang.org/x/oauth2"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi/oidc"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// provider is a real one in small: it describes itself, shows its keys, and
// exchanges codes for ID tokens, if the verifier is of the challenge.
type provider struct {
	*httptest.Server
	t         *testing.T
	key       *rsa.PrivateKey
	challenge string
	claims    jwt.MapClaims
	sign      func(jwt.MapClaims) string
	away      bool
}

func newProvider(t *testing.T) *provider {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	p := &provider{t: t, key: key}
	mux := http.NewServeMux()
	mux.HandleFunc("GET /.well-known/openid-configuration", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{"issuer": p.URL, "authorization_endpoint": p.URL + "/authorize", "token_endpoint": p.URL + "/token",
			"jwks_uri": p.URL + "/keys", "id_token_signing_alg_values_supported": []string{"RS256"}, "subject_types_supported": []string{"public"}})
	})
	mux.HandleFunc("GET /keys", func(w http.ResponseWriter, _ *http.Request) {
		p.answer(w, map[string]any{"keys": []map[string]any{{"kty": "RSA", "alg": "RS256", "use": "sig", "kid": "1",
			"n": base64.RawURLEncoding.EncodeToString(key.N.Bytes()), "e": base64.RawURLEncoding.EncodeToString(big.NewInt(int64(key.E)).Bytes())}}})
	})
	mux.HandleFunc("POST /token", p.token)
	p.Server = httptest.NewServer(mux)
	t.Cleanup(p.Close)
	p.sign = p.signed
	return p
}

func (p *provider) answer(w http.ResponseWriter, v any) {
	w.Header().Set("Content-Type", "application/json")
	if p.away {
		w.WriteHeader(http.StatusServiceUnavailable)
	}
	_ = json.NewEncoder(w).Encode(v)
}

func (p *provider) token(w http.ResponseWriter, r *http.Request) {
	id, secret, _ := r.BasicAuth()
	if r.FormValue("code") != "good" || oauth2.S256ChallengeFromVerifier(r.FormValue("code_verifier")) != p.challenge || id != "gatehouse" || secret != "s3cret" {
		w.Header().Set("Content-Type", "application/json")
		w.WriteHeader(http.StatusBadRequest)
		_, _ = w.Write([]byte(`{"error":"invalid_grant"}`))
		return
	}
	p.answer(w, map[string]any{"access_token": "x", "token_type": "Bearer", "id_token": p.sign(p.claims)})
}

func (p *provider) signed(claims jwt.MapClaims) string {
	token := jwt.NewWithClaims(jwt.SigningMethodRS256, claims)
	token.Header["kid"] = "1"
	text, err := token.SignedString(p.key)
	if err != nil {
		p.t.Error(err)
	}
	return text
}

func (p *provider) client(now func() time.Time, change func(*oidc.Settings)) *oidc.Client {
	p.t.Helper()
	s := oidc.Settings{Issuer: p.URL, ClientID: "gatehouse", ClientSecret: "s3cret", Scopes: []string{"email"}, RedirectURL: "https://desk.example.com/back",
		RoleClaim: "groups", Roles: map[string]ingest.Role{"support": "agent", "leads": "supervisor", "it": "admin"}}
	if change != nil {
		change(&s)
	}
	c, err := oidc.New(s, now)
	if err != nil {
		p.t.Fatal(err)
	}
	return c
}

// begin begins a try: what the provider is asked, and what the browser keeps.
func (p *provider) begin(c *oidc.Client) (url.Values, oidc.Back) {
	p.t.Helper()
	to, cookie, err := c.Begin(p.t.Context())
	if err != nil {
		p.t.Fatal(err)
	}
	u, err := url.Parse(to)
	if err != nil {
		p.t.Fatal(err)
	}
	q := u.Query()
	p.challenge = q.Get("code_challenge")
	p.claims = jwt.MapClaims{"iss": p.URL, "aud": "gatehouse", "sub": "42", "exp": time.Now().Add(time.Minute).Unix(), "iat": time.Now().Unix(),
		"nonce": q.Get("nonce"), "email": "ann@example.com", "email_verified": true, "name": "Ann", "groups": []string{"support", "leads", "other"}}
	return q, oidc.Back{Code: "good", State: q.Get("state"), Cookie: cookie}
}

func TestAPersonIsProven(t *testing.T) {
	p := newProvider(t)
	c := p.client(time.Now, nil)
	q, back := p.begin(c)
	for name, want := range map[string]string{"response_type": "code", "client_id": "gatehouse", "scope": "openid email",
		"redirect_uri": "https://desk.example.com/back", "code_challenge_method": "S256"} {
		if q.Get(name) != want {
			t.Errorf("%s is %q, want %q", name, q.Get(name), want)
		}
	}
	got, err := c.Finish(t.Context(), back)
	if want := (ingest.Vouched{Issuer: p.URL, Subject: "42", Email: "ann@example.com", Name: "Ann", Role: "supervisor"}); err != nil || got != want {
		t.Errorf("%+v %v, want %+v", got, err, want)
	}
}

// What is wrong anywhere is refused, whatever it is.
func TestWhatProvesNobody(t *testing.T) {
	none := func(claims jwt.MapClaims) string {
		text, _ := jwt.NewWithClaims(jwt.SigningMethodNone, claims).SignedString(jwt.UnsafeAllowNoneSignatureType)
		return text
	}
	symmetric := func(claims jwt.MapClaims) string {
		text, _ := jwt.NewWithClaims(jwt.SigningMethodHS256, claims).SignedString([]byte("s3cret"))
		return text
	}
	for name, c := range map[string]struct {
		change func(p *provider, b *oidc.Back)
		want   error
	}{
		"another nonce":           {func(p *provider, _ *oidc.Back) { p.claims["nonce"] = "other" }, oidc.ErrRefused},
		"no nonce":                {func(p *provider, _ *oidc.Back) { delete(p.claims, "nonce") }, oidc.ErrRefused},
		"another issuer":          {func(p *provider, _ *oidc.Back) { p.claims["iss"] = "https://evil.example.org" }, oidc.ErrRefused},
		"for another client":      {func(p *provider, _ *oidc.Back) { p.claims["aud"] = "other" }, oidc.ErrRefused},
		"expired":                 {func(p *provider, _ *oidc.Back) { p.claims["exp"] = time.Now().Add(-time.Minute).Unix() }, oidc.ErrRefused},
		"alg none":                {func(p *provider, _ *oidc.Back) { p.sign = none }, oidc.ErrRefused},
		"signed with our secret":  {func(p *provider, _ *oidc.Back) { p.sign = symmetric }, oidc.ErrRefused},
		"signed with another key": {func(p *provider, _ *oidc.Back) { p.key, _ = rsa.GenerateKey(rand.Reader, 2048) }, oidc.ErrRefused},
		"no token":                {func(p *provider, _ *oidc.Back) { p.sign = func(jwt.MapClaims) string { return "" } }, oidc.ErrRefused},
		"a wrong code":            {func(_ *provider, b *oidc.Back) { b.Code = "bad" }, oidc.ErrRefused},
		"another verifier":        {func(p *provider, _ *oidc.Back) { p.challenge = "other" }, oidc.ErrRefused},
		"another issuer answers":  {func(_ *provider, b *oidc.Back) { b.Issuer = "https://evil.example.org" }, oidc.ErrRefused},
		"another state":           {func(_ *provider, b *oidc.Back) { b.State = "other" }, oidc.ErrFlow},
		"no state":                {func(_ *provider, b *oidc.Back) { b.State = "" }, oidc.ErrFlow},
		"no cookie":               {func(_ *provider, b *oidc.Back) { b.Cookie = "" }, oidc.ErrFlow},
		"a made up cookie":        {func(_ *provider, b *oidc.Back) { b.Cookie = base64.RawURLEncoding.EncodeToString(make([]byte, 200)) }, oidc.ErrFlow},
		"no role":                 {func(p *provider, _ *oidc.Back) { p.claims["groups"] = []string{"other"} }, oidc.ErrRole},
	} {
		t.Run(name, func(t *testing.T) {
			p := newProvider(t)
			client := p.client(time.Now, nil)
			_, back := p.begin(client)
			c.change(p, &back)
			if got, err := client.Finish(t.Context(), back); !errors.Is(err, c.want) {
				t.Errorf("%+v %v, want %v", got, err, c.want)
			}
		})
	}
}

func TestATryEnds(t *testing.T) {
	p := newProvider(t)
	now := time.Now()
	c := p.client(func() time.Time { return now }, nil)
	_, back := p.begin(c)
	now = now.Add(oidc.Lasts)
	if _, err := c.Finish(t.Context(), back); !errors.Is(err, oidc.ErrFlow) {
		t.Errorf("after its time: %v", err)
	}
}

// A cookie of another installation, or of another secret, is none.
func TestACookieIsOfOneSecret(t *testing.T) {
	p := newProvider(t)
	_, back := p.begin(p.client(time.Now, func(s *oidc.Settings) { s.ClientSecret = "other" }))
	if _, err := p.client(time.Now, nil).Finish(t.Context(), back); !errors.Is(err, oidc.ErrFlow) {
		t.Errorf("got %v", err)
	}
}

func TestAProviderThatIsAway(t *testing.T) {
	p := newProvider(t)
	c := p.client(time.Now, nil)
	p.away = true
	if _, _, err := c.Begin(t.Context()); !ingest.Temporary(err) {
		t.Errorf("begin: %v", err)
	}
	p.away = false
	_, back := p.begin(c)
	p.away = true
	if _, err := c.Finish(t.Context(), back); !ingest.Temporary(err) {
		t.Errorf("finish: %v", err)
	}
}

func TestRolesOfClaims(t *testing.T) {
	for name, c := range map[string]struct {
		claim  string
		claims map[string]any
		other  ingest.Role
		want   ingest.Role
	}{
		"a text":                {"groups", map[string]any{"groups": "it"}, "", "admin"},
		"a path":                {"realm_access.roles", map[string]any{"realm_access": map[string]any{"roles": []string{"support"}}}, "", "agent"},
		"a name with dots":      {"https://example.com/roles", map[string]any{"https://example.com/roles": []string{"leads"}}, "", "supervisor"},
		"none, by default":      {"groups", map[string]any{}, "agent", "agent"},
		"not of text":           {"groups", map[string]any{"groups": []any{1, true, "support"}}, "", "agent"},
		"one, above by default": {"groups", map[string]any{"groups": "support"}, "supervisor", "agent"},
	} {
		p := newProvider(t)
		client := p.client(time.Now, func(s *oidc.Settings) { s.RoleClaim, s.DefaultRole = c.claim, c.other })
		_, back := p.begin(client)
		delete(p.claims, "groups")
		for k, v := range c.claims {
			p.claims[k] = v
		}
		if got, err := client.Finish(t.Context(), back); err != nil || got.Role != c.want {
			t.Errorf("%s: %q %v, want %s", name, got.Role, err, c.want)
		}
	}
}

func TestAMailAddressThatIsNotVerified(t *testing.T) {
	for _, verified := range []any{nil, false, "false", "yes", 1} {
		p := newProvider(t)
		client := p.client(time.Now, nil)
		_, back := p.begin(client)
		p.claims["email_verified"] = verified
		if got, err := client.Finish(t.Context(), back); err != nil || got.Email != "" {
			t.Errorf("%v: %q %v", verified, got.Email, err)
		}
	}
}
