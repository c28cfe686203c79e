package httpapi_test

import (
	"fmt"
	"path"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
)

// state is how somebody asks, and what a route answers them whatever their
// role; 0: their role decides.
type state struct {
	name    string
	headers func(ingest.Role) []string
	refused func(does string) (code int, problem string)
}

func always(code int, problem string) func(string) (int, string) {
	return func(string) (int, string) { return code, problem }
}

// roleDecides is for those who are let in.
var roleDecides = always(0, "")

func isOwn(does string) bool {
	return strings.HasSuffix(strings.TrimSuffix(does, "/password"), " /session")
}

func changes(does string) bool { return !strings.HasPrefix(does, "GET ") }

// people are one of each role; named so that several can be told apart.
func (d *desk) people(name string) map[ingest.Role]*browser {
	all := map[ingest.Role]*browser{}
	for _, role := range roles {
		login := name + "-" + string(role)
		d.user(login, role)
		all[role] = d.signIn(login)
	}
	return all
}

func cookies(all map[ingest.Role]*browser, csrf bool) func(ingest.Role) []string {
	return func(role ingest.Role) []string {
		if csrf {
			return []string{"Cookie", all[role].cookie, "X-CSRF-Token", all[role].csrf}
		}
		return []string{"Cookie", all[role].cookie}
	}
}

func (d *desk) bearers(t *testing.T, o ingest.TokenOrder) func(ingest.Role) []string {
	all := map[ingest.Role]string{}
	for _, role := range roles {
		o.Role = role
		all[role] = d.mint(t, o)
	}
	return func(role ingest.Role) []string { return bearer(all[role]) }
}

var roles = []ingest.Role{agent, supervisor, admin}

// states is how people and programs ask. Refusals come first: what is let in
// changes things.
func (d *desk) states(t *testing.T) []state {
	soon := time.Now().Add(time.Hour)
	expired := d.bearers(t, ingest.TokenOrder{ExpiresAt: &soon})
	limited := d.bearers(t, ingest.TokenOrder{Rate: 1})
	ended, disabled := d.people("ended"), d.people("disabled")
	d.clock.set(soon.Add(time.Second)) // and it stands: nothing fills up
	for _, role := range roles {
		d.ask("", "GET /stats", "", limited(role)...).is(200)
		ended[role].ask("DELETE /session", "").is(204)
		id := disabled[role].ask("GET /session", "").get("user.id")
		d.ask(admin, "PATCH /users/"+id, `{"disabled":true}`).is(200)
	}
	return []state{
		{"nothing", func(ingest.Role) []string { return nil }, always(401, "no-token")},
		{"an unknown token", func(ingest.Role) []string { return bearer("gh_UNKNOWN") }, always(401, "no-token")},
		{"an expired token", expired, always(401, "no-token")},
		{"a revoked token", d.revoked(t), always(401, "no-token")},
		{"a token over its limit", limited, always(429, "too-many-requests")},
		{"a token for something else", d.bearers(t, ingest.TokenOrder{Scopes: []ingest.Scope{"elsewhere"}}), func(does string) (int, string) {
			if isOwn(does) {
				return 0, ""
			}
			return 403, "scope"
		}},
		{"a session that was ended", cookies(ended, true), always(401, "session-ended")},
		{"a session of who is disabled", cookies(disabled, true), always(401, "session-ended")},
		{"a session without the token of its page", cookies(d.people("forged"), false), func(does string) (int, string) {
			if changes(does) {
				return 403, "csrf"
			}
			return 0, ""
		}},
		{"a good session", nil, roleDecides},
		{"a good token", d.bearers(t, ingest.TokenOrder{}), roleDecides},
	}
}

func (d *desk) revoked(t *testing.T) func(ingest.Role) []string {
	all := map[ingest.Role]string{}
	for _, role := range roles {
		made, err := d.store.CreateToken(t.Context(), ingest.TokenOrder{Name: "revoked", Role: role, Actor: "test"})
		must(t, err)
		must(t, d.store.RevokeToken(t.Context(), made.ID, "test"))
		all[role] = made.Secret
	}
	return func(role ingest.Role) []string { return bearer(all[role]) }
}

// Every route, asked with every role and in every state, answers as the matrix
// says.
func TestEveryRouteKnowsItsRoles(t *testing.T) {
	d := open(t, signIn)
	d.receive(d.chat("v1", "hello"))
	talk := d.ask(agent, "GET /conversations", "").is(200)
	least, states := leastOf(), d.states(t)
	good := d.people("good")
	for _, does := range routes(t, d) {
		want, ok := least[does]
		if !ok {
			t.Errorf("%s: a new route; name its least role in the matrix", does)
			continue
		}
		delete(least, does)
		request, body := d.real(does, talk)
		for _, s := range states {
			if s.headers == nil {
				s.headers = cookies(good, true)
			}
			for _, role := range roles {
				d.holds(t, s, role, want, does, func() answer { return d.ask("", request, body, s.headers(role)...) })
			}
		}
		if does == "DELETE /session" {
			good = d.people("again")
		}
	}
	for does := range least {
		t.Errorf("%s: in the matrix, but there is no such route", does)
	}
}

// holds compares one answer with the matrix.
func (d *desk) holds(t *testing.T, s state, role, want ingest.Role, does string, ask func() answer) {
	t.Helper()
	code, problem := s.refused(does)
	switch {
	case want == anyone:
		if a := ask(); a.Code == 403 || a.Code == 429 || a.Code >= 500 || a.get("type") == "no-token" {
			t.Errorf("%s with %s: %d, though anyone may\n%s", does, s.name, a.Code, a.Body)
		}
	case code != 0:
		if a := ask(); a.Code != code || a.get("type") != problem {
			t.Errorf("%s as %s with %s: %d %s, want %d %s", does, role, s.name, a.Code, a.Body, code, problem)
		}
	case does == "GET /events/stream" && role.AtLeast(want):
		// it does not end: TestStream…
	default:
		if a := ask(); (a.Code == 403) == role.AtLeast(want) || a.Code == 401 || a.Code == 429 || a.Code >= 500 {
			t.Errorf("%s as %s with %s: %d; its least role is %s\n%s", does, role, s.name, a.Code, want, a.Body)
		}
	}
}

// The settings move the roles of rules, and of nothing else.
func TestSettingsSayWhoMayRule(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "hello"))
	talk := d.ask(agent, "GET /conversations", "").is(200)
	for _, may := range roles {
		d.ask(admin, "PATCH /settings", fmt.Sprintf(`{"may_block":%q,"may_ban":%q,"may_blacklist":%q}`, may, may, may)).is(200)
		for does, least := range leastOf() {
			kind := path.Base(does)
			if kind != "block" && kind != "ban" && kind != "blacklist" {
				continue
			}
			least = may
			if strings.Contains(does, "/blocked/") && !least.AtLeast(supervisor) {
				least = supervisor // the list is theirs
			}
			request, body := d.real(does, talk)
			for _, role := range roles {
				if a := d.ask(role, request, body); (a.Code == 403) == role.AtLeast(least) || a.Code == 401 || a.Code >= 500 {
					t.Errorf("may_%s: %s, %s as %s: %d, want it for %s", kind, may, does, role, a.Code, least)
				}
			}
		}
	}
}
