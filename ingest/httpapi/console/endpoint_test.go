package console_test

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// poster posts nothing, and refuses one host; what a test comes to is said.
type poster struct{ came ingest.Attempt }

func (*poster) Allows(at string) error {
	if !strings.HasPrefix(at, "https://") || strings.Contains(at, "192.0.2.1") {
		return errors.New("not an address of the public internet")
	}
	return nil
}

func (p *poster) Test(context.Context, ingest.ID) (ingest.Attempt, error) { return p.came, nil }

func openPosting(t *testing.T) (*desk, *poster) {
	p := &poster{}
	return open(t, func(o *httpapi.Options) { o.Endpoints = p }), p
}

const (
	secretShown  = `(whsec_[^<]+)`
	endpointLink = `href="(/endpoints/[0-9a-f-]{36})"`
	deliveryLink = `href="(/deliveries/\d+)"`
)

// adds fills the form for an endpoint, and returns its page and its secret.
func (p *person) adds(at, what string) (page, secret string) {
	p.d.t.Helper()
	form := p.open("/endpoints").is(http.StatusOK).with("url", at, "description", what, "types", "message.*, conversation.*")
	made := p.send("/endpoints", form).is(http.StatusOK).shows("It is not shown again.")
	p.send("/endpoints", form).is(http.StatusOK).shows("The secret was shown already").not("whsec_")
	return made.find(endpointLink), made.find(secretShown)
}

// Whoever administers adds an endpoint: its secret is shown once, and the form
// sent twice makes one. Others see how it does, and not where it is.
func TestAnEndpointIsAdded(t *testing.T) {
	d, _ := openPosting(t)
	ada, sue, ann := d.person(ingest.RoleAdmin), d.person(ingest.RoleSupervisor), d.person(ingest.RoleAgent)
	ada.open("/endpoints").is(http.StatusOK).shows("No endpoint yet", "Add one")
	at, _ := ada.adds("https://hooks.example.com/word", "Ticket <system>")
	for _, path := range []string{"/endpoints", at} {
		ada.open(path).is(http.StatusOK).shows("Ticket &lt;system&gt;", "https://hooks.example.com/word", "message.*", "works", "0 events waiting").not("whsec_")
		sue.open(path).is(http.StatusOK).shows("Ticket &lt;system&gt;", "https://hooks.example.com").not("whsec_", "/word", "Add one", `action="/endpoints`)
		ann.open(path).is(http.StatusForbidden)
	}
	if n := strings.Count(ada.open("/endpoints").Text, `href="/endpoints/`); n != 1 {
		t.Errorf("%d endpoints", n)
	}
	for _, path := range []string{"/endpoints", at, at + "/secret", at + "/test", at + "/replay", "/do/endpoint-pause", "/do/endpoint-delete"} {
		form := sue.open("/me").with("id", strings.TrimPrefix(at, "/endpoints/"), "url", "https://hooks.example.com/x", "ago", "1h", "made", "2026-01-02T03:04:05Z")
		sue.send(path, form).is(http.StatusForbidden).shows("This takes the role admin")
	}
}

// What no endpoint may be is said in the form, which keeps what was typed.
func TestWhatNoEndpointMayBeIsSaid(t *testing.T) {
	d, _ := openPosting(t)
	ada := d.person(ingest.RoleAdmin)
	at, _ := ada.adds("https://hooks.example.com/a", "billing")
	for _, c := range []struct{ url, types, says string }{
		{"", "", "url"},
		{"ftp://example.com/<x>", "", "url"},
		{"https://192.0.2.1/x", "", "not an address of the public internet"},
		{"https://ann:pw@example.com/", "", "url"},
		{"https://example.com/x", "Message held!", "types"},
		{"https://example.com/x", "visitor.*", "types"},
		{"https://example.com/" + strings.Repeat("x", 2000), "", "url"},
	} {
		for _, to := range []string{"/endpoints", at} {
			form := ada.open(to).is(http.StatusOK).with("url", c.url, "types", c.types, "description", "What I typed")
			ada.send(to, form).is(http.StatusUnprocessableEntity).shows(`role="alert"`, c.says, "What I typed")
		}
	}
	ada.open(at).is(http.StatusOK).shows("https://hooks.example.com/a", "billing")
	ada.open("/endpoints/" + ingest.NewID(time.Now()).String()).is(http.StatusNotFound)
	ada.open("/endpoints/x").is(http.StatusNotFound)
}

// It is changed, and a colleague who was quicker is not overwritten; paused, gone
// on with, tested, given another secret, replayed and deleted.
func TestAnEndpointIsWorked(t *testing.T) {
	d, p := openPosting(t)
	ada := d.person(ingest.RoleAdmin)
	at, first := ada.adds("https://hooks.example.com/a", "billing")
	form := ada.open(at).is(http.StatusOK).with("url", "https://hooks.example.com/b", "description", "accounting", "types", "")
	ada.send(at, form).is(http.StatusSeeOther)
	ada.open(at).is(http.StatusOK).shows("accounting", "https://hooks.example.com/b", "All events")
	form.Set("key", "another")
	form.Set("description", "too late")
	ada.send(at, form).is(http.StatusPreconditionFailed).shows("too late")

	ada.deed(at, "endpoint-pause").shows("Its events wait until it goes on.")
	ada.open(at).is(http.StatusOK).shows("paused", "endpoint-resume")
	ada.deed(at, "endpoint-resume")
	ada.open(at).is(http.StatusOK).shows("works")

	p.came = ingest.Attempt{Status: http.StatusOK, MS: 7}
	ada.send(at+"/test", ada.open(at).form()).is(http.StatusOK).shows("It was taken, with the answer 200 after 7 ms.")
	p.came = ingest.Attempt{Error: "timeout", MS: 10000}
	ada.send(at+"/test", ada.open(at).form()).is(http.StatusOK).shows("It was not taken, without an answer after 10,000 ms: it did not answer in time.")

	form = ada.open(at).with("keep", "1h")
	if second := ada.send(at+"/secret", form).is(http.StatusOK).find(secretShown); second == first {
		t.Errorf("rotated to %q", second)
	}
	form.Set("key", "more")
	form.Set("keep", "a while")
	ada.send(at+"/secret", form).is(http.StatusUnprocessableEntity).shows("want a duration")

	form = ada.open(at).form()
	for _, ago := range []string{"", "soon", "-1h"} {
		form.Set("ago", ago)
		ada.send(at+"/replay", form).is(http.StatusUnprocessableEntity).shows("Choose how far back to begin.")
	}
	for range 2 {
		form.Set("ago", "719h")
		ada.send(at+"/replay", form).is(http.StatusSeeOther)
	}
	if text := ada.open(at).is(http.StatusOK).Text; strings.Count(text, "Asked for by "+ada.login) != 1 {
		t.Errorf("it is not asked for once\n%s", text)
	}

	ada.deed(at, "endpoint-delete").shows("forgotten")
	ada.open(at).is(http.StatusNotFound)
}

// deed does one from a page, once it was asked whether it is meant.
func (p *person) deed(at, deed string) page {
	p.d.t.Helper()
	asked := p.open(p.open(at).is(http.StatusOK).find(`href="(/do/` + deed + `\?[^"]+)"`)).is(http.StatusOK)
	p.send("/do/"+deed, asked.form()).is(http.StatusSeeOther)
	return asked
}

// What waits is listed, and what was given up: it is tried again, or forgotten.
func TestDeliveriesAreWorked(t *testing.T) {
	d, _ := openPosting(t)
	ada := d.person(ingest.RoleAdmin)
	at, _ := ada.adds("https://hooks.example.com/a", "billing")
	d.receive("ann@example.com", "My order", "Where is it?", "")
	d.spread(ada, at)
	d.givesUp(at)
	ada.open("/").is(http.StatusOK).shows("<b>1</b> failed delivery")
	link := ada.open(at).is(http.StatusOK).shows("Given up", "it did not take the event", "failing").find(deliveryLink)
	ada.open(link).is(http.StatusOK).shows("given up", "400", "it did not take the event", "tried 1 time")
	ada.deed(link, "delivery-retry").shows("from the beginning of its tries")
	ada.open(link).is(http.StatusOK).shows("waiting")
	d.givesUp(at)
	ada.deed(at, "endpoint-retry")
	ada.open(at).is(http.StatusOK).shows("Waiting").not("Given up")
	d.givesUp(at)
	ada.deed(at, "endpoint-clear").shows("never posted")
	ada.open(at).is(http.StatusOK).not("Given up")
	d.receive("ann@example.com", "More", "Still?", "")
	d.spread(ada, at)
	d.givesUp(at)
	link = ada.open(at).find(deliveryLink)
	ada.deed(link, "delivery-drop")
	ada.open(link).is(http.StatusNotFound)
}

// spread makes deliveries of what happened, once the log can be read.
func (d *desk) spread(p *person, at string) {
	d.t.Helper()
	for range 1000 {
		_, _, err := d.store.SpreadEvents(context.Background(), 100)
		must(d.t, err)
		if strings.Contains(p.open(at).Text, "<h2>Waiting</h2>") {
			return
		}
		time.Sleep(5 * time.Millisecond)
	}
	d.t.Fatal("nothing waits")
}

// givesUp has what is due of an endpoint refused for the last time.
func (d *desk) givesUp(at string) {
	d.t.Helper()
	ctx := context.Background()
	id, err := ingest.ParseID(strings.TrimPrefix(at, "/endpoints/"))
	must(d.t, err)
	d.late.Add(120) // it is left alone for a while after a failure
	_, tasks, err := d.store.ClaimDeliveries(ctx, id, 8, time.Minute)
	must(d.t, err)
	if len(tasks) == 0 {
		d.t.Fatal("nothing is due")
	}
	for _, task := range tasks {
		task.Try = 99
		must(d.t, d.store.EndFailed(ctx, id, task, ingest.Attempt{At: time.Now(), Status: http.StatusBadRequest, Error: "rejected"}))
	}
}
