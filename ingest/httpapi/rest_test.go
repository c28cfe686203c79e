package httpapi_test

import (
	"context"
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"gatehouse/ingest"
)

func TestStanding(t *testing.T) {
	d := open(t)
	d.receive(d.chat("v1", "hello"), d.mail("ann@example.com", "order", "hello"))
	d.ask(supervisor, "POST "+d.contactOf("ann@example.com")+"/ban", `{"reason":"abuse"}`).is(201)
	d.rule(`{"kind":"block","target":"ip:192.0.2.66","scope":["kind:chat"],"expires_in":"1h"}`)
	d.ask(agent, "GET /standing?kind=email&value=Ann@Example.com", "").is(200).has("effect", "refuse", "may_send", "false",
		"may_receive", "false", "widget", "hide", "rule.reason", "abuse")
	d.ask(agent, "GET /standing?kind=email&value=bob@example.com", "").is(200).has("effect", "none", "may_send", "true", "widget", "show", "rule", "")
	d.ask(agent, "GET /standing?kind=visitor&value=v9&ip=192.0.2.66&channel=chat", "").is(200).has("effect", "hold", "may_send", "true", "may_auto", "false")
	d.ask(agent, "GET /standing?ip=192.0.2.66&channel=mail", "").is(200).has("effect", "none")
	d.ask(agent, "GET /standing", "").problem(422, "invalid")
	d.ask(agent, "GET /standing?kind=email&value=", "").problem(422, "invalid").has("errors.0.field", "value")
	d.ask(agent, "GET /standing?ip=nowhere", "").problem(422, "invalid").has("errors.0.field", "ip")
	d.ask(agent, "GET /standing?ip=192.0.2.1&channel=nowhere", "").problem(422, "invalid").has("errors.0.field", "channel")
	many := strings.Repeat(`{"kind":"email","value":"bob@example.com"},`, 999) + `{"kind":"email","value":"ann@example.com"}`
	d.ask(agent, "POST /standing", `{"items":[`+many+`]}`).is(200).has("items", "1000", "items.998.effect", "none", "items.999.effect", "refuse")
	d.ask(agent, "POST /standing", `{"items":[`+many+`,{"ip":"192.0.2.1"}]}`).problem(422, "invalid")
}

// Who talked before a rule that spares the known stands as their next message
// would be taken.
func TestStandingSparesTheKnown(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	d.rule(`{"kind":"ban","target":"domain:example.com","spare_known":true}`)
	d.ask(agent, "GET /standing?kind=email&value=ann@example.com", "").is(200).has("effect", "none")
	d.ask(agent, "GET /standing?kind=email&value=bob@example.com", "").is(200).has("effect", "refuse")
	d.ask(agent, "GET /contacts?q=ann@", "").is(200).has("items.0.standing.effect", "none")
	d.ask(agent, "GET /conversations", "").is(200).has("items.0.standing.effect", "none")
}

func TestSettings(t *testing.T) {
	d := open(t)
	first := d.ask(admin, "GET /settings", "").is(200).has("block_contact_enabled", "false", "close_chat_after", "30m0s", "may_ban", "supervisor")
	tag := first.Header.Get("ETag")
	second := d.ask(admin, "PATCH /settings", `{"close_chat_after":"10m","bot_enabled":true}`, "If-Match", tag).is(200).has(
		"close_chat_after", "10m0s", "bot_enabled", "true", "may_ban", "supervisor")
	if second.Header.Get("ETag") == tag {
		t.Error("the version stayed")
	}
	d.ask(admin, "PATCH /settings", `{"bot_enabled":false}`, "If-Match", tag).problem(412, "stale")
	d.ask(admin, "GET /settings", "").is(200).has("bot_enabled", "true")
	for body, field := range map[string]string{
		`{"may_ban":"nobody"}`: "may_ban", `{"close_chat_after":"soon"}`: "close_chat_after", `{"close_chat_after":"-1s"}`: "close_chat_after",
		`{"held_keep":"1s"}`: "held_keep", `{"held_keep":"soon","closed":true}`: "held_keep", `{"flood_sender":"many"}`: "flood_sender",
		`{"colour":"red"}`: "colour", `{"bot_enabled":1}`: "bot_enabled", `[]`: "body",
	} {
		d.ask(admin, "PATCH /settings", body).problem(422, "invalid").has("errors.0.field", field)
	}
	d.ask(admin, "PATCH /settings", `{"bot_enabled"`).problem(400, "invalid")
	if _, epoch, _, err := d.store.Rules(context.Background(), 0); err != nil || epoch != 2 {
		t.Errorf("epoch %d, want 2: one change raised it once (%v)", epoch, err)
	}
}

func TestChannels(t *testing.T) {
	d := open(t)
	d.ask(supervisor, "GET /channels", "").is(200).has("items", "2", "items.0.name", "chat", "items.0.state", "ok", "items.0.lag_s", "0",
		"items.0.cursor", "", "items.0.last_error", "", "items.0.last_ok_at", "", "items.0.family", "chat")
	d.ask(admin, "POST /channels/chat/pause", "").is(200).has("state", "paused")
	d.ask(supervisor, "GET /channels/chat", "").is(200).has("state", "paused")
	d.ask(admin, "POST /channels/chat/resume", "").is(200).has("state", "ok")
	d.ask(admin, "POST /channels/nowhere/pause", "").problem(404, "not-found")
	d.ask(supervisor, "GET /channels/nowhere", "").problem(404, "not-found")
	d.ask(agent, "GET /events", "").is(200).has("items", "2", "items.0.type", "channel.paused", "items.1.data.channel", "chat")
}

// unreadable is a message that arrived torn.
func (d *desk) unreadable(raw string) ingest.ID {
	a := d.chat("v1", "")
	a.Raw, a.Problem, a.Note, a.Derived = []byte(raw), ingest.ReasonUnreadable, "no JSON", true
	a.Message.From, a.Message.Identities = ingest.Sender{}, nil
	return d.receive(a)[0]
}

func TestDeadMessages(t *testing.T) {
	d := open(t)
	torn, fine := d.unreadable(`{"text":`).String(), d.unreadable(`{"text":"readable after all"}`).String()
	d.ask(supervisor, "GET /dead", "").is(200).has("items", "2", "items.0.id", fine, "items.0.reason", "unreadable", "items.0.note", "no JSON")
	d.ask(supervisor, "GET /dead?reason=crashed", "").is(200).has("items", "0")
	d.ask(supervisor, "GET /dead?channel=chat&limit=1", "").is(200).has("items", "1")
	if raw := d.ask(admin, "GET /dead/"+torn+"/raw", "").is(200); string(raw.Body) != `{"text":` {
		t.Errorf("raw is %q", raw.Body)
	}
	d.ask(admin, "POST /dead/"+torn+"/retry", "").problem(422, "still-unreadable")
	d.ask(admin, "POST /dead/"+fine+"/retry", "").is(202).has("state", "received")
	d.settle()
	d.ask(agent, "GET /messages/"+fine, "").is(200).has("state", "conversed", "text", "readable after all", "from.value", "mended", "reason", "", "note", "")
	d.ask(admin, "DELETE /dead/"+torn, "").is(204)
	d.ask(admin, "DELETE /dead/"+torn, "").problem(404, "not-found")
	d.ask(admin, "GET /dead/"+fine+"/raw", "").problem(404, "not-found")
	d.ask(supervisor, "GET /messages/"+torn, "").is(200).has("state", "purged", "note", "", "trail", "0")
	d.ask(admin, "GET /messages/"+torn+"/raw", "").problem(404, "not-found")
	d.ask(agent, "GET /stats", "").is(200).has("channels.0.accepted", "2", "channels.0.purged", "1", "channels.0.conversed", "1", "channels.0.dead", "0")
	d.lawful()
}

// What the store once refused is read again, as what could not be read is.
func TestRejectedMessagesAreReadAgain(t *testing.T) {
	d := open(t)
	a := d.chat("v1", "")
	a.Raw, a.Problem, a.Note = []byte(`{"text":"fine now"}`), ingest.ReasonRejected, "a value the store refuses"
	id := d.receive(a)[0].String()
	d.ask(admin, "POST /dead/"+id+"/retry", "").is(202).has("id", id, "state", "received")
	d.settle()
	d.ask(agent, "GET /messages/"+id, "").is(200).has("text", "fine now", "from.value", "mended")
}

func TestProblems(t *testing.T) {
	d := open(t)
	for _, c := range []struct {
		does, body string
		status     int
		kind       string
	}{
		{"GET /messages/not-an-id", "", 422, "invalid"},
		{"GET /messages?limit=0", "", 422, "invalid"},
		{"GET /messages?limit=201", "", 422, "invalid"},
		{"GET /messages?state=lost", "", 422, "invalid"},
		{"GET /nowhere", "", 404, "not-found"},
		{"POST /rules", "", 400, "invalid"},
		{"POST /rules", "{", 400, "invalid"},
		{"POST /rules", `{"kind":"ban"}`, 422, "invalid"},
		{"POST /rules", `{"kind":"ban","target":"email:a@example.com","extra":1}`, 422, "invalid"},
		{"POST /rules", `{"kind":"ban","target":"email:a@example.com","comment":"` + strings.Repeat("x", 2001) + `"}`, 422, "invalid"},
	} {
		d.ask(admin, c.does, c.body).problem(c.status, c.kind).has("status", itoa(c.status))
	}
	d.store.Close()
	d.ask(admin, "GET /stats", "").problem(503, "unavailable")
}

func itoa(n int) string {
	b, _ := json.Marshal(n)
	return string(b)
}

func TestTheDescriptionIsOfThisAPI(t *testing.T) {
	d := open(t)
	var o struct {
		OpenAPI    string `json:"openapi"`
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct {
					Type any `json:"type"`
				} `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	must(t, json.Unmarshal(d.ask("", "GET /openapi.json", "").is(200).Body, &o))
	rule := o.Components.Schemas["Rule"].Properties
	got := map[string]any{"openapi": o.OpenAPI, "id": rule["id"].Type, "scope": rule["scope"].Type, "target": rule["target"].Type}
	want := map[string]any{"openapi": "3.1.0", "id": "string", "scope": "array", "target": "string"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("description (-want +got):\n%s", diff)
	}
	for _, gone := range []string{"ErrorModel", "ErrorDetail"} {
		if _, ok := o.Components.Schemas[gone]; ok {
			t.Errorf("the library's %s is described, ours is Problem", gone)
		}
	}
	for path, body := range map[string]string{"/rules.post.responses.200": "oneOf", "/rules/import.post.responses.202": "$ref"} {
		if d.ask("", "GET /openapi.json", "").get("paths."+path+".content.application/json.schema."+body) == "" {
			t.Errorf("%s has no body", path)
		}
	}
	if yaml := d.ask("", "GET /openapi.yaml", "").is(200); !strings.Contains(string(yaml.Body), "/contacts/{id}/unblock:") {
		t.Errorf("no YAML of it: %.200s", yaml.Body)
	}
}

// What a query says wrong is told in our words, whatever kind it is of.
func TestQueriesOfTheWrongKind(t *testing.T) {
	d := open(t)
	for query, says := range map[string]string{"/rules?review=maybe": "must be true or false", "/rules?limit=many": "must be a whole number"} {
		d.ask(supervisor, "GET "+query, "").problem(422, "invalid").has("errors.0.says", says)
	}
	read := d.ask(admin, "GET /settings", "").Header.Get("ETag")
	d.ask(admin, "PATCH /settings", `{"bot_enabled":true}`).is(200)
	d.ask(admin, "PATCH /settings", `{"bot_enabled":false}`, "If-Match", read).problem(412, "stale").has("detail", "the settings were changed meanwhile: read them again")
}
