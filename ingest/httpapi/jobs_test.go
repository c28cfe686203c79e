package httpapi_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// lawful demands that the laws hold.
func (d *desk) lawful() {
	d.t.Helper()
	must(d.t, d.store.SealAudit(context.Background())) // as a sweeper would have
	v, err := d.store.Verify(context.Background(), time.Time{})
	must(d.t, err)
	for _, x := range v.Violations {
		d.t.Errorf("law %d: %s: %v", x.Law, x.Says, x.IDs)
	}
}

// What a cancelled Unblock All leaves is kept, and retried it goes on.
func TestCancelAndRetryOfAnUnblockAll(t *testing.T) {
	d := open(t)
	rule := d.rule(`{"kind":"block","target":"visitor:v1"}`)
	d.receive(d.chat("v1", "one"), d.chat("v1", "two"), d.chat("v1", "three"))
	job := d.ask(supervisor, "POST /rules/"+rule+"/lift", `{"held":"unblock_all"}`).is(202).get("id")
	_, err := d.store.StepJobs(context.Background(), 1)
	must(t, err)
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "running", "total", "3", "done", "1")
	for range 2 {
		d.ask(supervisor, "POST /jobs/"+job+"/cancel", "").is(200).has("id", job, "state", "cancelled", "done", "1")
	}
	d.work()
	d.lawful()
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "1", "items.0.messages", "2")
	d.ask(supervisor, "GET /rules/"+rule, "").is(200).has("held_choice", "keep", "held", "2")
	for range 2 {
		d.ask(supervisor, "POST /jobs/"+job+"/retry", "").is(202).has("id", job)
	}
	d.work()
	d.lawful()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "released", "3", "total", "3")
	d.ask(supervisor, "GET /rules/"+rule, "").is(200).has("held_choice", "unblock_all", "held", "0")
	d.ask(supervisor, "POST /jobs/"+job+"/cancel", "").problem(409, "job-ended")
	d.ask(supervisor, "POST /jobs/"+job+"/retry", "").problem(409, "job-ended")
	d.ask(supervisor, "POST /jobs/999/cancel", "").problem(404, "not-found")
	d.ask(admin, "GET /audit?subject=job:"+job, "").is(200).has("items", "3", "items.0.action", "job.retry", "items.1.action", "job.cancel", "items.1.actor", "supervisor")
	d.ask(agent, "GET /events?types=job.started,job.cancelled,job.done", "").is(200).
		has("items", "4", "items.1.type", "job.cancelled", "items.1.data.job", job, "items.3.type", "job.done")
}

func TestCancelAndRetryOfAnOrder(t *testing.T) {
	d := open(t)
	hold(d)
	asOf := d.ask(supervisor, "GET /blocked", "").get("as_of")
	job := d.ask(supervisor, "POST /blocked/delete", `{"filter":{},"as_of":"`+asOf+`"}`).is(202).get("id")
	_, err := d.store.StepJobs(context.Background(), 1)
	must(t, err)
	d.ask(supervisor, "POST /jobs/"+job+"/cancel", "").is(200).has("state", "cancelled", "purged", "1", "total", "2")
	d.work()
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "1")
	d.ask(supervisor, "POST /jobs/"+job+"/retry", "").is(202).has("state", "queued", "done", "1")
	d.work()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "purged", "2", "total", "2")
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "0")
	d.lawful()
}

// Only who may lift the rule may stop what its lift began.
func TestWhoMayCancelAJob(t *testing.T) {
	d := open(t)
	rule := d.ask(admin, "POST /rules", `{"kind":"block","target":"domain:example.net"}`).is(201).get("id")
	d.receive(d.mail("eve@example.net", "pills", "buy"))
	job := d.ask(admin, "POST /rules/"+rule+"/lift", `{"held":"delete_all"}`).is(202).get("id")
	for _, does := range []string{"/cancel", "/retry"} {
		d.ask(agent, "POST /jobs/"+job+does, "").problem(403, "role")
		d.ask(supervisor, "POST /jobs/"+job+does, "").problem(403, "role")
	}
	d.ask(admin, "POST /jobs/"+job+"/cancel", "", "Idempotency-Key", "k").is(200)
	d.ask(admin, "POST /jobs/"+job+"/cancel", "", "Idempotency-Key", "k").is(200).has("state", "cancelled")
}

// When a rule that says so ends by the clock, what it holds goes free: once,
// whoever finds it. What another says to keep stays, marked.
func TestWhatARuleHoldsGoesFreeWhenItEnds(t *testing.T) {
	now := time.Now()
	d := openAt(t, func() time.Time { return now })
	free := d.rule(`{"kind":"block","target":"visitor:v1","expires_in":"1h","on_expiry":"release"}`)
	kept := d.rule(`{"kind":"block","target":"visitor:v2","expires_in":"1h"}`)
	d.rule(`{"kind":"block","target":"visitor:v3","expires_in":"1h","on_expiry":"release"}`)
	d.receive(d.chat("v1", "one"), d.chat("v2", "two"))
	end := func() {
		done := make(chan error)
		for range 4 {
			go func() { done <- d.store.EndRules(context.Background()) }()
		}
		for range 4 {
			must(t, <-done)
		}
		d.work()
	}
	end()
	d.ask(supervisor, "GET /jobs", "").is(200).has("items", "0")
	now = now.Add(61 * time.Minute)
	end()
	d.ask(supervisor, "GET /jobs", "").is(200).has("items", "1", "items.0.kind", "unblock_all", "items.0.scope", "rule:"+free,
		"items.0.released", "1", "items.0.created_by", "expiry", "items.0.state", "done")
	d.ask(supervisor, "GET /rules/"+free, "").is(200).has("lifted_by", "expiry", "held_choice", "unblock_all", "held", "0")
	d.ask(supervisor, "GET /rules/"+kept, "").is(200).has("lifted_at", "", "held", "1")
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "1", "items.0.expired", "true")
	d.ask(supervisor, "GET /rules?state=lifted", "").is(200).has("items", "2")
	d.lawful()
}

// Set anew, or by an import, before anybody noticed its end, it lets go what it
// held before.
func TestARuleThatHasEndedAndIsSetAnew(t *testing.T) {
	for _, set := range []string{"POST /rules", "POST /rules/import"} {
		now := time.Now()
		d := openAt(t, func() time.Time { return now })
		d.rule(`{"kind":"block","target":"visitor:v1","expires_in":"1h","on_expiry":"release"}`)
		before := d.receive(d.chat("v1", "before"))
		now = now.Add(61 * time.Minute)
		if a := d.ask(admin, set, `{"kind":"block","target":"visitor:v1"}`); a.Code/100 != 2 {
			t.Fatalf("%s: %d %s", set, a.Code, a.Body)
		}
		after := d.receive(d.chat("v2", "else"), d.chat("v1", "after"))
		d.work()
		// The old rule's end lets it go; the new one, which stands, holds it again.
		d.ask(supervisor, "GET /jobs", "").is(200).has("items", "1", "items.0.released", "1", "items.0.held_again.0.n", "1")
		for _, id := range []ingest.ID{before[0], after[1]} {
			d.ask(supervisor, "GET /messages/"+id.String(), "").is(200).has("state", "held", "rule.id", "2")
		}
		d.lawful()
	}
}

func TestFollowingAJob(t *testing.T) {
	d := open(t)
	hold(d)
	asOf := d.ask(supervisor, "GET /blocked", "").get("as_of")
	job := d.ask(supervisor, "POST /blocked/release", `{"filter":{},"as_of":"`+asOf+`"}`).is(202).get("id")
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, d.serve()+httpapi.Prefix+"/jobs/"+job+"/events", nil)
	must(t, err)
	r.Header.Set("Authorization", "Bearer "+d.tokens[supervisor])
	response, err := http.DefaultClient.Do(r)
	must(t, err)
	defer response.Body.Close()
	if kind := response.Header.Get("Content-Type"); response.StatusCode != 200 || kind != "text/event-stream" {
		t.Fatalf("%d %s", response.StatusCode, kind)
	}
	var events []string
	var last ingest.Job
	for scan := bufio.NewScanner(response.Body); scan.Scan(); { // it ends by itself
		if event, ok := strings.CutPrefix(scan.Text(), "event: "); ok {
			if events = append(events, event); len(events) == 1 {
				d.work()
			}
		}
		if data, ok := strings.CutPrefix(scan.Text(), "data: "); ok {
			must(t, json.Unmarshal([]byte(data), &last))
		}
	}
	if events[0] != "job.progress" || events[len(events)-1] != "job.done" || last.Released != 2 || last.State != ingest.JobDone {
		t.Errorf("events %v, last %+v", events, last)
	}
	d.ask(supervisor, "GET /jobs/999/events", "").problem(404, "not-found")
}

// A supervisor sees an erasure, and neither ends it nor takes it up again.
func TestOnlyAdministratorsCancelAnErasure(t *testing.T) {
	d := open(t)
	d.receive(d.mail("ann@example.com", "order", "hello"))
	contact := d.contactOf("ann@example.com")
	job := "/jobs/" + d.ask(admin, "POST "+contact+"/erase", `{}`).is(202).get("id")
	d.ask(supervisor, "GET "+job, "").is(200).has("kind", "erase")
	for _, ask := range []struct {
		does   string
		status int
	}{{"/cancel", 200}, {"/retry", 202}} {
		if says := d.ask(supervisor, "POST "+job+ask.does, "").problem(403, "role").get("detail"); !strings.Contains(says, "administrator") {
			t.Errorf("%s: %s", ask.does, says)
		}
		d.ask(admin, "POST "+job+ask.does, "").is(ask.status)
	}
	d.work()
	d.ask(supervisor, "GET "+job, "").is(200).has("state", "done")
}
