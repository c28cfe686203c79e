package httpapi_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// poster posts nothing and refuses one host.
type poster struct{ tested []ingest.ID }

func (*poster) Allows(url string) error {
	if strings.Contains(url, "192.0.2.1") {
		return errors.New("not an address of the public internet")
	}
	return nil
}

func (p *poster) Test(_ context.Context, id ingest.ID) (ingest.Attempt, error) {
	p.tested = append(p.tested, id)
	return ingest.Attempt{Status: 500, Error: "server", MS: 7}, nil
}

func openPosting(t *testing.T) (*desk, *poster) {
	p := &poster{}
	return open(t, func(o *httpapi.Options) { o.Endpoints = p }), p
}

const hooked = `{"url":"https://hooks.example.com/secret-path","types":["message.*"],"channels":["mail"],"description":"billing"}`

func TestAnEndpointIsMadeAndChanged(t *testing.T) {
	d, p := openPosting(t)
	made := d.ask(admin, "POST /endpoints", hooked).is(201).
		has("url", "https://hooks.example.com/secret-path", "host", "https://hooks.example.com", "types.0", "message.*", "channels.0", "mail",
			"state", "ok", "format", "standard", "scheme", "v1", "description", "billing", "off_reason", "")
	if !strings.HasPrefix(made.get("secret"), "whsec_") {
		t.Errorf("secret %q", made.get("secret"))
	}
	path := "/endpoints/" + made.get("id")
	read := d.ask(admin, "GET "+path, "").is(200).has("secret", "", "url", "https://hooks.example.com/secret-path")
	d.ask(supervisor, "GET "+path, "").is(200).has("url", "", "host", "https://hooks.example.com")
	d.ask(supervisor, "GET /endpoints", "").is(200).has("items", "1", "items.0.url", "")
	d.ask(admin, "PATCH "+path, `{"types":[],"format":"slack"}`, "If-Match", read.Header.Get("ETag")).is(200).
		has("types", "0", "format", "slack", "channels", "1")
	d.ask(admin, "PATCH "+path, `{"types":["message.held"]}`, "If-Match", read.Header.Get("ETag")).problem(412, "stale")
	if fresh := d.ask(admin, "POST "+path+"/rotate", `{"keep":"1h"}`).is(200).get("secret"); fresh == made.get("secret") || fresh == "" {
		t.Errorf("rotated to %q", fresh)
	}
	d.ask(admin, "POST "+path+"/pause", "").is(200).has("state", "paused")
	d.ask(admin, "POST "+path+"/resume", "").is(200).has("state", "ok")
	d.ask(admin, "POST "+path+"/test", "").is(200).has("ok", "false", "status", "500", "error", "server", "ms", "7")
	if len(p.tested) != 1 || p.tested[0].String() != made.get("id") {
		t.Errorf("tested %v", p.tested)
	}
	audit := d.ask(admin, "GET /audit?subject=endpoint:"+made.get("id"), "").is(200).has("items", "5", "items.4.action", "endpoint.create")
	if strings.Contains(string(audit.Body), "secret-path") || strings.Contains(string(audit.Body), "whsec") {
		t.Errorf("the audit tells secrets: %s", audit.Body)
	}
	d.ask(admin, "DELETE "+path, "").is(204)
	d.ask(admin, "GET "+path, "").problem(404, "not-found")
}

func TestWhatNoEndpointMayBe(t *testing.T) {
	d, _ := openPosting(t)
	for body, field := range map[string]string{
		`{}`:                                    "url",
		`{"url":"https://192.0.2.1/x"}`:         "url",
		`{"url":"https://ann:pw@example.com/"}`: "url",
		`{"url":"https://hooks.example.com","types":["Message held"]}`:                    "types",
		`{"url":"https://hooks.example.com","types":["*.held"]}`:                          "types",
		`{"url":"https://hooks.example.com","types":["message.held","message.hold"]}`:     "types", // never told of
		`{"url":"https://hooks.example.com","types":["visitor.*"]}`:                       "types", // in no log
		`{"url":"https://hooks.example.com","channels":["nowhere"]}`:                      "channels",
		`{"url":"https://hooks.example.com","secret":"whsec_AAAA"}`:                       "secret",
		`{"url":"https://hooks.example.com","scheme":"v1a","secret":"whsec_` + b64 + `"}`: "secret",
		`{"url":"https://hooks.example.com","format":"teams"}`:                            "format",
	} {
		d.ask(admin, "POST /endpoints", body).problem(422, "invalid").has("errors.0.field", field)
	}
	d.ask(admin, "POST /endpoints", `{"url":"https://hooks.example.com","secret":"whsec_`+b64+`"}`).is(201).has("secret", "whsec_"+b64)
}

const b64 = "MDEyMzQ1Njc4OTAxMjM0NTY3ODkwMTIzNDU2Nzg5MDE="

// The same request twice makes one endpoint, and tells its secret once.
func TestAnEndpointIsMadeOnce(t *testing.T) {
	d, _ := openPosting(t)
	first := d.ask(admin, "POST /endpoints", hooked, "Idempotency-Key", "k").is(201)
	d.ask(admin, "POST /endpoints", hooked, "Idempotency-Key", "k").is(201).has("id", first.get("id"), "secret", "")
	d.ask(admin, "GET /endpoints", "").has("items", "1")
}

func TestAReplayIsAskedFor(t *testing.T) {
	d, _ := openPosting(t)
	path := "/endpoints/" + d.ask(admin, "POST /endpoints", hooked).get("id")
	at := func(ago time.Duration) string { return time.Now().Add(-ago).UTC().Format(time.RFC3339) }
	d.ask(admin, "POST "+path+"/replay", `{"from":"`+at(31*24*time.Hour)+`"}`).problem(410, "gone")
	d.ask(admin, "POST "+path+"/replay", `{"from":"`+at(-time.Hour)+`"}`).problem(422, "invalid")
	d.ask(admin, "POST "+path+"/replay", `{"from":"`+at(time.Hour)+`","until":"`+at(2*time.Hour)+`"}`).problem(422, "invalid")
	d.ask(admin, "POST "+path+"/replay", `{"from":"`+at(time.Hour)+`","types":["message.hold"]}`).problem(422, "invalid").has("errors.0.field", "types")
	r := d.ask(admin, "POST "+path+"/replay", `{"from":"`+at(time.Hour)+`","types":["message.held"]}`, "Idempotency-Key", "r").is(202).
		has("endpoint_id", strings.TrimPrefix(path, "/endpoints/"), "types.0", "message.held", "done_at", "")
	d.ask(admin, "POST "+path+"/replay", `{"from":"`+at(time.Hour)+`","types":["message.held"]}`, "Idempotency-Key", "r").has("id", r.get("id"))
	d.ask(supervisor, "GET "+path+"/replays", "").is(200).has("items", "1", "items.0.id", r.get("id"))
}

// What was given up is listed, begun anew, or removed.
func TestDeadLetters(t *testing.T) {
	d, _ := openPosting(t)
	ctx := context.Background()
	id := d.ask(admin, "POST /endpoints", `{"url":"https://hooks.example.com"}`).get("id")
	d.receive(d.chat("v1", "hello"))
	endpoint, err := ingest.ParseID(id)
	must(t, err)
	waiting := func() answer { return d.ask(supervisor, "GET /deliveries?state=pending&endpoint_id="+id, "").is(200) }
	for range 1000 { // until the log can be read
		_, _, err := d.store.SpreadEvents(ctx, 100)
		must(t, err)
		if waiting().get("items") == "3" {
			break
		}
		time.Sleep(5 * time.Millisecond)
	}
	waiting().has("items", "3", "items.0.type", "message.conversed", "items.0.attempts", "")
	_, tasks, err := d.store.ClaimDeliveries(ctx, endpoint, 8, time.Minute)
	must(t, err)
	tasks[0].Try = 99
	must(t, d.store.EndFailed(ctx, endpoint, tasks[0], ingest.Attempt{At: time.Now(), Status: 400, Error: "rejected"}))
	dead := d.ask(supervisor, "GET /deliveries?state=dead", "").is(200).has("items", "1", "items.0.error", "rejected")
	path := "/deliveries/" + dead.get("items.0.id")
	d.ask(supervisor, "GET "+path, "").is(200).has("attempts", "1", "attempts.0.status", "400", "attempts.0.error", "rejected", "state", "dead")
	d.ask(supervisor, "GET /deliveries?event_id="+dead.get("items.0.event_id"), "").is(200).has("items", "1")
	d.ask(supervisor, "GET /deliveries?event_id=x", "").problem(422, "invalid")
	d.ask(admin, "GET /endpoints/"+id, "").has("dead", "1", "state", "failing", "last_error", "rejected")
	d.ask(admin, "POST "+path+"/retry", "").is(202).has("state", "pending")
	d.ask(admin, "POST "+path+"/retry", "").problem(409, "conflict")
	d.ask(admin, "DELETE "+path, "").problem(409, "conflict")
	d.ask(admin, "DELETE /deliveries/999999", "").problem(404, "not-found")
	d.ask(admin, "POST /endpoints/"+id+"/dead/retry", "").is(202).has("dead", "0")
	d.ask(admin, "DELETE /endpoints/"+id+"/dead", "").is(204)
}
