package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"testing"
	"time"

	"gatehouse/ingest"
)

// rule sets a block and returns its number.
func (d *desk) rule(kind, value string) int64 {
	d.t.Helper()
	return d.sets(ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: kind, Value: value}})
}

func (d *desk) ban(value string) {
	d.t.Helper()
	d.sets(ingest.RuleOrder{Kind: ingest.Ban, Target: ingest.Target{Kind: "email", Value: value}})
}

// sets has a colleague set a rule.
func (d *desk) sets(order ingest.RuleOrder) int64 {
	d.t.Helper()
	order.Reason, order.Actor = "spam", "max"
	set, err := d.store.SetRule(context.Background(), order)
	must(d.t, err)
	return set.Rule.ID
}

// Before an order one sentence says how many go, and how many stay held by what:
// a ban that was set meanwhile is passed by no release.
func TestAnOrderSaysWhatStaysHeld(t *testing.T) {
	d := open(t)
	rule := d.rule("domain", "spam.example")
	for i := range 5 {
		d.receive(fmt.Sprintf("u%d@spam.example", i), "Offer", "Buy", "")
	}
	d.ban("u1@spam.example")
	d.ban("u2@spam.example")
	sue := d.person(ingest.RoleSupervisor)
	asked := sue.open(fmt.Sprint("/blocked/order?do=release&rule=", rule)).is(http.StatusOK).
		shows("3 will be released, 1 stays held by the rule on u1@spam.example, 1 stays held by the rule on u2@spam.example.", "5 messages in 5 tickets", "What stays held keeps its place")
	at := sue.send("/blocked/order", asked.form()).is(http.StatusSeeOther).Header.Get("Location")
	d.work()
	sue.open(at).is(http.StatusOK).shows("Release: Done", "3 released. ", "held again by the", "ban on u1@spam.example")
}

// An Unblock All of one rule leaves what a domain's rule holds as well.
func TestAnUnblockAllSaysWhatADomainHolds(t *testing.T) {
	d := open(t)
	rule := d.rule("email", "bob@spam.example")
	d.receive("bob@spam.example", "Offer", "Buy", "")
	d.rule("domain", "spam.example")
	d.person(ingest.RoleSupervisor).open(fmt.Sprint("/lift?rule=", rule)).is(http.StatusOK).shows("0 will be released, 1 stays held by the rule on everybody at spam.example")
}

// However the list is grouped, an order on a group takes as many as the group
// counts, and opening it shows them under its name.
func TestAGroupIsWhatItCounts(t *testing.T) {
	d := open(t)
	d.rule("domain", "spam.example")
	d.rule("email", "bob@example.net")
	d.receive("u1@spam.example", "Offer", "Buy", "")
	d.receive("u2@spam.example", "Offer", "Buy", "")
	d.receive("bob@example.net", "About spam.example", "I wrote to u1@spam.example", "")
	sue := d.person(ingest.RoleSupervisor)
	for by, want := range map[string][]string{"rule": {"Held by the block on everybody at spam.example", "2"}, "contact": {"From Ann Example", "1"},
		"domain": {"From spam.example", "2"}, "channel": {"On mail", "3"}, "reason": {"Held for spam", "3"}} {
		list := sue.open("/blocked?by=" + by).is(http.StatusOK)
		sue.open(list.find(openLink)).is(http.StatusOK).shows("<h1>"+want[0]+"</h1>", want[1]+" ticket", `data-back`)
		sue.open(list.find(`data-key="r" href="(/blocked/order\?[^"]+)"`)).is(http.StatusOK).shows(want[1] + " will be released.")
	}
}

// What was ticked is ordered, or all that match.
func TestASelectionIsOrdered(t *testing.T) {
	d := open(t)
	rule := d.rule("domain", "spam.example")
	for i := range 3 {
		d.receive(fmt.Sprintf("u%d@spam.example", i), "Offer", "Buy", "")
	}
	sue := d.person(ingest.RoleSupervisor)
	boxes := regexp.MustCompile(`name="ticket" value="([^"]+)"`).FindAllStringSubmatch(sue.open(fmt.Sprint("/blocked?rule=", rule)).Text, -1)
	q := url.Values{"do": {"delete"}, "rule": {fmt.Sprint(rule)}, "ticket": {boxes[0][1], boxes[1][1]}}
	sue.open("/blocked/order?" + q.Encode()).is(http.StatusOK).shows("2 will be deleted for good.")
	q.Set("everything", "true")
	sue.open("/blocked/order?" + q.Encode()).is(http.StatusOK).shows("3 will be deleted for good.")
}

// An order that cannot be done as it was asked says why, and asks anew; nothing
// of it was done.
func TestAnOrderThatComesLateAsksAnew(t *testing.T) {
	d := open(t)
	rule := d.hold("bob@example.net", "Cheap watches")
	sue, max := d.person(ingest.RoleSupervisor), d.person(ingest.RoleSupervisor)
	ask := fmt.Sprint("/blocked/order?do=release&rule=", rule)
	form := sue.open(ask).form()
	stale := url.Values{}
	for name, values := range form {
		stale[name] = values
	}
	d.late.Store(2 * 3600)
	late := sue.send("/blocked/order", stale).is(http.StatusConflict).shows("Nothing was done", "This is how it stands now", "1 will be released.")
	if late.form().Get("as_of") == form.Get("as_of") || late.form().Get("key") == form.Get("key") {
		t.Error("the same order would be asked again")
	}
	max.send("/blocked/order", max.open(ask).form()).is(http.StatusSeeOther)
	d.work()
	sue.send("/blocked/order", late.form()).is(http.StatusNotFound).shows("Nothing was done", "Nothing of it is held any more", "nothing is done twice")
}

// What came since the reader's last visit is marked, and can be seen alone.
func TestWhatCameSinceTheLastVisitIsMarked(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	const mark, alone = `class="tag new"`, "Since your last visit"
	sue.open("/blocked?by=").is(http.StatusOK).not(mark, alone) // who was never here has seen everything, or nothing
	sue.cookies["blocked_visit"] = fmt.Sprintf("0.%d", time.Now().Add(-2*time.Hour).Unix())
	sue.open("/blocked?by=").is(http.StatusOK).shows(mark, alone)
	sue.open("/blocked").is(http.StatusOK).shows(mark)
	sue.cookies["blocked_visit"] = fmt.Sprintf("0.%d", time.Now().Add(-30*time.Minute).Unix())
	sue.open("/blocked?by=").is(http.StatusOK).not(mark) // half an hour is not another visit
	sue.cookies["blocked_visit"] = "nonsense"
	sue.open("/blocked?by=").is(http.StatusOK).not(mark, alone)
}

// A ticket leads to those beside it in the list that it was opened from, over the
// end of a part of the list, and also when the list leaves out what was opened.
func TestATicketLeadsToTheNext(t *testing.T) {
	d := open(t)
	rule := d.rule("domain", "spam.example")
	for i := range 53 {
		d.receive(fmt.Sprintf("u%d@spam.example", i), fmt.Sprint("Offer ", i), "Buy", "")
	}
	d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	at := fmt.Sprintf("/blocked?rule=%d&opened=false&sort=oldest", rule)
	next := regexp.MustCompile(openLink).FindStringSubmatch(sue.open(at).is(http.StatusOK).Text)
	seen := map[string]bool{}
	for next != nil {
		p := sue.open(unescape.Replace(next[1])).is(http.StatusOK)
		seen[p.find(`<h1>([^<]+)</h1>`)] = true
		next = regexp.MustCompile(`rel="next" href="([^"]+)"`).FindStringSubmatch(p.Text)
	}
	if len(seen) != 53 || seen["Cheap watches"] {
		t.Errorf("they lead to %d tickets: %v", len(seen), seen)
	}
}

// A ticket shows who looked, and the list does.
func TestATicketShowsWhoLooked(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	sue, max := d.person(ingest.RoleSupervisor), d.person(ingest.RoleSupervisor)
	at := sue.open("/blocked?by=").find(openLink)
	sue.open(at).is(http.StatusOK).shows("First opened by you", "May it come in?", "Block rule 1 on bob@example.net holds it.", "Show pictures from elsewhere", "No notes", "How they stand")
	max.open(at).is(http.StatusOK).shows("First opened by supervisor")
	max.open("/blocked?by=").is(http.StatusOK).shows("opened by supervisor")
}

// An order that runs is shown above the list and the tickets.
func TestOrdersUnderWayAreShown(t *testing.T) {
	d := open(t)
	rule := d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	sue.send("/blocked/order", sue.open(fmt.Sprint("/blocked/order?do=delete&rule=", rule)).form()).is(http.StatusSeeOther)
	sue.open("/blocked").is(http.StatusOK).shows("data-job=", "ordered by supervisor")
	d.work()
	sue.open("/blocked").is(http.StatusOK).not("data-job=")
}

// What is listed, and no more, can be had as a file.
func TestTheBlockedListIsExported(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	for _, chosen := range []string{"", "domain=example.net", "kind=block&opened=false"} {
		at := sue.open("/blocked?" + chosen).is(http.StatusOK).find(`href="/api/v1/blocked/export\?([^"]*)" download`)
		if at != chosen {
			t.Errorf("%s: the export is of %s", chosen, at)
		}
	}
}

// What a rule held that has ended stays, and is marked.
func TestWhatAnEndedRuleHoldsIsMarked(t *testing.T) {
	d := open(t)
	ends := d.now().Add(time.Hour)
	d.sets(ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: "email", Value: "bob@example.net"}, ExpiresAt: &ends})
	d.receive("bob@example.net", "Cheap watches", "Buy", "")
	sue := d.person(ingest.RoleSupervisor)
	const mark = `class="tag">rule expired`
	sue.open("/blocked?by=").is(http.StatusOK).shows("Cheap watches").not(mark)
	sue.open("/blocked?by=&expired=true").is(http.StatusOK).not("Cheap watches")
	d.late.Store(2 * 3600)
	for _, list := range []string{"/blocked?by=", "/blocked?by=&expired=true"} {
		sue.open(list).is(http.StatusOK).shows("Cheap watches", mark)
	}
}
