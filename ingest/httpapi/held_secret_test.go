package httpapi_test

import (
	"bytes"
	"context"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest/httpapi"
)

const planted = "xylophonequartz"

// An agent sees that a contact is ruled, since when, until when and how many
// are held, and by no route what was written.
func TestAgentsNeverReadWhatIsHeld(t *testing.T) {
	d := open(t)
	d.ask(admin, "PATCH /settings", `{"block_contact_enabled":true}`).is(200)
	d.receive(d.mail("ann@example.com", "order", "good morning"))
	ann := d.contact("ann")
	d.ask(supervisor, "POST /contacts/"+ann+"/block", `{"expires_in":"24h","reason":"abuse"}`).is(201)
	d.receive(d.mail("bob@example.com", "order", "good morning"))
	d.ask(supervisor, "POST /contacts/"+d.contact("bob")+"/ban", "").is(201)
	torn := d.chat("v1", planted)
	torn.Problem, torn.Message.Subject = "unreadable", planted
	ids := d.receive(d.mail("ann@example.com", planted, planted), d.mail("bob@example.com", planted, planted), torn)
	ticket := d.ask(supervisor, "GET /blocked", "").is(200).has("items", "1").get("items.0.id")
	if a := d.ask(supervisor, "GET /blocked/"+ticket, "").is(200); !bytes.Contains(a.Body, []byte(planted)) {
		t.Fatalf("the word is not there to be found: %s", a.Body)
	}
	d.ask(agent, "GET /contacts/"+ann, "").is(200).has("held", "1", "standing.rule.kind", "block", "standing.may_send", "true")
	known := []string{ann, d.contact("bob"), ticket, d.ask(agent, "GET /conversations", "").get("items.0.id"), "1", "2", "3", "mail", "chat"}
	for _, id := range ids {
		known = append(known, id.String())
	}
	for _, does := range routes(t, d) {
		if path, ok := strings.CutPrefix(does, "GET "); ok {
			d.walk(t, path, known)
		}
	}
}

// walk asks a route about everything there is, and in every way that lists can
// be asked for.
func (d *desk) walk(t *testing.T, path string, known []string) {
	t.Helper()
	queries := []string{"", "?q=" + planted, "?contact_id=" + known[0], "?contact=" + known[0], "?state=held", "?conversation_id=" + known[3], "?value=" + url.QueryEscape("email:ann@example.com")}
	paths := []string{path}
	if strings.Contains(path, "{") {
		paths, queries = nil, queries[:1]
		for _, id := range known {
			paths = append(paths, strings.NewReplacer("{id}", id, "{name}", id, "{index}", "0").Replace(path))
		}
	}
	for _, p := range paths {
		for _, query := range queries {
			if body := d.look(p + query); bytes.Contains(body, []byte(planted)) && !strings.Contains(query, planted) {
				t.Errorf("GET %s shows an agent what is held: %s", p+query, body)
			}
		}
	}
}

// look reads as an agent for as long as a stream has something to say.
func (d *desk) look(path string) []byte {
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	if strings.Contains(path, "/stream") {
		defer time.AfterFunc(300*time.Millisecond, cancel).Stop()
	}
	r := httptest.NewRequestWithContext(ctx, "GET", httpapi.Prefix+path, nil)
	r.Header.Set("Authorization", "Bearer "+d.tokens[agent])
	w := httptest.NewRecorder()
	d.ServeHTTP(w, r)
	return w.Body.Bytes()
}
