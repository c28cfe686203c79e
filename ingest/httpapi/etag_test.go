package httpapi_test

import (
	"strings"
	"testing"
	"time"
)

// What a PATCH changes is read with an ETag: a second PATCH of what was read
// before the first is refused, and what is as it was read is not sent again.
func TestETags(t *testing.T) {
	d, _ := openPosting(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	talk := "/conversations/" + d.ask(agent, "GET /conversations", "").is(200).get("items.0.id")
	hook := "/endpoints/" + d.ask(admin, "POST /endpoints", hooked).is(201).get("id")
	user := "/users/" + d.ask(admin, "POST /users", `{"login":"ann","name":"Ann Example","role":"agent"}`).is(201).get("id")
	d.clock.set(time.Now()) // how long an endpoint's events wait is in its answer
	for path, patch := range map[string]string{
		d.contactOf("ann@example.com"): `{"company":"Example Ltd"}`,
		talk:                           `{"assignee":"sam"}`,
		hook:                           `{"description":"orders"}`,
		user:                           `{"name":"Ann"}`,
		"/rules/" + d.rule(`{"kind":"ban","target":"email:eve@example.net"}`): `{"comment":"no"}`,
		"/settings": `{"bot_enabled":true}`,
	} {
		get := func(had string) answer { return d.ask(admin, "GET "+path, "", "If-None-Match", had) }
		read := get("").is(200).Header.Get("ETag")
		if had := get(`"x", W/` + read).is(304); len(had.Body) > 0 || had.Header.Get("ETag") != read {
			t.Errorf("%s: 304 with ETag %q, body %q", path, had.Header.Get("ETag"), had.Body)
		}
		get("*").is(304)
		changed := d.ask(admin, "PATCH "+path, patch, "If-Match", read).is(200)
		d.ask(admin, "PATCH "+path, patch, "If-Match", read).problem(412, "stale")
		d.ask(admin, "PATCH "+path, patch, "If-Match", `"?"`).problem(422, "invalid").has("errors.0.field", "If-Match")
		now := get(read).is(200).Header.Get("ETag")
		if tag := changed.Header.Get("ETag"); tag != "" && tag != now {
			t.Errorf("%s: ETag %s of the PATCH, %s of the GET after it", path, tag, now)
		}
		d.ask(admin, "PATCH "+path, patch, "If-Match", "*").is(200)
	}
}

// A message that comes makes the answer another, not what a desk may change.
func TestAMessageLeavesAConversationsVersion(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "one"))
	talk := "/conversations/" + d.ask(agent, "GET /conversations", "").is(200).get("items.0.id")
	read := d.ask(agent, "GET "+talk, "").is(200).Header.Get("ETag")
	d.receive(d.chat("v1", "two"))
	d.ask(agent, "GET "+talk, "", "If-None-Match", read).is(200).has("messages", "2")
	closed := d.ask(agent, "PATCH "+talk, `{"status":"closed"}`, "If-Match", read).is(200).Header.Get("ETag")
	d.ask(agent, "PATCH "+talk, `{"status":"open"}`, "If-Match", closed).is(200)
	d.ask(agent, "PATCH "+talk, `{"status":"closed"}`, "If-Match", closed).problem(412, "stale")
}

func TestWhatIsPatchedHasAnETag(t *testing.T) {
	list := operations(t, open(t))
	heeds := map[string]bool{}
	for _, o := range list {
		heeds[o.does] = o.heeds("header", "If-Match") || o.heeds("header", "If-None-Match")
	}
	for does, heeded := range heeds {
		path, patches := strings.CutPrefix(does, "PATCH ")
		if _, read := heeds["GET "+path]; patches && read && !(heeded && heeds["GET "+path]) {
			t.Errorf("%s: either it or its GET heeds no ETag", does)
		}
	}
}
