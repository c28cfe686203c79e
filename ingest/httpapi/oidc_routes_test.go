package httpapi_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/httpapi/oidc"
)

// elsewhere is a provider that says who comes; package oidc's tests have one
// that is asked over the network.
type elsewhere struct {
	ingest.Vouched
	err error
}

func (e *elsewhere) Begin(context.Context) (string, string, error) {
	return "https://login.example.com/authorize", randomText(), nil
}

// Ours knows what Begin gives: an id.
func (e *elsewhere) Ours(b oidc.Back) error {
	if _, err := ingest.ParseID(b.Cookie); err != nil {
		return oidc.ErrFlow
	}
	return nil
}

func (e *elsewhere) Finish(_ context.Context, b oidc.Back) (ingest.Vouched, error) {
	return e.Vouched, e.err
}

func withOIDC(e *elsewhere) func(*httpapi.Options) {
	return func(o *httpapi.Options) {
		signIn(o)
		o.SignIn.OIDC = e
	}
}

func randomText() string { return ingest.NewID(time.Now()).String() }

// come goes to the provider and back.
func (d *desk) come() (answer, string) {
	d.t.Helper()
	begun := d.ask("", "GET /session/oidc", "").is(302)
	cookie, err := http.ParseSetCookie(begun.Header.Get("Set-Cookie"))
	must(d.t, err)
	if cookie.SameSite != http.SameSiteLaxMode || !cookie.HttpOnly || begun.Header.Get("Location") != "https://login.example.com/authorize" {
		d.t.Errorf("cookie %+v, to %s", cookie, begun.Header.Get("Location"))
	}
	kept := cookie.Name + "=" + cookie.Value
	return d.back(kept), kept
}

func (d *desk) back(kept string) answer {
	return d.ask("", "GET /session/oidc/callback?code=x&state=y&session_state=unknown", "", "Cookie", kept)
}

// in is the browser of who came.
func (d *desk) in(a answer) *browser {
	d.t.Helper()
	a.is(303)
	for _, text := range a.Header.Values("Set-Cookie") {
		if c, err := http.ParseSetCookie(text); err == nil && c.Name == "gatehouse_session" {
			return &browser{d: d, cookie: c.Name + "=" + c.Value}
		}
	}
	d.t.Fatal("no session")
	return nil
}

// What somebody made up is not written down: who asks without end fills nothing.
func TestNothingIsKeptOfWhatIsNotOurs(t *testing.T) {
	d := open(t, withOIDC(&elsewhere{}))
	d.back("gatehouse_flow=madeup").problem(401, "sign-in")
	if fresh, err := d.store.UseState(context.Background(), sha256.Sum256([]byte("madeup")), time.Now()); err != nil || !fresh {
		t.Errorf("it is kept (%v)", err)
	}
}

func TestPeopleComeFromElsewhere(t *testing.T) {
	e := &elsewhere{Vouched: ingest.Vouched{Issuer: "https://login.example.com", Subject: "42", Email: "Ann@example.com", Name: "Ann", Role: agent}}
	d := open(t, withOIDC(e))
	d.ask("", "GET /session/ways", "").is(200).has("password", "true", "oidc", "/api/v1/session/oidc")
	a, kept := d.come()
	first := d.in(a).ask("GET /session", "").is(200).has("name", "ann@example.com", "role", "agent", "user.issuer", "https://login.example.com",
		"user.name", "Ann", "user.has_password", "false")
	d.back(kept).problem(401, "sign-in") // the same try comes back once
	e.Email, e.Role = "ann@new.example.com", supervisor
	a, _ = d.come()
	d.in(a).ask("GET /session", "").has("user.id", first.get("user.id"), "name", "ann@example.com", "role", "supervisor")
	d.ask(admin, "PATCH /users/"+first.get("user.id"), `{"disabled":true}`).is(200)
	a, _ = d.come()
	a.problem(401, "sign-in")
	d.ask("", "GET /session/oidc/callback?code=x&state=y", "").problem(401, "sign-in")
}

// Who was on their way to a page comes to it, and never to another site; a
// browser is told on our page why nobody was signed in.
func TestPeopleComeBackToTheirPage(t *testing.T) {
	e := &elsewhere{Vouched: ingest.Vouched{Issuer: "https://login.example.com", Subject: "42", Email: "ann@example.com", Role: agent}}
	d := open(t, withOIDC(e))
	long := "/contacts?q=" + strings.Repeat("x", 4000)
	for next, want := range map[string]string{
		"": "/", "/contacts?q=ann&at=%22": "/contacts?q=ann&at=%22", "https://evil.example/x": "/x", "//evil.example": "/", `/\evil.example`: "/", long: "/",
	} {
		e.err = nil
		cookies := d.begin(next)
		if to := d.back(cookies).is(303).Header.Get("Location"); to != want {
			t.Errorf("%q leads to %q, want %q", next, to, want)
		}
		e.err = oidc.ErrRole
		to := d.ask("", "GET /session/oidc/callback?code=x&state=y", "", "Cookie", d.begin(next), "Accept", "text/html,*/*").is(303).Header.Get("Location")
		if told := "/sign-in?" + (url.Values{"refused": {"no-role"}, "next": {want}}).Encode(); to != told {
			t.Errorf("%q, refused, leads to %q, want %q", next, to, told)
		}
	}
}

// begin goes to the provider, and returns what the browser keeps.
func (d *desk) begin(next string) string {
	d.t.Helper()
	var kept []string
	for _, text := range d.ask("", "GET /session/oidc?next="+url.QueryEscape(next), "").is(302).Header.Values("Set-Cookie") {
		c, err := http.ParseSetCookie(text)
		must(d.t, err)
		if c.MaxAge > 0 {
			kept = append(kept, c.Name+"="+c.Value)
		}
	}
	return strings.Join(kept, "; ")
}

// Who has an account is known by the subject, or once by an address that the
// provider verified: never by what anybody may write there.
func TestAccountsAreLinkedOnce(t *testing.T) {
	e := &elsewhere{Vouched: ingest.Vouched{Issuer: "https://login.example.com", Subject: "42", Role: agent}}
	d := open(t, withOIDC(e))
	ann := d.user("ann@example.com", supervisor)
	a, _ := d.come()
	a.problem(403, "no-user") // no verified address
	e.Email = "ann@example.com"
	a, _ = d.come()
	d.in(a).ask("GET /session", "").has("user.id", ann, "role", "agent")
	e.Subject = "43"
	a, _ = d.come()
	a.problem(403, "no-user") // the address is another subject's by now
	for err, kind := range map[error]string{oidc.ErrRole: "no-role", oidc.ErrRefused: "sign-in", oidc.ErrFlow: "sign-in"} {
		e.err = err
		if a, _ := d.come(); a.get("type") != kind || len(a.Header.Values("Set-Cookie")) != 1 {
			t.Errorf("%v: %d %s", err, a.Code, a.Body)
		}
	}
}

// A group that was renamed at the provider takes the last administrator away
// from nobody; once there is another one, it does.
func TestTheProviderLeavesTheLastAdministrator(t *testing.T) {
	e := &elsewhere{Vouched: ingest.Vouched{Issuer: "https://login.example.com", Subject: "42", Email: "ann@example.com", Role: admin}}
	var log bytes.Buffer
	d := open(t, withOIDC(e), func(o *httpapi.Options) { o.Log = slog.New(slog.NewTextHandler(&log, nil)) })
	come := func(role string) string {
		a, _ := d.come()
		return d.in(a).ask("GET /session", "").has("role", role).get("user.id")
	}
	ann := come("admin")
	e.Role = agent
	come("admin")
	if !strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "user="+ann+" claimed=agent") {
		t.Errorf("no warning: %s", log.String())
	}
	d.ask(admin, "GET /audit?actor=oidc&action=user.keep", "").is(200).
		has("items", "1", "items.0.subject", "user:"+ann, "items.0.data.role", "admin", "items.0.data.claimed", "agent")
	bob := d.user("bob", admin)
	d.ask(admin, "PATCH /users/"+bob, `{"disabled":true}`).is(200)
	come("admin") // who is disabled is no administrator
	d.ask(admin, "PATCH /users/"+bob, `{"disabled":false}`).is(200)
	come("agent")
}
