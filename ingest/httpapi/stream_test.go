package httpapi_test

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// follow opens a stream and gives its lines until the test ends.
func (d *desk) follow(url, query string, headers ...string) (*http.Response, <-chan string) {
	d.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	d.t.Cleanup(cancel)
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, url+httpapi.Prefix+"/events/stream"+query, nil)
	must(d.t, err)
	r.Header.Set("Authorization", "Bearer "+d.tokens[agent])
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(r)
	must(d.t, err)
	lines := make(chan string)
	go func() {
		defer close(lines)
		defer response.Body.Close()
		for scan := bufio.NewScanner(response.Body); scan.Scan(); {
			select {
			case lines <- scan.Text():
			case <-ctx.Done():
				return
			}
		}
	}()
	return response, lines
}

// events reads the next n events' types and ids.
func events(t *testing.T, lines <-chan string, n int) (types, ids []string) {
	t.Helper()
	for len(types) < n {
		line, ok := <-lines
		if !ok {
			t.Fatalf("the stream ended after %v", types)
		}
		if id, ok := strings.CutPrefix(line, "id: "); ok {
			ids = append(ids, id)
		}
		if kind, ok := strings.CutPrefix(line, "event: "); ok {
			types = append(types, kind)
		}
	}
	return types, ids
}

func TestStreamFollowsTheLog(t *testing.T) {
	d := open(t)
	server := httptest.NewServer(d)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); http.DefaultClient.CloseIdleConnections() })
	d.receive(d.chat("v0", "before"))

	response, lines := d.follow(server.URL, "")
	if response.StatusCode != 200 || response.Header.Get("Content-Type") != "text/event-stream" {
		t.Fatalf("%d %s", response.StatusCode, response.Header.Get("Content-Type"))
	}
	<-lines // it follows now
	d.receive(d.chat("v1", "one"))
	types, ids := events(t, lines, 3)
	if got := strings.Join(types, " "); got != "contact.created conversation.opened message.conversed" {
		t.Errorf("%s: want what came after it began", got)
	}
	_, again := d.follow(server.URL, "", "Last-Event-ID", ids[0])
	if types, _ := events(t, again, 2); types[0] != "conversation.opened" {
		t.Errorf("resumed with %v", types)
	}
	_, some := d.follow(server.URL, "?types=message.conversed&after="+ids[0])
	if _, got := events(t, some, 1); got[0] != ids[2] {
		t.Errorf("%s, want %s", got[0], ids[2])
	}
}

func TestEventsAreReadInOrderAndForgotten(t *testing.T) {
	d := open(t)
	d.ask(agent, "GET /events", "").is(200).has("items", "0", "next", "")
	d.receive(d.chat("v1", "one"))
	d.receive(d.chat("v1", "two"))
	all := d.ask(agent, "GET /events", "").is(200).has("items", "4", "items.0.type", "contact.created", "items.3.type", "message.conversed")
	if strings.Contains(string(all.Body), "two") {
		t.Errorf("an event has content: %s", all.Body)
	}
	first := d.ask(agent, "GET /events?limit=1", "").is(200).has("items", "1", "next", all.get("items.0.id"))
	d.ask(agent, "GET /events?after="+first.get("next"), "").is(200).has("items", "3", "next", all.get("next"))
	d.ask(agent, "GET /events?types=conversation.opened", "").is(200).has("items", "1", "next", all.get("next"))
	d.ask(agent, "GET /events?after="+all.get("next"), "").is(200).has("items", "0", "next", all.get("next"))
	d.ask(agent, "GET /events?after=x", "").problem(422, "invalid").has("errors.0.field", "after")
	d.ask(agent, "GET /events?after=1-1", "").is(200).has("items", "4") // nothing was forgotten yet
	d.exec("update events set at = at - interval '31 days'")
	must(t, d.store.Tidy(context.Background()))
	d.ask(agent, "GET /events?after=1-1", "").problem(410, "gone")
	d.ask(agent, "GET /events/stream?after=1-1", "").problem(410, "gone")
	d.ask(agent, "GET /events?after="+all.get("next"), "").is(200).has("items", "0", "next", all.get("next"))
}

// What passes is sent as it happens and has no id: a reader who comes back goes
// on in the log where they were.
func TestStreamTellsWhatPasses(t *testing.T) {
	passing := make(chan ingest.Event)
	left := make(chan struct{}, 2)
	d := open(t, func(o *httpapi.Options) {
		o.Follow = func() (<-chan ingest.Event, func()) { return passing, func() { left <- struct{}{} } }
	})
	server := httptest.NewServer(d)
	t.Cleanup(func() {
		server.CloseClientConnections()
		server.Close()
		http.DefaultClient.CloseIdleConnections()
		<-left
	})
	_, lines := d.follow(server.URL, "")
	passing <- ingest.Event{Type: "visitor.typing", Data: []byte(`{"visitor_id":"v1"}`)}
	types, ids := events(t, lines, 1)
	if types[0] != "visitor.typing" || ids != nil {
		t.Errorf("%q with ids %q", types, ids)
	}
	if data := <-lines; !strings.Contains(data, `"id":""`) || !strings.Contains(data, `"visitor_id":"v1"`) {
		t.Errorf("its data: %s", data)
	}
	d.receive(d.chat("v1", "one"))
	if types, ids := events(t, lines, 3); types[2] != "message.conversed" || len(ids) < 3 {
		t.Errorf("then %q, %q", types, ids)
	}
	server.CloseClientConnections()
	<-left // the channel is the next one's

	_, some := d.follow(server.URL, "?types=visitor.page")
	passing <- ingest.Event{Type: "visitor.typing"}
	passing <- ingest.Event{Type: "visitor.page"}
	if types, _ := events(t, some, 1); types[0] != "visitor.page" {
		t.Errorf("of visitor.page alone: %q", types)
	}
}

// Who follows what never happens gets the place with the heartbeat, and no
// event: they come back with one that is kept.
func TestStreamGivesThePlaceToWhoHearsNothing(t *testing.T) {
	d := open(t, func(o *httpapi.Options) { o.Beat = 5 * time.Millisecond })
	server := httptest.NewServer(d)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); http.DefaultClient.CloseIdleConnections() })
	d.receive(d.chat("v1", "one"))
	before := d.ask(agent, "GET /events", "").is(200).get("next")
	_, lines := d.follow(server.URL, "?types=job.done&after="+before)
	placeOf(t, lines, before)
	d.receive(d.chat("v1", "two"))
	after := d.ask(agent, "GET /events", "").is(200).get("next")
	placeOf(t, lines, after)
	d.exec("update events set at = at - interval '31 days'")
	must(t, d.store.Tidy(context.Background()))
	d.ask(agent, "GET /events?after="+before, "").problem(410, "gone")
	d.ask(agent, "GET /events?after="+after, "").is(200)
}

// placeOf reads a stream on which nothing happens until it says a place.
func placeOf(t *testing.T, lines <-chan string, want string) {
	t.Helper()
	for line := range lines {
		switch {
		case line == "id: "+want:
			return
		case strings.HasPrefix(line, "event:"), strings.HasPrefix(line, "data:"):
			t.Fatalf("it tells %q", line)
		}
	}
	t.Fatalf("the stream ended before it said %s", want)
}

// A person's stream goes on for as long as their session, and a token's for as
// long as that is good.
func TestStreamEndsWithWhatItWasBegunBy(t *testing.T) {
	d := open(t, signIn, func(o *httpapi.Options) { o.Beat = 5 * time.Millisecond })
	server := httptest.NewServer(d)
	t.Cleanup(func() { server.CloseClientConnections(); server.Close(); http.DefaultClient.CloseIdleConnections() })
	user := d.user("ann", supervisor)
	ann := d.signIn("ann")
	token := d.ask(admin, "POST /tokens", `{"name":"desk","role":"agent"}`).is(201)
	for name, c := range map[string]struct {
		headers []string
		end     func()
	}{
		"a session": {[]string{"Authorization", "", "Cookie", ann.cookie}, func() { d.ask(admin, "DELETE /users/"+user+"/sessions", "").is(204) }},
		"a token":   {[]string{"Authorization", "Bearer " + token.get("secret")}, func() { d.ask(admin, "DELETE /tokens/"+token.get("id"), "").is(204) }},
	} {
		_, lines := d.follow(server.URL, "", c.headers...)
		for beats := 0; beats < 3; {
			line, ok := <-lines
			if !ok {
				t.Fatalf("%s: the stream ended after %d beats", name, beats)
			}
			if line == ": beat" {
				beats++
			}
		}
		c.end()
		for range lines { // until it ends
		}
	}
}

// Who has lost the role that they began with is told of a job no longer.
func TestStreamEndsWithTheRole(t *testing.T) {
	d := open(t, signIn, func(o *httpapi.Options) { o.Beat = 5 * time.Millisecond })
	hold(d)
	asOf := d.ask(supervisor, "GET /blocked", "").get("as_of")
	job := d.ask(supervisor, "POST /blocked/release", `{"filter":{},"as_of":"`+asOf+`"}`).is(202).get("id")
	user := d.user("ann", supervisor)
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.serve()+httpapi.Prefix+"/jobs/"+job+"/events", nil)
	must(t, err)
	r.Header.Set("Cookie", d.signIn("ann").cookie)
	response, err := http.DefaultClient.Do(r)
	must(t, err)
	defer response.Body.Close()
	beats := 0
	for scan := bufio.NewScanner(response.Body); scan.Scan(); { // until it ends
		if scan.Text() == ": beat" {
			beats++
		}
		if beats == 2 {
			d.ask(admin, "PATCH /users/"+user, `{"role":"agent"}`).is(200)
		}
	}
	if beats < 2 || ctx.Err() != nil {
		t.Errorf("it ended after %d beats (%v)", beats, ctx.Err())
	}
}
