package httpapi_test

import (
	"strings"
	"sync"
	"testing"
	"time"
)

func TestAnInvitationLetsOnePersonInOnce(t *testing.T) {
	d := open(t, signIn)
	made := d.ask(admin, "POST /users", `{"login":"ann","name":"Ann Example","role":"agent","time_zone":"Europe/Berlin"}`).is(201).
		has("login", "ann", "has_password", "false", "time_zone", "Europe/Berlin")
	secret := made.get("invitation.invitation")
	use := func(secret, password string) answer {
		return d.ask("", "POST /session/invitation", `{"invitation":"`+secret+`","password":"`+password+`"}`)
	}
	use("gi_NOSUCH", word).problem(401, "invitation")
	use(secret, "short").problem(422, "invalid").has("errors.0.field", "password")
	b := d.browser(use(secret, word).is(200).has("user.login", "ann"))
	b.ask("GET /session", "").is(200).has("user.has_password", "true")
	use(secret, word).problem(401, "invitation")
	d.signIn("ann")
}

// A reset takes away all by which somebody got in.
func TestAResetShutsOut(t *testing.T) {
	d := open(t, signIn)
	id := d.user("ann", agent)
	b := d.signIn("ann")
	first := d.ask(admin, "POST /users/"+id+"/reset", "").is(201).get("invitation")
	second := d.ask(admin, "POST /users/"+id+"/reset", "").is(201).get("invitation")
	b.ask("GET /session", "").problem(401, "session-ended")
	d.ask("", "POST /session", credentials("ann", word)).problem(401, "sign-in")
	d.ask("", "POST /session/invitation", `{"invitation":"`+first+`","password":"`+word+`"}`).problem(401, "invitation")
	d.clock.set(time.Now().Add(73 * time.Hour))
	d.ask("", "POST /session/invitation", `{"invitation":"`+second+`","password":"`+word+`"}`).problem(401, "invitation")
	d.ask(admin, "POST /users/999/reset", "").problem(404, "not-found")
}

func TestUsersAreChanged(t *testing.T) {
	d := open(t, signIn)
	id := d.user("ann", agent)
	b := d.signIn("ann")
	read := d.ask(admin, "GET /users/"+id, "").is(200)
	d.ask(admin, "PATCH /users/"+id, `{"role":"supervisor","name":"Ann B","time_zone":"Asia/Tokyo"}`, "If-Match", read.Header.Get("ETag")).is(200).
		has("role", "supervisor", "name", "Ann B", "time_zone", "Asia/Tokyo")
	d.ask(admin, "PATCH /users/"+id, `{"role":"agent"}`, "If-Match", read.Header.Get("ETag")).problem(412, "stale")
	b.ask("GET /blocked", "").is(200) // at once, in the session that stands
	d.ask(admin, "PATCH /users/"+id, `{"disabled":true}`).is(200)
	b.ask("GET /session", "").problem(401, "session-ended")
	d.ask("", "POST /session", credentials("ann", word)).problem(401, "sign-in")
	d.ask(admin, "PATCH /users/"+id, `{"disabled":false}`).is(200).has("disabled_at", "")
	b.ask("GET /session", "").problem(401, "session-ended")
	b = d.signIn("ann")
	d.ask(admin, "DELETE /users/"+id+"/sessions", "").is(204)
	b.ask("GET /session", "").problem(401, "session-ended")
	d.ask(admin, "GET /users?limit=1", "").is(200).has("items", "1", "items.0.login", "ann", "next", "")
}

func TestUsersThatCannotBe(t *testing.T) {
	d := open(t, signIn)
	d.user("ann", agent)
	for field, in := range map[string]string{
		"login":     `{"login":"a b","name":"x","role":"agent"}`,
		"name":      `{"login":"bob","name":" ","role":"agent"}`,
		"role":      `{"login":"bob","name":"x","role":"root"}`,
		"time_zone": `{"login":"bob","name":"x","role":"agent","time_zone":"Mars/Phobos"}`,
		"password":  `{"login":"bob","name":"x","role":"agent","password":"short"}`,
	} {
		if a := d.ask(admin, "POST /users", in); a.Code != 422 || a.get("errors.0.field") != field {
			t.Errorf("%s: %d %s", field, a.Code, a.Body)
		}
	}
	d.ask(admin, "POST /users", `{"login":"ANN","name":"x","role":"agent"}`).problem(409, "conflict")
	d.ask(admin, "PATCH /users/1", `{"time_zone":"Local"}`).problem(422, "invalid")
	d.ask(admin, "PATCH /users/99", `{"name":"x"}`).problem(404, "not-found")
}

func TestTheLastAdministratorStays(t *testing.T) {
	d := open(t, signIn)
	ann, bob := d.user("ann", admin), d.user("bob", admin)
	d.ask(admin, "PATCH /users/"+ann, `{"role":"agent"}`).is(200)
	for _, in := range []string{`{"role":"supervisor"}`, `{"disabled":true}`} {
		d.ask(admin, "PATCH /users/"+bob, in).problem(409, "last-admin")
	}
	d.ask(admin, "PATCH /users/"+bob, `{"role":"admin","name":"Bob"}`).is(200)
	d.ask(admin, "PATCH /users/"+ann, `{"role":"admin"}`).is(200)
	// Both at once: one of them stays.
	var all sync.WaitGroup
	for _, id := range []string{ann, bob} {
		all.Go(func() { d.ask(admin, "PATCH /users/"+id, `{"disabled":true}`) })
	}
	all.Wait()
	if a := d.ask(admin, "GET /users", "").is(200); strings.Count(string(a.Body), `"disabled_at":null`) != 1 {
		t.Errorf("want one administrator left: %s", a.Body)
	}
}
