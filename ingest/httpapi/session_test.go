package httpapi_test

import (
	"context"
	"errors"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/httpapi/password"
)

// cheap keeps tests quick: what passwords cost is for those who guess them.
var cheap = password.Cost{Memory: 64, Passes: 1, Threads: 1}

func signIn(o *httpapi.Options) {
	o.SignIn = httpapi.SignIn{Passwords: password.New(cheap, 2), Address: func(r *http.Request) netip.Addr {
		addr, _ := netip.ParseAddr(r.Header.Get("X-Test-Address"))
		return addr
	}}
}

const word = "correct horse battery"

// user makes a user with the password word.
func (d *desk) user(login string, role ingest.Role) string {
	d.t.Helper()
	return d.ask(admin, "POST /users", `{"login":"`+login+`","name":"Some One","role":"`+string(role)+`","password":"`+word+`"}`).is(201).get("id")
}

// browser is a person's, with its cookies and the token of its page.
type browser struct {
	d      *desk
	cookie string
	csrf   string
}

func credentials(login, password string) string {
	return `{"login":"` + login + `","password":"` + password + `"}`
}

func (d *desk) signIn(login string) *browser {
	d.t.Helper()
	return d.browser(d.ask("", "POST /session", credentials(login, word), "X-Test-Address", "192.0.2.9").is(200))
}

// browser keeps what an answer sets.
func (d *desk) browser(a answer) *browser {
	d.t.Helper()
	cookie, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
	must(d.t, err)
	return &browser{d, cookie.Name + "=" + cookie.Value, a.get("csrf_token")}
}

func (b *browser) ask(does, body string, headers ...string) answer {
	b.d.t.Helper()
	return b.d.ask("", does, body, append([]string{"Cookie", b.cookie, "X-CSRF-Token", b.csrf}, headers...)...)
}

func TestPeopleSignInAndOut(t *testing.T) {
	d := open(t, signIn)
	d.user("Ann@Example.com", supervisor)
	a := d.ask("", "POST /session", credentials(" ann@example.COM ", word)).is(200).
		has("kind", "session", "name", "ann@example.com", "role", "supervisor", "user.login", "ann@example.com",
			"may.block", "true", "may.ban", "true", "may.blacklist", "false")
	b := d.browser(a)
	c, err := http.ParseSetCookie(a.Header.Get("Set-Cookie"))
	must(t, err)
	if c.Name != "gatehouse_session" || !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure || c.Path != "/" || c.Expires.IsZero() {
		t.Errorf("cookie %+v", c)
	}
	b.ask("GET /session", "").is(200).has("csrf_token", b.csrf, "user.has_password", "true")
	b.ask("GET /blocked", "").is(200)
	b.ask("GET /settings", "").problem(403, "role")
	out := b.ask("DELETE /session", "").is(204)
	if got := out.Header.Get("Set-Cookie"); !strings.Contains(got, "Max-Age=0") {
		t.Errorf("signed out, the cookie stays: %q", got)
	}
	b.ask("GET /session", "").problem(401, "session-ended")
	d.ask("", "GET /session", "").problem(401, "no-token")
	d.ask(admin, "GET /audit?subject=user:1", "").has("items", "3", "items.0.action", "session.end", "items.1.action", "session.begin",
		"items.1.actor", "ann@example.com", "items.2.action", "user.create")
}

func TestATokenHasNoSession(t *testing.T) {
	d := open(t, signIn)
	d.ask(supervisor, "GET /session", "").is(200).has("kind", "token", "name", "supervisor", "role", "supervisor", "csrf_token", "", "may.ban", "true")
	for _, does := range []string{"DELETE /session", "GET /sessions", "DELETE /sessions/1"} {
		d.ask(admin, does, "").problem(409, "no-session")
	}
	d.ask(admin, "POST /session/password", `{"old":"x","new":"correct horse"}`).problem(409, "no-session")
}

// With https the cookie is for https alone, and no other host can set it.
func TestTheCookieOfHTTPS(t *testing.T) {
	d := open(t, signIn, func(o *httpapi.Options) { o.SignIn.PublicURL = "https://desk.example.com" })
	d.user("ann", agent)
	a := d.ask("", "POST /session", credentials("ann", word)).is(200)
	if got := a.Header.Get("Set-Cookie"); !strings.HasPrefix(got, "__Host-gatehouse_session=") || !strings.Contains(got, "; Secure") {
		t.Errorf("cookie %q", got)
	}
	b := d.browser(a)
	b.ask("GET /session", "").is(200)
	b.cookie = strings.TrimPrefix(b.cookie, "__Host-")
	b.ask("GET /session", "").problem(401, "no-token")
}

func TestChangesMustBeMeant(t *testing.T) {
	d := open(t, signIn, func(o *httpapi.Options) { o.SignIn.PublicURL = "http://desk.example.com" })
	d.user("ann", agent)
	b := d.signIn("ann")
	other := d.signIn("ann")
	const does, in = "POST /contacts", `{"name":"Bob","identities":["email:bob@example.com"]}`
	for name, csrf := range map[string]string{"none": "", "another session's": other.csrf, "made up": "AAAA"} {
		if a := b.ask(does, in, "X-CSRF-Token", csrf); a.Code != 403 || a.get("type") != "csrf" {
			t.Errorf("%s: %d %s", name, a.Code, a.Body)
		}
	}
	b.ask(does, in, "Sec-Fetch-Site", "cross-site").problem(403, "cross-origin")
	b.ask(does, in, "Origin", "https://evil.example.org").problem(403, "cross-origin")
	b.ask("GET /contacts", "", "Sec-Fetch-Site", "cross-site", "X-CSRF-Token", "").is(200)
	b.ask(does, in, "Origin", "http://desk.example.com", "Sec-Fetch-Site", "cross-site").is(201)
	d.ask(agent, "POST /contacts", `{"name":"Eve"}`, "Sec-Fetch-Site", "cross-site").is(201)
	d.ask("", "POST /session", credentials("ann", word), "Sec-Fetch-Site", "cross-site").problem(403, "cross-origin")
}

func TestSessionsEndByThemselves(t *testing.T) {
	d := open(t, signIn, func(o *httpapi.Options) { o.SignIn.Idle, o.SignIn.Longest = time.Hour, 3*time.Hour })
	d.user("ann", agent)
	now := time.Now()
	for _, c := range []struct {
		says string
		uses []time.Duration
		last int
	}{
		{"used often enough", []time.Duration{50 * time.Minute, 100 * time.Minute, 150 * time.Minute}, 200},
		{"not used for the idle time", []time.Duration{61 * time.Minute}, 401},
		{"used all the time, over the longest", []time.Duration{50 * time.Minute, 100 * time.Minute, 150 * time.Minute, 181 * time.Minute}, 401},
	} {
		d.clock.set(now)
		b := d.signIn("ann")
		for i, at := range c.uses {
			d.clock.set(now.Add(at))
			if a := b.ask("GET /stats", ""); i == len(c.uses)-1 && a.Code != c.last {
				t.Errorf("%s: %d, want %d", c.says, a.Code, c.last)
			}
		}
	}
}

func TestOnesOwnSessions(t *testing.T) {
	d := open(t, signIn)
	d.user("ann", agent)
	d.user("bob", agent)
	laptop, phone, bob := d.signIn("ann"), d.signIn("ann"), d.signIn("bob")
	list := phone.ask("GET /sessions", "").is(200).has("items", "2", "items.0.current", "true", "items.1.current", "false",
		"items.0.address", "192.0.2.9", "items.0.how", "password")
	old := list.get("items.1.id")
	bob.ask("DELETE /sessions/"+old, "").problem(404, "not-found")
	phone.ask("DELETE /sessions/"+old, "").is(204)
	laptop.ask("GET /session", "").problem(401, "session-ended")
	phone.ask("GET /session", "").is(200)
}

func TestAPasswordIsChanged(t *testing.T) {
	d := open(t, signIn)
	d.user("ann", agent)
	b, other := d.signIn("ann"), d.signIn("ann")
	const next = "another horse entirely"
	b.ask("POST /session/password", `{"old":"wrong","new":"`+next+`"}`).problem(422, "invalid").has("errors.0.field", "old")
	b.ask("POST /session/password", `{"old":"`+word+`","new":"short"}`).problem(422, "invalid").has("errors.0.field", "password")
	b.ask("POST /session/password", `{"old":"`+word+`","new":"`+next+`"}`).is(204)
	b.ask("GET /session", "").is(200)
	other.ask("GET /session", "").problem(401, "session-ended")
	d.ask("", "POST /session", credentials("ann", word)).problem(401, "sign-in")
	d.ask("", "POST /session", credentials("ann", next)).is(200)
}

// A hash of another cost is made anew when its password is at hand.
func TestPasswordsKeepUpWithTheCost(t *testing.T) {
	d := open(t, signIn)
	hash, err := password.New(password.Cost{Memory: 32, Passes: 1, Threads: 1}, 1).Hash(t.Context(), word)
	must(t, err)
	_, err = d.store.CreateUser(t.Context(), ingest.NewUser{Login: "ann", Name: "Ann", Role: agent, Password: ingest.Secret(hash), Actor: "test"})
	must(t, err)
	for range 2 {
		d.signIn("ann")
		_, kept, err := d.store.UserSecret(t.Context(), "ann")
		must(t, err)
		if !strings.Contains(string(kept), "m=64,") {
			t.Errorf("kept %s", kept)
		}
	}
}

// What an answer to a wrong login says, and that it pauses, is the same whether
// there is such a person or not.
func TestTriesThatFailAreCounted(t *testing.T) {
	for _, login := range []string{"ann", "nobody", "gone"} {
		t.Run(login, func(t *testing.T) {
			d := open(t, signIn)
			d.user("ann", agent)
			gone := d.user("gone", agent)
			d.ask(admin, "PATCH /users/"+gone, `{"disabled":true}`).is(200)
			now := time.Now()
			try := func(address string) answer {
				return d.ask("", "POST /session", credentials(login, "wrong"), "X-Test-Address", address)
			}
			for i, wait := range []time.Duration{0, 0, 0, 0, time.Second, 2 * time.Second, 4 * time.Second, 8 * time.Second} {
				d.clock.set(now)
				try("192.0.2."+string(rune('1'+i))).problem(401, "sign-in")
				if wait > 0 {
					paused := try("198.51.100.1").problem(429, "sign-in-paused")
					if got := paused.Header.Get("Retry-After"); got != seconds(wait) {
						t.Errorf("after %d tries Retry-After is %s, want %s", i+1, got, seconds(wait))
					}
				}
				now = now.Add(wait)
			}
			d.clock.set(now.Add(2 * time.Hour))
			try("192.0.2.1").problem(401, "sign-in")
		})
	}
}

func seconds(d time.Duration) string { return strings.TrimSuffix(d.String(), "s") }

// The right password does not help during a pause; it ends the count after it,
// and so does an administrator.
func TestAPauseIsForTheRightPasswordToo(t *testing.T) {
	d := open(t, signIn)
	id := d.user("ann", agent)
	fail := func() {
		for range 5 {
			d.ask("", "POST /session", credentials("ann", "wrong")).problem(401, "sign-in")
		}
		d.ask("", "POST /session", credentials("ann", word)).problem(429, "sign-in-paused")
	}
	now := time.Now()
	d.clock.set(now)
	fail()
	d.clock.set(now.Add(2 * time.Second))
	d.ask("", "POST /session", credentials("ann", word)).is(200)
	fail()
	d.ask(admin, "POST /users/"+id+"/free", "").is(204)
	d.ask("", "POST /session", credentials("ann", word)).is(200)
}

// One address is counted over all logins, and a customer's IPv6 network is one.
func TestAnAddressIsCounted(t *testing.T) {
	for _, c := range []struct{ mine, same, other string }{
		{"192.0.2.1", "192.0.2.1", "192.0.2.2"}, {"2001:db8:0:1::1", "2001:db8:0:1:ffff::2", "2001:db8:0:2::1"},
	} {
		d := open(t, signIn)
		d.user("ann", agent)
		d.clock.set(time.Now())
		for i := range 30 {
			d.ask("", "POST /session", credentials("nobody"+string(rune('a'+i)), "x"), "X-Test-Address", c.mine).problem(401, "sign-in")
		}
		d.ask("", "POST /session", credentials("ann", word), "X-Test-Address", c.same).problem(429, "sign-in-paused")
		d.ask("", "POST /session", credentials("ann", word), "X-Test-Address", c.other).is(200)
	}
}

// Tries at once all count: who sends many together gets no more of them.
func TestTriesAtOnceAreCounted(t *testing.T) {
	d := open(t, signIn)
	d.clock.set(time.Now())
	var all sync.WaitGroup
	var looked atomic.Int64
	for range 40 {
		all.Go(func() {
			until, err := d.store.TrySignIn(context.Background(), ingest.SignInTry{Login: "ann", Address: "192.0.2.1"})
			if err != nil {
				t.Error(err)
			}
			if until.IsZero() {
				looked.Add(1)
			}
		})
	}
	all.Wait()
	if got := looked.Load(); got != 5 {
		t.Errorf("of forty tries at once the passwords of %d are looked at, want 5", got)
	}
}

// Whoever proved a password that was changed meanwhile, or is disabled by now, is
// not signed in by it.
func TestNoSessionOutlivesWhatItWasBegunBy(t *testing.T) {
	for name, change := range map[string]func(d *desk, id string){
		"reset":    func(d *desk, id string) { d.ask(admin, "POST /users/"+id+"/reset", "").is(201) },
		"disabled": func(d *desk, id string) { d.ask(admin, "PATCH /users/"+id, `{"disabled":true}`).is(200) },
		"changed": func(d *desk, _ string) {
			d.signIn("ann").ask("POST /session/password", `{"old":"`+word+`","new":"another `+word+`"}`).is(204)
		},
	} {
		t.Run(name, func(t *testing.T) {
			d, ctx := open(t, signIn), context.Background()
			id := d.user("ann", agent)
			u, _, err := d.store.UserSecret(ctx, "ann")
			must(t, err)
			change(d, id)
			_, err = d.store.BeginSession(ctx, ingest.NewSession{User: u.ID, Version: u.Version, How: "password", EndsAt: time.Now().Add(time.Hour)})
			if !errors.Is(err, ingest.ErrNotFound) {
				t.Errorf("it begins: %v", err)
			}
		})
	}
}

// A password is changed by the session that asked for it, or not at all.
func TestNoPasswordOutlivesItsSession(t *testing.T) {
	d, ctx := open(t, signIn), context.Background()
	id := d.user("ann", agent)
	ann := d.signIn("ann")
	n, err := strconv.ParseInt(ann.ask("GET /sessions", "").is(200).get("items.0.id"), 10, 64)
	must(t, err)
	invitation := d.ask(admin, "POST /users/"+id+"/reset", "").is(201)
	user, err := strconv.ParseInt(id, 10, 64)
	must(t, err)
	if err := d.store.SetPassword(ctx, user, "$hash", n, "ann"); !errors.Is(err, ingest.ErrNotFound) {
		t.Errorf("whose session was ended sets a password: %v", err)
	}
	d.ask("", "POST /session/invitation", `{"invitation":"`+invitation.get("invitation")+`","password":"`+word+`"}`).is(200)
}

func TestWithoutPasswords(t *testing.T) {
	d := open(t, signIn, func(o *httpapi.Options) { o.SignIn.NoPasswords = true })
	d.user("ann", agent)
	d.ask("", "POST /session", credentials("ann", word)).problem(403, "no-passwords")
	d.ask("", "POST /session/invitation", `{"invitation":"x","password":"`+word+`"}`).problem(403, "no-passwords")
	d.ask(admin, "POST /users/1/reset", "").problem(403, "no-passwords")
	d.ask(admin, "POST /users", `{"login":"bob","name":"Bob","role":"agent"}`).is(201).has("invitation", "")
}
