package httpapi_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

func TestTokensThatAreNoGood(t *testing.T) {
	d := open(t)
	for name, header := range map[string]string{
		"none": "", "no scheme": d.tokens[admin], "basic": "Basic " + d.tokens[admin], "unknown": "Bearer gh_NOSUCHTOKEN", "empty": "Bearer ",
	} {
		if a := d.ask("", "GET /stats", "", "Authorization", header); a.Code != 401 || a.Header.Get("WWW-Authenticate") != "Bearer" {
			t.Errorf("%s: %d %q", name, a.Code, a.Header.Get("WWW-Authenticate"))
		}
	}
	d.ask("", "GET /stats", "", "Authorization", "bearer "+d.tokens[agent]).is(200)
}

func TestTokensAreMadeAndRevoked(t *testing.T) {
	d := open(t)
	made := d.ask(admin, "POST /tokens", `{"name":"bot","role":"agent","expires_in":"24h"}`).is(201).has("role", "agent", "revoked_at", "")
	secret := made.get("secret")
	if secret == "" || made.get("expires_at") == "" {
		t.Fatalf("no secret or no end: %s", made.Body)
	}
	use := func() answer { return d.ask("", "GET /stats", "", "Authorization", "Bearer "+secret) }
	use().is(200)
	list := d.ask(admin, "GET /tokens?limit=1", "").is(200).has("items", "1", "items.0.id", made.get("id"), "items.0.secret", "")
	if list.get("items.0.last_used_at") == "" || strings.Contains(string(list.Body), secret) {
		t.Errorf("want when it was used, and no secret: %s", list.Body)
	}
	d.ask(admin, "DELETE /tokens/"+made.get("id"), "").is(204)
	use().problem(401, "no-token")
	d.ask(admin, "DELETE /tokens/999", "").problem(404, "not-found")
	d.ask(admin, "POST /tokens", `{"name":"bot","role":"root"}`).problem(422, "invalid").has("errors.0.field", "role")
	d.ask(admin, "GET /audit?subject=token:"+made.get("id"), "").is(200).has("items", "2", "items.0.action", "token.revoke")
}

// mint makes a token and returns its secret.
func (d *desk) mint(t *testing.T, o ingest.TokenOrder) string {
	t.Helper()
	o.Name, o.Actor = "test", "test"
	made, err := d.store.CreateToken(t.Context(), o)
	must(t, err)
	return made.Secret
}

func bearer(secret string) []string { return []string{"Authorization", "Bearer " + secret} }

func TestScopesOfTokens(t *testing.T) {
	d := open(t)
	secret := d.ask(admin, "POST /tokens", `{"name":"bot","role":"supervisor","scopes":["contacts:read","blocked"]}`).is(201).
		has("scopes", "2", "scopes.0", "contacts:read").get("secret")
	use := func(does, body string) answer { return d.ask("", does, body, bearer(secret)...) }
	use("GET /contacts", "").is(200)
	use("GET /blocked", "").is(200)
	use("GET /session", "").is(200).has("scopes", "2", "scopes.1", "blocked")
	use("POST /blocked/preview", "{}").problem(422, "invalid") // it would be answered
	for _, does := range []string{"POST /contacts", "GET /conversations", "GET /rules"} {
		use(does, "{}").problem(403, "scope")
	}
	reads := d.mint(t, ingest.TokenOrder{Role: supervisor, Scopes: []ingest.Scope{"read"}})
	d.ask("", "POST /standing", "{}", bearer(reads)...).problem(422, "invalid")
	d.ask("", "POST /blocked/release", `{}`, bearer(reads)...).problem(403, "scope")
}

func TestAreasAreThePathsFirstSegments(t *testing.T) {
	areas := httpapi.Areas()
	for _, want := range []string{"audit", "blocked", "contacts", "sessions", "standing", "tokens", "users"} {
		if !slices.Contains(areas, want) {
			t.Errorf("%s is not among %q", want, areas)
		}
	}
	if slices.Contains(areas, "session") || !slices.IsSorted(areas) {
		t.Errorf("areas %q", areas)
	}
}

func TestScopesThatAreRefused(t *testing.T) {
	d := open(t)
	for _, scopes := range []string{`[]`, `[""]`, `["nonsense"]`, `["session"]`, `["contacts:delete"]`, `["read","read"]`, `["*","nonsense"]`} {
		if a := d.ask(admin, "POST /tokens", `{"name":"bot","role":"agent","scopes":`+scopes+`}`); a.Code != 422 || a.get("errors.0.field") != "scopes" {
			t.Errorf("%s: %d %s", scopes, a.Code, a.Body)
		}
	}
	d.ask(admin, "POST /tokens", `{"name":"bot","role":"agent","rate":-1}`).problem(422, "invalid").has("errors.0.field", "rate")
}

// No token makes one that is for more than itself, nor takes such a one's place.
func TestATokenGivesNoMoreThanItHas(t *testing.T) {
	d := open(t)
	secret := d.mint(t, ingest.TokenOrder{Role: admin, Scopes: []ingest.Scope{"tokens", "read"}})
	use := func(does, body string) answer { return d.ask("", does, body, bearer(secret)...) }
	use("POST /tokens", `{"name":"bot","role":"agent"}`).problem(403, "scope")
	use("POST /tokens", `{"name":"bot","role":"agent","scopes":["contacts"]}`).problem(403, "scope")
	use("POST /tokens", `{"name":"bot","role":"agent","scopes":["contacts:read"]}`).is(201)
	use("POST /tokens/1/rotate", "").problem(403, "scope")
}

func TestTokensAreRotated(t *testing.T) {
	d := open(t)
	now := time.Now().Truncate(time.Second)
	d.clock.set(now)
	made := d.ask(admin, "POST /tokens", `{"name":"bot","role":"agent","scopes":["contacts"],"rate":77}`).is(201)
	old := made.get("secret")
	next := d.ask(admin, "POST /tokens/"+made.get("id")+"/rotate", `{"overlap":"2h"}`).is(201).
		has("name", "bot", "role", "agent", "scopes.0", "contacts", "rate", "77", "expires_at", "")
	if next.get("secret") == old || next.get("id") == made.get("id") || next.get("prefix") != next.get("secret")[:9] {
		t.Errorf("rotated to %s", next.Body)
	}
	works := func(secret string) bool { return d.ask("", "GET /contacts", "", bearer(secret)...).Code == 200 }
	for at, want := range map[time.Duration][2]bool{0: {true, true}, 119 * time.Minute: {true, true}, 2 * time.Hour: {false, true}} {
		d.clock.set(now.Add(at))
		if got := [2]bool{works(old), works(next.get("secret"))}; got != want {
			t.Errorf("after %s old and new are good: %v, want %v", at, got, want)
		}
	}
	d.clock.set(now.Add(3 * time.Hour))
	d.ask(admin, "POST /tokens/"+made.get("id")+"/rotate", "").problem(404, "not-found")
	d.ask(admin, "POST /tokens/"+next.get("id")+"/rotate", `{"overlap":"1000h"}`).problem(422, "invalid").has("errors.0.field", "overlap")
	d.ask(admin, "POST /tokens/"+next.get("id")+"/rotate", `{"overlap":"0s"}`).is(201)
	if works(next.get("secret")) {
		t.Error("without an overlap the old one is good")
	}
}

// Whoever takes another's place lasts as long as that was made for, and the
// other no longer than it was to.
func TestRotationKeepsTheEnd(t *testing.T) {
	d := open(t)
	made := d.ask(admin, "POST /tokens", `{"name":"bot","role":"agent","expires_in":"10h"}`).is(201)
	next := d.ask(admin, "POST /tokens/"+made.get("id")+"/rotate", "").is(201)
	if ends := mustTime(t, next.get("expires_at")); ends.Before(time.Now().Add(9*time.Hour)) || ends.After(time.Now().Add(11*time.Hour)) {
		t.Errorf("the new one ends at %s", ends)
	}
	if ends := d.ask(admin, "GET /tokens", "").get("items.1.expires_at"); ends != made.get("expires_at") {
		t.Errorf("the old one ends at %s, was to at %s", ends, made.get("expires_at"))
	}
}

func mustTime(t *testing.T, text string) time.Time {
	t.Helper()
	at, err := time.Parse(time.RFC3339, text)
	must(t, err)
	return at
}

func TestTokensLastAsTheSettingsSay(t *testing.T) {
	d := open(t)
	endless := d.ask(admin, "POST /tokens", `{"name":"endless","role":"agent"}`).is(201).has("expires_at", "")
	d.ask(admin, "PATCH /settings", `{"token_longest":"48h"}`).is(200)
	if end := d.ask(admin, "POST /tokens/"+endless.get("id")+"/rotate", "").is(201).get("expires_at"); end == "" {
		t.Error("a new secret of a token without an end has none")
	}
	for in, want := range map[string]int{`,"expires_in":"47h"`: 201, `,"expires_in":"49h"`: 422, `,"expires_in":"never"`: 422, "": 201} {
		a := d.ask(admin, "POST /tokens", `{"name":"bot","role":"agent"`+in+`}`).is(want)
		if want == 201 && a.get("expires_at") == "" {
			t.Errorf("%s has no end", in)
		}
	}
	d.ask(admin, "PATCH /settings", `{"token_longest":"1m"}`).problem(422, "invalid").has("errors.0.field", "token_longest")
}

func TestTokensAreLimited(t *testing.T) {
	d := open(t, signIn)
	now := time.Now()
	d.clock.set(now)
	secret := d.mint(t, ingest.TokenOrder{Role: agent, Rate: 2})
	use := func() answer { return d.ask("", "GET /stats", "", bearer(secret)...) }
	if a := use().is(200); a.Header.Get("RateLimit") != `"asker";r=1;t=30` || a.Header.Get("RateLimit-Policy") != `"asker";q=2;w=60` {
		t.Errorf("headers %v", a.Header)
	}
	use().is(200)
	if a := use().problem(429, "too-many-requests"); a.Header.Get("Retry-After") != "30" || a.Header.Get("RateLimit") != `"asker";r=0;t=60` {
		t.Errorf("headers %v", a.Header)
	}
	d.ask(agent, "GET /stats", "").is(200) // others are not concerned
	d.clock.set(now.Add(30 * time.Second))
	use().is(200)
	use().problem(429, "too-many-requests")
	d.clock.set(now.Add(10 * time.Minute))
	use().is(200)
}

// A person has one allowance, whatever number of sessions.
func TestPeopleAreLimited(t *testing.T) {
	d := open(t, signIn)
	d.user("ann", agent)
	one, two := d.signIn("ann"), d.signIn("ann")
	d.ask(admin, "PATCH /settings", `{"api_rate":5}`).problem(422, "invalid")
	d.ask(admin, "PATCH /settings", `{"api_rate":10}`).is(200)
	must(t, d.store.Refresh(t.Context(), d.judge))
	d.clock.set(time.Now())
	for i := range 10 {
		[]*browser{one, two}[i%2].ask("GET /stats", "").is(200)
	}
	one.ask("GET /stats", "").problem(429, "too-many-requests")
	two.ask("GET /stats", "").problem(429, "too-many-requests")
}
