package behaviours

import (
	"net/http"
	"strings"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// wrong is a request that cannot be done, and what says so.
type wrong struct {
	role, method, path, body string
	want                     int
	says                     string
}

// denies sends wrong requests to the API: each is answered by a problem that
// names what is wrong.
func (d desk) denies(list []wrong) {
	d.T.Helper()
	for _, c := range list {
		a, err := d.Ask(c.method, "/api/v1"+c.path, c.body, "Authorization", "Bearer "+d.As(c.role).Token())
		housetest.Must(d.T, err)
		if a.Status != c.want || !strings.Contains(a.Body, c.says) || a.Header.Get("Content-Type") != "application/problem+json" {
			d.T.Errorf("%s %s %s by %s: %d %s %s, want %d and %s", c.method, c.path, c.body, c.role, a.Status,
				a.Header.Get("Content-Type"), a.Body, c.want, c.says)
		}
	}
}

// nobody is an id that nothing has.
const nobody = "01890000-0000-7000-8000-000000000000"

func TestWrongBodies(t *testing.T) {
	d := open(t)
	m := d.visitor("v").writes("Before")
	talk, rules := "/conversations/"+m.Conversation, "/rules"
	d.denies([]wrong{
		{"admin", "POST", rules, ``, 400, "body is required"},
		{"admin", "POST", rules, `{"kind":`, 400, `body: is not JSON`},
		{"admin", "POST", rules, `{"kind":"ban","target":"visitor:x"} {}`, 400, `body: is not JSON`},
		{"admin", "POST", rules, `null`, 422, `body: must be a JSON object`},
		{"admin", "POST", rules, `[]`, 422, `body: must be a JSON object`},
		{"admin", "POST", rules, `{}`, 422, `{"field":"kind","says":"is missing"},{"field":"target","says":"is missing"}`},
		{"admin", "POST", rules, `{"kind":"ban"}`, 422, `target: is missing`},
		{"admin", "POST", rules, `{"kind":"ban","target":7}`, 422, `target: must be a JSON string`},
		{"admin", "POST", rules, `{"kind":"curse","target":"visitor:x"}`, 422, `kind: want one of ban, block`},
		{"admin", "POST", rules, `{"kind":"ban","target":"visitor:x","colour":"red"}`, 422, `colour: is not known here`},
		{"admin", "POST", rules, `{"kind":"ban","target":"bob"}`, 422, `want KIND:VALUE`},
		{"admin", "POST", rules, `{"kind":"ban","target":"email:bob"}`, 422, `no @`},
		{"admin", "POST", rules, `{"kind":"ban","target":"ip:999"}`, 422, `"field":"target"`},
		{"admin", "POST", rules, `{"kind":"ban","target":"contact:` + nobody + `"}`, 404, `not-found`},
		{"admin", "POST", rules, `{"kind":"ban","target":"visitor:x","expires_in":"tomorrow"}`, 422, `expires_in: want a duration`},
		{"admin", "POST", rules, `{"kind":"ban","target":"visitor:x","expires_in":"-1h"}`, 422, `expires_in: want a duration`},
		{"admin", "POST", rules, `{"kind":"ban","target":"visitor:x","scope":["nowhere"]}`, 422, `no channel nowhere`},
		{"admin", "POST", rules, `{"kind":"ban","target":"visitor:x","scope":"site-chat"}`, 422, `scope: must be a list`},
		{"admin", "POST", rules, `{"kind":"ban","target":"visitor:x","reason":"` + strings.Repeat("x", 101) + `"}`, 422, `longer than 100 characters`},
		{"admin", "POST", rules, `{"kind":"ban","target":"visitor:` + strings.Repeat("x", 2000) + `"}`, 422, `target: is longer than`},
		{"admin", "POST", rules, `{"reason":"` + strings.Repeat("x", 4<<20) + `"}`, 413, ``},
		{"agent", "PATCH", talk, `{"status":"asleep"}`, 422, `status: want one of bot, unassigned`},
		{"agent", "PATCH", talk, `{"tags":"x"}`, 422, `tags: must be a list`},
		{"agent", "PATCH", talk, `{"tags":["` + strings.Repeat("x", 200) + `"]}`, 422, `tags[0]: is longer than 100 characters`},
		{"agent", "PATCH", talk, `{"id":"` + nobody + `"}`, 422, `id: is not known here`},
		{"agent", "POST", talk + "/block", `{"reason":"x","target":"moon"}`, 422, `target: want one of contact`},
		{"supervisor", "POST", "/contacts/" + m.Contact + "/unblock", `{"held":"maybe"}`, 422, `held: want one of unblock_all`},
		{"supervisor", "POST", "/blocked/release", `{"tickets":[7]}`, 422, `tickets[0]`},
		{"agent", "POST", "/standing", `{"items":[]}`, 422, `items: is empty`},
		{"admin", "PATCH", "/settings", `{"may_ban":"king"}`, 422, `may_ban: want one of agent`},
		{"admin", "PATCH", "/settings", `{"bot_enabled":"yes"}`, 422, `bot_enabled: must be true or false`},
		{"admin", "PATCH", "/settings", `{"bot_max_age":"soon"}`, 422, `soon`},
		{"admin", "PATCH", "/settings", `{"colour":"red"}`, 422, `colour: is not known here`},
		{"admin", "POST", "/tokens", `{"name":"","role":"agent"}`, 422, `name: is empty`},
		{"admin", "POST", "/tokens", `{"name":"x","role":"king"}`, 422, `role: want one of agent`},
	})
	if m := d.visitor("v").writes("After"); m.State != "conversed" {
		t.Errorf("afterwards a message is %s", m.State)
	}
}

func TestWrongQuestions(t *testing.T) {
	d := open(t)
	d.denies([]wrong{
		{"agent", "GET", "/conversations?status=asleep", ``, 422, `status: want one of bot`},
		{"agent", "GET", "/conversations?statsu=open", ``, 422, `statsu: is not known here`},
		{"supervisor", "GET", "/blocked?chanel=site-chat", ``, 422, `chanel: is not known here`},
		{"agent", "GET", "/conversations?contact_id=7", ``, 422, `contact_id: not an id`},
		{"agent", "GET", "/conversations?limit=1000", ``, 422, `limit: must be at most 200`},
		{"agent", "GET", "/conversations?limit=0", ``, 422, `limit: must be at least 1`},
		{"agent", "GET", "/conversations?limit=ten", ``, 422, `limit: must be a whole number`},
		{"agent", "GET", "/conversations?cursor=nonsense", ``, 422, `cursor: not one that this list gave`},
		{"agent", "GET", "/contacts?from=yesterday", ``, 422, `from: must be a time as in 2026`},
		{"agent", "GET", "/contacts?q=" + strings.Repeat("x", 201), ``, 422, `q: is longer than 200`},
		{"agent", "GET", "/events?after=nonsense", ``, 422, `after: not the id of an event`},
		{"agent", "GET", "/standing", ``, 422, `name somebody by kind and value`},
		{"agent", "GET", "/standing?kind=email&value=bob", ``, 422, `no @`},
		{"agent", "GET", "/standing?ip=999", ``, 422, `not an IP address`},
		{"agent", "GET", "/standing?kind=visitor&value=x&channel=nowhere", ``, 422, `no channel`},
		{"supervisor", "GET", "/rules?target=bob", ``, 422, `want KIND:VALUE`},
		{"supervisor", "DELETE", "/rules/x", ``, 422, `id: must be a whole number`},
		{"supervisor", "DELETE", "/rules/0", ``, 422, `id: must be at least 1`},
	})
}

func TestUnknownThings(t *testing.T) {
	d := open(t)
	list := []wrong{{"admin", "GET", "/nothing", ``, 404, ``}}
	for _, thing := range []struct{ method, path string }{
		{"GET", "/contacts/" + nobody}, {"GET", "/conversations/" + nobody}, {"GET", "/conversations/" + nobody + "/messages"},
		{"GET", "/messages/" + nobody}, {"GET", "/messages/" + nobody + "/raw"}, {"GET", "/messages/" + nobody + "/attachments/0"},
		{"GET", "/blocked/" + nobody}, {"POST", "/blocked/" + nobody + "/release"}, {"POST", "/blocked/" + nobody + "/delete"},
		{"POST", "/contacts/" + nobody + "/ban"}, {"DELETE", "/contacts/" + nobody + "/ban"}, {"POST", "/contacts/" + nobody + "/unblock"},
		{"GET", "/rules/999999"}, {"DELETE", "/rules/999999"}, {"GET", "/jobs/999999"}, {"DELETE", "/tokens/999999"},
		{"GET", "/channels/nowhere"}, {"POST", "/channels/nowhere/pause"}, {"POST", "/dead/" + nobody + "/retry"}, {"DELETE", "/dead/" + nobody},
	} {
		list = append(list, wrong{"admin", thing.method, thing.path, ``, 404, `"type":"not-found"`})
	}
	d.denies(append(list,
		wrong{"admin", "PUT", "/rules", `{}`, 405, `here is only GET, POST`},
		wrong{"admin", "DELETE", "/contacts/" + nobody, ``, 405, `GET`},
	))
}

// What a role may not is answered alike whether the thing is there or not.
func TestWrongRoles(t *testing.T) {
	d := open(t)
	m := d.visitor("v").writes("Hello")
	var list []wrong
	for _, id := range []string{m.ID, nobody} {
		list = append(list,
			wrong{"agent", "GET", "/messages/" + id + "/raw", ``, 403, `takes the role admin`},
			wrong{"supervisor", "GET", "/messages/" + id + "/raw", ``, 403, `takes the role admin`},
			wrong{"agent", "POST", "/messages/" + id + "/ban", `{"reason":"x"}`, 403, `takes the role supervisor`},
			wrong{"supervisor", "POST", "/messages/" + id + "/blacklist", `{"reason":"x"}`, 403, `takes the role admin`},
			wrong{"agent", "POST", "/blocked/" + id + "/release", ``, 403, `takes the role supervisor`},
			wrong{"supervisor", "DELETE", "/dead/" + id, ``, 403, `takes the role admin`},
		)
	}
	d.denies(append(list,
		wrong{"supervisor", "POST", "/rules", `{"kind":"ban","target":"domain:example.org"}`, 403, `takes the role admin`},
		wrong{"supervisor", "GET", "/settings", ``, 403, `takes the role admin`},
		wrong{"supervisor", "POST", "/tokens", `{"name":"me","role":"admin"}`, 403, `takes the role admin`},
		wrong{"agent", "GET", "/rules", ``, 403, `takes the role supervisor`},
	))
	for _, header := range []string{"", "Bearer", "Bearer wrong", "Basic eDp5", d.As("admin").Token()} {
		a, err := d.Ask(http.MethodGet, "/api/v1/stats", "", "Authorization", header)
		housetest.Must(t, err)
		if a.Status != http.StatusUnauthorized || a.Header.Get("WWW-Authenticate") != "Bearer" || !strings.Contains(a.Body, "bearer token") {
			t.Errorf("with %q: %d %s", header, a.Status, a.Body)
		}
	}
}

// The API takes JSON and says so; the doors take what browsers and providers
// send, whatever they call it, and keep what they cannot read.
func TestWrongContentTypes(t *testing.T) {
	d := openOwn(t, housetest.Settings, siteChat, form)
	token := "Bearer " + d.As("admin").Token()
	kinds := []string{"text/plain", "application/xml", "application/octet-stream"}
	for n, kind := range kinds {
		ask := func(path, body, authorization string) housetest.Answer {
			a, err := d.Ask(http.MethodPost, path, body, "Authorization", authorization, "Content-Type", kind)
			housetest.Must(t, err)
			return a
		}
		if a := ask("/api/v1/rules", `{"kind":"ban","target":"visitor:x"}`, token); a.Status != http.StatusUnsupportedMediaType ||
			!strings.Contains(a.Body, "must be application/json") {
			t.Errorf("the API, of %s: %d %s", kind, a.Status, a.Body)
		}
		if a := ask(housetest.Door, housetest.Post("v", kind, "Hello"), ""); a.Status != http.StatusAccepted {
			t.Errorf("the chat, of %s: %d %s", kind, a.Status, a.Body)
		}
		if a := ask("/hooks/orders", `no message `+kind, "Bearer "+formToken); a.Status != http.StatusOK {
			t.Errorf("the form, of %s: %d %s", kind, a.Status, a.Body)
		}
		d.Decided(map[string]int{"site-chat": n + 1, "orders": n + 1})
	}
	a, err := d.Ask(http.MethodPost, housetest.Door, housetest.Post("v", "form", "Hello"), "Content-Type", "multipart/form-data; boundary=x")
	housetest.Must(t, err)
	if a.Status != http.StatusUnprocessableEntity || !strings.Contains(a.Body, "is missing") {
		t.Errorf("a form without its parts: %d %s", a.Status, a.Body)
	}
	books := d.Books()
	if books["site-chat"].Conversed != int64(len(kinds)) || books["orders"].Dead != int64(len(kinds)) {
		t.Errorf("the books: %+v", books)
	}
	d.Command(0, "verify")
}
