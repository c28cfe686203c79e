package httpapi_test

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
	"gatehouse/ingest/postgres"
)

func TestOneMessageIsReleasedAndOneDeleted(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	ids := d.receive(d.chat("v1", "first"), d.chat("v1", "second"), d.chat("v1", "third"))
	path := func(i int) string { return "POST /messages/" + ids[i].String() }
	d.ask(supervisor, path(0)+"/release", `{"to":"unassigned"}`).is(202).has("kind", "release", "scope", "selection:"+ids[0].String())
	d.ask(supervisor, path(1)+"/delete", "").is(202).has("kind", "delete")
	d.work()
	for i, state := range []string{"conversed", "purged", "held"} {
		d.ask(supervisor, "GET /messages/"+ids[i].String(), "").is(200).has("state", state)
	}
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "1", "items.0.messages", "1")
	d.ask(supervisor, path(0)+"/release", "").problem(409, "not-held")
	d.ask(supervisor, path(1)+"/delete", "{}").problem(409, "not-held")
	d.ask(supervisor, "POST /messages/018f0000-0000-7000-8000-000000000000/release", "").problem(404, "not-found")
	d.receive(d.chat("v1", "fourth"))
	d.ask(supervisor, "GET /rules/1", "").is(200).has("held", "2", "lifted_at", "")
}

func TestTicketsAndMessagesInOneSelection(t *testing.T) {
	d := open(t)
	hold(d)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	chats := d.receive(d.chat("v1", "one"), d.chat("v1", "two"))
	ticket := d.ask(supervisor, "GET /blocked?text=pills", "").get("items.0.id")
	job := d.ask(supervisor, "POST /blocked/delete", fmt.Sprintf(`{"tickets":[%q],"messages":[%q]}`, ticket, chats[1])).is(202).get("id")
	d.work()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "total", "2", "done", "2", "purged", "2")
	d.ask(supervisor, "GET /messages/"+chats[0].String(), "").is(200).has("state", "held")
	for _, body := range []string{`{}`, `{"tickets":[],"messages":[]}`} {
		d.ask(supervisor, "POST /blocked/delete", body).problem(422, "invalid").has("errors.0.field", "tickets")
	}
	d.ask(supervisor, "POST /blocked/delete", fmt.Sprintf(`{"tickets":[%q],"filter":{}}`, ticket)).problem(422, "invalid").has("errors.0.field", "filter")
}

// A filter takes what the list showed: nothing that was held since, neither in
// new tickets nor in those that were there.
func TestAFilterTakesWhatTheListShowed(t *testing.T) {
	d := open(t)
	hold(d)
	d.rule(`{"kind":"block","target":"visitor:v1","reason":"rude"}`)
	shown := d.receive(d.chat("v1", "shown"))
	asOf := d.ask(supervisor, "GET /blocked?kind=block", "").is(200).has("total", "3").get("as_of")
	later := d.receive(d.chat("v1", "later"), d.mail("eve@example.net", "cheap chairs", "buy"))
	d.ask(supervisor, "POST /blocked/delete", `{"filter":{"kind":"block"}}`).problem(422, "invalid").has("errors.0.field", "as_of")
	job := d.ask(supervisor, "POST /blocked/delete", `{"filter":{"kind":"block"},"as_of":"`+asOf+`"}`).is(202).get("id")
	d.work()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "purged", "3", "total", "3")
	for id, state := range map[ingest.ID]string{shown[0]: "purged", later[0]: "held", later[1]: "held"} {
		d.ask(supervisor, "GET /messages/"+id.String(), "").is(200).has("state", state)
	}
	d.ask(supervisor, "GET /blocked?kind=blacklist", "").is(200).has("total", "1")
	d.ask(supervisor, "POST /blocked/delete", `{"filter":{"reason":"none such"},"as_of":"`+asOf+`"}`).problem(404, "not-found")
}

// A slip of the pen in a filter or a rule must not choose more, or promise less.
func TestNothingUnknownIsOrdered(t *testing.T) {
	d := open(t)
	hold(d)
	list := d.ask(supervisor, "GET /blocked", "")
	asOf, ticket := list.get("as_of"), list.get("items.0.id")
	for more, field := range map[string]string{
		`"filter":{"txt":"watches"},"as_of":"` + asOf + `"`:                             "filter.txt",
		`"filter":{"rule":1},"as_of":"` + asOf + `"`:                                    "filter.rule",
		`"filter":{"kind":"all"},"as_of":"` + asOf + `"`:                                "filter.kind",
		`"tickets":["` + ticket + `"],"also":{"kind":"ban","expire_in":"1h"}`:           "also.expire_in",
		`"tickets":["` + ticket + `"],"also":{"reason":"spam"}`:                         "also.kind",
		`"tickets":["` + ticket + `"],"also":{"kind":"ban","target":"everybody"}`:       "also.target",
		`"tickets":["` + ticket + `"],"also":{"kind":"ban","on_expiry":"explode"}`:      "also.on_expiry",
		`"tickets":["` + ticket + `"],"also":{"kind":"ban","reason":["because I can"]}`: "also.reason",
	} {
		d.ask(supervisor, "POST /blocked/delete", "{"+more+"}").problem(422, "invalid").has("errors.0.field", field)
	}
	d.ask(supervisor, "POST /blocked/preview", `{"action":"delete","filter":{"txt":"watches"}}`).problem(422, "invalid")
	d.ask(supervisor, "POST /blocked/delete", `{"tickets":["`+ticket+`"],"filter":null,"also":null}`).is(202)
	d.ask(supervisor, "GET /rules", "").is(200).has("items", "2")
}

// Each of a filter's names means what it means to the list.
func TestAFilterChoosesWhatTheListChooses(t *testing.T) {
	d := open(t)
	hold(d)
	d.rule(`{"kind":"block","target":"visitor:v1","reason":"rude"}`)
	d.receive(d.chat("v1", "needle in a haystack"))
	contact := d.ask(supervisor, "GET /blocked?channel=chat", "").get("items.0.contact_id")
	for query, filter := range map[string]string{
		"": `{}`, "kind=blacklist": `{"kind":"blacklist"}`, "rule=2": `{"rule":"2"}`, "rule=1": `{"rule":"1"}`, "reason=rude": `{"reason":"rude"}`,
		"text=needle": `{"text":"needle"}`, "text=pills": `{"text":"pills"}`, "channel=mail": `{"channel":"mail"}`,
		"contact_id=" + contact: `{"contact_id":"` + contact + `"}`, "expired=false": `{"expired":false}`,
	} {
		list := d.ask(supervisor, "GET /blocked?"+query, "").is(200)
		messages := 0
		for i := range number(list, "items") {
			messages += number(list, fmt.Sprintf("items.%d.messages", i))
		}
		job := d.ask(supervisor, "POST /blocked/release", `{"filter":`+filter+`,"as_of":"`+list.get("as_of")+`"}`).is(202).get("id")
		d.work()
		d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "released", fmt.Sprint(messages))
		d.receive(d.mail("eve@example.net", "cheap pills", "buy now"), d.mail("eve@example.net", "cheap watches", "buy later"),
			d.mail("mal@example.net", "complaint", "again"), d.chat("v1", "needle in a haystack"))
	}
}

func TestAListThatIsStaleOrForged(t *testing.T) {
	now := time.Now()
	d := openAt(t, func() time.Time { return now })
	hold(d)
	list := d.ask(supervisor, "GET /blocked", "").is(200)
	asOf, ticket := list.get("as_of"), list.get("items.0.id")
	token, err := base64.RawURLEncoding.DecodeString(asOf)
	must(t, err)
	token[len(token)-1]++
	for _, forged := range []string{"x", "eA", base64.RawURLEncoding.EncodeToString(token), strings.ToUpper(asOf)} {
		d.ask(supervisor, "POST /blocked/"+ticket+"/delete", `{"as_of":"`+forged+`"}`).problem(422, "invalid").has("errors.0.field", "as_of")
	}
	now = now.Add(61 * time.Minute)
	if says := d.ask(supervisor, "POST /blocked/"+ticket+"/delete", `{"as_of":"`+asOf+`"}`).problem(409, "list-stale").get("detail"); !strings.Contains(says, "read the list again") {
		t.Errorf("says %q", says)
	}
	d.ask(supervisor, "POST /blocked/delete", `{"filter":{},"as_of":"`+asOf+`"}`).problem(409, "list-stale")
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "2")
}

// A second order for the same is the first job, as long as that runs.
func TestASecondOrderJoinsTheFirst(t *testing.T) {
	d := open(t)
	hold(d)
	list := d.ask(supervisor, "GET /blocked", "")
	first, second := list.get("items.0.id"), list.get("items.1.id")
	job := d.ask(supervisor, "POST /blocked/"+first+"/delete", "").is(202).get("id")
	d.ask(supervisor, "POST /blocked/"+first+"/delete", "").is(202).has("id", job)
	d.ask(supervisor, "POST /blocked/"+first+"/release", "").is(202).has("state", "queued")
	both := d.ask(supervisor, "POST /blocked/release", fmt.Sprintf(`{"tickets":[%q,%q]}`, first, second)).is(202).get("id")
	d.ask(supervisor, "POST /blocked/"+second+"/release", "").is(202).has("id", both)
	d.work()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "purged", "1")
	d.ask(supervisor, "GET /jobs?state=done", "").is(200).has("items", "3")
}

func TestOrdersAtOnceAreOneJob(t *testing.T) {
	d := open(t)
	hold(d)
	ticket := d.ask(supervisor, "GET /blocked", "").get("items.0.id")
	var wg sync.WaitGroup
	var mu sync.Mutex
	jobs := map[string]int{}
	for range 8 {
		wg.Go(func() {
			id := d.ask(supervisor, "POST /blocked/"+ticket+"/release", "").get("id")
			mu.Lock()
			defer mu.Unlock()
			jobs[id]++
		})
	}
	wg.Wait()
	if len(jobs) != 1 {
		t.Errorf("jobs %v, want one", jobs)
	}
}

// The other choice waits until what runs in its scope has ended.
func TestASecondUnblockWithTheOtherChoiceWaits(t *testing.T) {
	d := open(t)
	d.ask(admin, "PATCH /settings", `{"block_contact_enabled":true}`).is(200)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	d.receive(d.chat("v1", "first"))
	contact := d.ask(supervisor, "GET /blocked", "").get("items.0.contact_id")
	unblock := "POST /contacts/" + contact + "/unblock"
	one := d.ask(supervisor, unblock, `{"held":"unblock_all"}`).is(202).has("state", "running").get("id")
	d.rule(`{"kind":"block","target":"contact:` + contact + `"}`)
	d.receive(d.chat("v1", "second"))
	two := d.ask(supervisor, unblock, `{"held":"delete_all"}`).is(202).has("state", "queued").get("id")
	d.ask(supervisor, unblock, `{"held":"delete_all"}`).is(202).has("id", two)
	d.work()
	d.ask(supervisor, "GET /jobs/"+one, "").is(200).has("state", "done", "released", "1")
	d.ask(supervisor, "GET /jobs/"+two, "").is(200).has("state", "done", "purged", "1")
}

func TestDeleteAndBan(t *testing.T) {
	d := open(t)
	hold(d)
	ticket := d.ask(supervisor, "GET /blocked?text=pills", "").get("items.0.id")
	d.ask(supervisor, "POST /blocked/"+ticket+"/delete", `{"also":{"kind":"allow"}}`).problem(422, "invalid").has("errors.0.field", "also.kind")
	d.ask(supervisor, "POST /blocked/"+ticket+"/release", `{"also":{"kind":"ban"}}`).problem(422, "invalid").has("errors.0.field", "also.kind")
	d.ask(supervisor, "POST /blocked/"+ticket+"/delete", `{"also":{"kind":"blacklist"}}`).problem(403, "role")
	d.ask(supervisor, "POST /blocked/"+ticket+"/delete", `{"also":{"kind":"block"}}`).problem(409, "feature-off")
	job := d.ask(supervisor, "POST /blocked/"+ticket+"/delete", `{"also":{"kind":"ban","reason":"spam"}}`).is(202).get("id")
	d.work()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("purged", "1")
	d.ask(supervisor, "GET /rules?kind=ban", "").is(200).has("items", "1", "items.0.reason", "spam", "items.0.created_by", "supervisor")
	d.receive(d.mail("eve@example.net", "again", "buy"))
	d.ask(supervisor, "GET /blocked", "").is(200).has("total", "1")
	d.ask(supervisor, "GET /messages?state=refused", "").is(200).has("items", "1")
}

// What is released with an allow goes through, and so does what comes after.
func TestReleaseAndAllow(t *testing.T) {
	for target, want := range map[string]string{"contact": "contact:", "identity": "visitor:v1"} {
		d := open(t)
		d.rule(`{"kind":"block","target":"visitor:v1"}`)
		d.receive(d.chat("v1", "held"))
		list := d.ask(supervisor, "GET /blocked", "")
		d.ask(supervisor, "POST /blocked/release", `{"filter":{},"as_of":"`+list.get("as_of")+`","also":{"kind":"allow","target":"`+target+`"}}`).is(202)
		d.work()
		d.receive(d.chat("v1", "next"))
		d.ask(supervisor, "GET /messages?state=conversed", "").is(200).has("items", "2")
		if got := d.ask(supervisor, "GET /rules?kind=allow", "").is(200).get("items.0.target"); !strings.HasPrefix(got, want) {
			t.Errorf("allows %s, want %s", got, want)
		}
	}
}

// From a chat a ban is for a day, in chats, and for a reason.
func TestWhatGoesWithAnOrderFollowsThePlace(t *testing.T) {
	d := open(t)
	d.rule(`{"kind":"block","target":"visitor:v1"}`)
	ids := d.receive(d.chat("v1", "held"), d.chat("v1", "held too"))
	ban := func(reason string) answer {
		return d.ask(supervisor, "POST /messages/"+ids[0].String()+"/delete", `{"also":{"kind":"ban","reason":"`+reason+`"}}`)
	}
	ban("").problem(422, "invalid").has("errors.0.field", "reason")
	ban("rude").is(202)
	rule := d.ask(supervisor, "GET /rules?kind=ban", "").has("items", "1", "items.0.scope.0", "kind:chat")
	if rule.get("items.0.expires_at") == "" {
		t.Error("it does not end")
	}
}

// What goes with an order is as suspicious as by itself: in a blocked list with
// a loop, we are ourselves among those to be banned.
func TestAnOrderDoesNotBanOurselves(t *testing.T) {
	d := open(t, owning)
	d.rule(`{"kind":"block","target":"email:eve@example.net"}`)
	d.receive(d.mail("eve@example.net", "pills", "buy"))
	d.ask(admin, "POST /rules", `{"kind":"block","target":"email:support@example.com","force":true}`).is(201)
	d.receive(d.mail("support@example.com", "Re: Re: pills", "thank you"))
	list := d.ask(supervisor, "GET /blocked", "").is(200).has("total", "2")
	for _, target := range []string{"contact", "identity"} {
		order := func(more string) string {
			return `{"filter":{},"as_of":"` + list.get("as_of") + `","also":{"kind":"ban","target":"` + target + `"` + more + `}}`
		}
		d.ask(supervisor, "POST /blocked/delete", order("")).problem(409, "foot-gun").has("alarms", "1")
		d.ask(supervisor, "POST /blocked/delete", order(`,"force":true`)).problem(403, "role")
		for _, more := range []string{`,"dry_run":true`, `,"also_ip":true`} {
			d.ask(supervisor, "POST /blocked/delete", order(more)).problem(422, "invalid").has("errors.0.field", "also")
		}
	}
	d.ask(supervisor, "GET /jobs", "").is(200).has("items", "0")
	d.ask(supervisor, "GET /rules?kind=ban", "").is(200).has("items", "0")
	d.ask(supervisor, "POST /blocked/delete", `{"filter":{"text":"buy"},"as_of":"`+list.get("as_of")+`","also":{"kind":"ban"}}`).is(202)
}

func TestAnOrderForTooManyContacts(t *testing.T) {
	d := open(t)
	d.ask(admin, "POST /rules", `{"kind":"block","target":"domain:example.net"}`).is(201)
	var many []ingest.Arrival
	for i := range ingest.MaxAlso + 1 {
		many = append(many, d.mail(fmt.Sprintf("p%d@example.net", i), "offer", "buy"))
	}
	d.receive(many...)
	list := d.ask(supervisor, "GET /blocked", "").is(200).has("total", fmt.Sprint(ingest.MaxAlso+1))
	order := `{"filter":{},"as_of":"` + list.get("as_of") + `","also":{"kind":"ban"}}`
	d.ask(supervisor, "POST /blocked/delete", order).problem(422, "invalid").has("errors.0.field", "also")
	d.ask(supervisor, "POST /blocked/"+list.get("items.0.id")+"/delete", "").is(202)
	d.work()
	list = d.ask(supervisor, "GET /blocked", "").is(200)
	order = `{"filter":{},"as_of":"` + list.get("as_of") + `","also":{"kind":"ban"}}`
	job := d.ask(supervisor, "POST /blocked/delete", order, "Idempotency-Key", "once").is(202).get("id")
	d.ask(supervisor, "POST /blocked/delete", order, "Idempotency-Key", "once").is(202).has("id", job)
	d.work()
	d.ask(supervisor, "GET /jobs/"+job, "").is(200).has("state", "done", "purged", fmt.Sprint(ingest.MaxAlso))
}

// number is a number in an answer, or how long a list is there.
func number(a answer, path string) int {
	a.t.Helper()
	n, err := strconv.Atoi(a.get(path))
	must(a.t, err)
	return n
}

// openAt is open with a clock for the store and the API.
func openAt(t testing.TB, now func() time.Time) *desk {
	t.Helper()
	d := open(t)
	store, err := postgres.Open(context.Background(), d.url, postgres.Options{Now: now})
	must(t, err)
	t.Cleanup(store.Close)
	d.store = store
	d.Handler = httpapi.New(httpapi.Options{Store: store, Judge: d.judge, Reread: reread, Now: now})
	return d
}

// serve gives the API an address of its own.
func (d *desk) serve() string {
	server := httptest.NewServer(d)
	d.t.Cleanup(server.Close)
	return server.URL
}
