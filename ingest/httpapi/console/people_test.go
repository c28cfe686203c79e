package console_test

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// Patterns of what pages lead to.
const (
	ticketLink       = `href="(/blocked/[0-9a-f-]{36})`
	rulesLink        = `href="(/rules/[0-9]+)"`
	conversationLink = `href="(/conversations/[0-9a-f-]{36})`
	openLink         = `class="open" href="([^"]+)"`
	frameSource      = `<iframe [^>]*src="([^"]+)"`
)

// contactOf is the page of whoever has an address.
func (d *desk) contactOf(address string) string {
	d.t.Helper()
	known, err := d.store.Known(context.Background(), []ingest.Identity{{Kind: "email", Value: address, How: ingest.Header}})
	must(d.t, err)
	if known[0].IsZero() {
		d.t.Fatalf("nobody has %s", address)
	}
	return "/contacts/" + known[0].String()
}

// with is a form's hidden fields with more.
func (a page) with(pairs ...string) url.Values {
	a.t.Helper()
	form := a.form()
	form.Set("csrf_token", a.csrf())
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

func TestASearchSaysHowSomebodyStands(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	sue, ann := d.person(ingest.RoleSupervisor), d.person(ingest.RoleAgent)
	sue.open("/search?q=bob").is(http.StatusOK).shows("bob@example.net", "blocked", "for spam", ", by max", "without an end", "1 message of theirs held",
		"1 message held by it, 1 met in all", "Unblock and release")
	sue.open("/search?q=nobody%40example.org").is(http.StatusOK).shows("Nobody known writes from there", "no rule", "target=email%3Anobody%40example.org", "Block")
	sue.open("/search?q=%2B1+555+010+0199").is(http.StatusOK).shows("Nobody known writes from there", "target=phone%3A")
	sue.open("/search?q=spam.example").is(http.StatusOK).shows("No rule stands on just this", "target=domain%3Aspam.example")
	ann.open("/search?q=bob").is(http.StatusOK).shows("bob@example.net", "Ask for a second look").not("Unblock", "met in all", "/lift")
}

func TestASearchForAnIDGoesThere(t *testing.T) {
	d := open(t)
	talk := d.receive("ann@example.com", "My order", "Where is it?", "")
	d.hold("bob@example.net", "Cheap watches")
	sue, agent := d.person(ingest.RoleSupervisor), d.person(ingest.RoleAgent)
	at := sue.open("/search?q=" + talk.String()).is(http.StatusSeeOther).Header.Get("Location")
	sue.open(at).is(http.StatusOK).shows("My order", "Where is it?", "Why is this here?")
	sue.open("/search?q=" + strings.TrimPrefix(d.contactOf("bob@example.net"), "/contacts/")).is(http.StatusSeeOther)
	ticket := sue.open("/blocked?by=").find(ticketLink)
	id := strings.TrimPrefix(ticket, "/blocked/")
	if at := sue.open("/search?q=" + id).is(http.StatusSeeOther).Header.Get("Location"); at != ticket {
		t.Errorf("a ticket's id goes to %s", at)
	}
	agent.open("/search?q=" + id).is(http.StatusOK).shows("Nobody was found")
}

// Two clicks: the button on the card, the button that its page has.
func TestUnblockAndReleaseFromTheSearch(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	asked := sue.open("/lift?contact="+strings.TrimPrefix(d.contactOf("bob@example.net"), "/contacts/")+"&back=/search%3Fq=bob").is(http.StatusOK).
		shows("1 will be released", "Unblock and release 1")
	at := sue.send("/lift", asked.with("held", "unblock_all")).is(http.StatusSeeOther).Header.Get("Location")
	d.work()
	sue.open(at).is(http.StatusOK).shows("1 released")
	sue.open("/search?q=bob").is(http.StatusOK).shows("no rule: what they write is taken in")
}

func TestARuleIsSetAfterItsPreview(t *testing.T) {
	d := open(t)
	d.receive("bob@example.net", "Offer", "Buy", "")
	sue := d.person(ingest.RoleSupervisor)
	at := "/rule?on=" + url.QueryEscape(strings.TrimPrefix(d.contactOf("bob@example.net"), "/"))
	sue.open(at).is(http.StatusOK).shows("What should happen to what they write?", "It is set aside in the blocked list").
		not(`action="/rule" data-kept`, "In the last 30 days") // it cannot be set before somebody said what should happen
	second := sue.open(at+"&kind=ban&expires_in=168h").is(http.StatusOK).shows("In the last 30 days it would have met 1 message of 1 person",
		"1 open conversation will be closed", "only bob@example.net", "Ann Example")
	form := second.with("reason", "abuse")
	sue.send("/rule", form).is(http.StatusSeeOther)
	sue.open("/rules?kind=ban&state=standing").is(http.StatusOK).shows("banned", "Ann Example", "abuse")
	rule := sue.open("/rules").find(rulesLink)
	page := sue.open(rule).is(http.StatusOK).shows("For abuse.", "until ", "nobody decided yet", "Change it")
	sue.send(rule, page.with("reason", "threats", "comment", "see case 7", "expires_in", "never", "on_expiry", "keep", "kind", "ban")).is(http.StatusSeeOther)
	sue.open(rule).is(http.StatusOK).shows("For threats.", "for ever", "see case 7")
	sue.send(rule, page.with("reason", "spite", "key", "other")).is(http.StatusPreconditionFailed).shows("spite")
}

func TestARuleThatMeetsTooManyIsRefusedWithWhy(t *testing.T) {
	d := open(t)
	sue, root := d.person(ingest.RoleSupervisor), d.person(ingest.RoleAdmin)
	sue.open("/rule?target=%40gmail.com&kind=block").is(http.StatusOK).shows("role=\"alert\"")
	seen := root.open("/rule?target=%40gmail.com&kind=block").is(http.StatusOK).shows(`value="@gmail.com"`, "I have read what is above")
	root.send("/rule", seen.with("reason", "spam")).is(http.StatusConflict).shows("spam", "role=\"alert\"")
	root.send("/rule", seen.with("reason", "spam", "force", "true", "key", "again")).is(http.StatusSeeOther)
}

func TestAProfileKeepsWhatWasTypedWhenAColleagueWasQuicker(t *testing.T) {
	d := open(t)
	d.receive("ann@example.com", "My order", "Where is it?", "")
	ann, ben := d.person(ingest.RoleAgent), d.person(ingest.RoleAgent)
	at := d.contactOf("ann@example.com")
	mine := ann.open(at+"/edit").is(http.StatusOK).with("nickname", "Annie", "tags", "vip, gold", "name", "Ann Example")
	mine["field_name"], mine["field_value"] = []string{"plan", ""}, []string{"pro", ""}
	theirs := ben.open(at+"/edit").is(http.StatusOK).with("nickname", "Anna", "name", "Ann Example")
	ben.send(at+"/edit", theirs).is(http.StatusSeeOther)
	again := ann.send(at+"/edit", mine).is(http.StatusPreconditionFailed).shows("changed it meanwhile", "Now: Anna", `value="Annie"`, "vip, gold", `value="pro"`)
	mine = again.with("nickname", "Annie", "tags", "vip, gold", "name", "Ann Example")
	mine["field_name"], mine["field_value"] = []string{"plan", ""}, []string{"pro", ""}
	ann.send(at+"/edit", mine).is(http.StatusSeeOther)
	ann.open(at).is(http.StatusOK).shows("Annie", "gold", "plan", "pro")
}

func TestContactsAreMadeFoundMergedAndTakenApart(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	made := sue.send("/contacts/new", sue.open("/contacts/new").is(http.StatusOK).with("name", "Robert", "identities", "+1 555 010 0123\nrob@example.org\n")).is(http.StatusSeeOther)
	rob := made.Header.Get("Location")
	sue.open(rob).is(http.StatusOK).shows("Robert", "15550100123", "rob@example.org")
	sue.send("/contacts/new", sue.open("/contacts/new").with("identities", "rob@example.org")).is(http.StatusConflict).shows(rob, "rob@example.org")
	sue.open("/search?q=0555+010+0123").is(http.StatusOK).shows("Robert")
	bob := d.contactOf("bob@example.net")
	sue.open(bob+"/merge?q=robert").is(http.StatusOK).shows("Robert", strings.TrimPrefix(rob, "/contacts/"))
	choose := sue.open(bob+"/merge?into="+strings.TrimPrefix(rob, "/contacts/")).is(http.StatusOK).shows("They stand differently", "blocked")
	sue.send(bob+"/merge", choose.with("rules", "keep_both")).is(http.StatusSeeOther)
	one := sue.open(rob).is(http.StatusOK).shows("bob@example.net", "Take apart", "blocked")
	undo := one.find(`href="(/do/merge-undo[^"]+)"`)
	sue.send("/do/merge-undo", sue.open(undo).is(http.StatusOK).with()).is(http.StatusSeeOther)
	sue.open(rob).is(http.StatusOK).not("bob@example.net")
	for tab, sees := range map[string]bool{"blocked": true, "banned": false, "blacklisted": false, "active": false} {
		if got := strings.Contains(sue.open("/contacts?standing="+tab).is(http.StatusOK).Text, "bob@example.net"); got != sees {
			t.Errorf("bob among the %s: %v", tab, got)
		}
	}
}

func TestAnAddressIsAddedReplacedAndDeleted(t *testing.T) {
	d := open(t)
	d.receive("ann@example.com", "My order", "Where is it?", "")
	ann := d.person(ingest.RoleAgent)
	at := d.contactOf("ann@example.com")
	ann.send(at+"/identities", ann.open(at+"/identities").is(http.StatusOK).with("identity", "+1 555 010 0123")).is(http.StatusSeeOther)
	ann.send(at+"/identities", ann.open(at+"/identities").with("identity", "not one")).is(http.StatusUnprocessableEntity).shows("not one")
	number := ann.open(at).is(http.StatusOK).find(`href="([^"]+)" aria-label="Change [^"]*15550100123"`)
	asked := ann.open(number).is(http.StatusOK).shows("15550100123", "This cannot be undone")
	ann.send(number, asked.with("do", "delete")).is(http.StatusSeeOther)
	ann.open(at).is(http.StatusOK).not("15550100123")
}

func TestWhatOnlyAdministratorsDoWithAPerson(t *testing.T) {
	d := open(t)
	d.receive("ann@example.com", "My order", "Where is it?", "")
	root, sue := d.person(ingest.RoleAdmin), d.person(ingest.RoleSupervisor)
	at := d.contactOf("ann@example.com")
	asked := root.open(at+"/erase").is(http.StatusOK).shows("1 message in conversations", "cannot be undone", "mail at its source")
	sue.open(at + "/erase").is(http.StatusForbidden)
	sue.send(at+"/legal-hold", sue.open(at).with("reason", "7")).is(http.StatusForbidden)
	root.send(at+"/legal-hold", root.open(at+"/legal-hold").is(http.StatusOK).with("reason", "case 7", "until", "2099-12-24")).is(http.StatusSeeOther)
	root.open(at).is(http.StatusOK).shows("Under legal hold", "case 7", "24 December 2099")
	root.open(at + "/erase").is(http.StatusOK).shows("under legal hold")
	root.send(at+"/erase", asked.with()).is(http.StatusLocked)
	root.send(at+"/legal-hold", root.open(at+"/legal-hold").with("do", "lift")).is(http.StatusSeeOther)
	root.send(at+"/dossier", root.open(at+"/dossier").is(http.StatusOK).with()).is(http.StatusSeeOther)
	root.send(at+"/erase", root.open(at+"/erase").with("reason", "request 9")).is(http.StatusSeeOther)
	root.send("/contacts/export", root.open("/contacts").with("period", "week")).is(http.StatusSeeOther)
}

func TestAListOfRulesIsImportedAfterItsPreview(t *testing.T) {
	d := open(t)
	root := d.person(ingest.RoleAdmin)
	form := func(p page, do, list string) url.Values {
		return p.with("do", do, "list", list, "format", "zendesk_block")
	}
	list := "spam.example.com reject:eve@example.org"
	seen := root.send("/rules/import", form(root.open("/rules/import").is(http.StatusOK), "", list)).is(http.StatusOK).
		shows("2 rules would be set", "sets a block on domain:spam.example.com", "sets a ban on email:eve@example.org")
	root.open("/rules").is(http.StatusOK).not("eve@example.org")
	root.send("/rules/import", form(seen, "import", list)).is(http.StatusOK).shows("2 rules set")
	root.open("/rules").is(http.StatusOK).shows("eve@example.org", "spam.example.com")
	wrong := form(root.open("/rules/import"), "", "kind,target\nban,nonsense\nban,email:eve@example.com")
	wrong.Del("format")
	root.send("/rules/import", wrong).is(http.StatusOK).shows("1 cannot be read", "want KIND:VALUE", "ban on email:eve@example.com", "Mend the list")
}

func TestAnAgentAsksForASecondLook(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	ann, sue := d.person(ingest.RoleAgent), d.person(ingest.RoleSupervisor)
	at := d.contactOf("bob@example.net")
	ann.send(at+"/review", ann.open(at+"/review").is(http.StatusOK).with("reason", "a customer")).is(http.StatusSeeOther)
	page := sue.open(at).is(http.StatusOK).shows("asked for a second look", "a customer")
	sue.send(at+"/review", page.with("do", "close")).is(http.StatusSeeOther)
	sue.open(at).is(http.StatusOK).not("asked for a second look")
	lift := fmt.Sprint("/lift?contact=", strings.TrimPrefix(at, "/contacts/"))
	ann.open(lift).is(http.StatusForbidden)
}

// Wherever somebody is met a rule can be set: on a message, on a ticket, or on
// an address that nobody is known by.
func TestARuleIsSetWhereSomebodyIsMet(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	m := d.receive("eve@example.org", "Threats", "You", "")
	sue := d.person(ingest.RoleSupervisor)
	ticket := strings.TrimPrefix(sue.open("/blocked?by=").find(ticketLink), "/")
	for _, on := range []string{"messages/" + m.String(), ticket} {
		seen := sue.open("/rule?on=" + on + "&kind=ban&back=/rules").is(http.StatusOK).shows("In the last 30 days it would have met 1 message")
		sue.send("/rule", seen.with("reason", "abuse")).is(http.StatusSeeOther)
	}
	seen := sue.open("/rule?target=mallory%40example.com&kind=allow").is(http.StatusOK).shows("it would have met nothing")
	sue.send("/rule", seen.with("reason", "")).is(http.StatusSeeOther)
	sue.open("/rules?kind=ban").is(http.StatusOK).shows("abuse")
	sue.open("/rules?target=mallory%40example.com").is(http.StatusOK).shows("mallory@example.com", "allowed").not("abuse")
}

// What a ban refused can be fetched again once the ban is gone.
func TestAfterABanWhatItRefusedIsFetchedAgain(t *testing.T) {
	d := open(t)
	sue := d.person(ingest.RoleSupervisor)
	seen := sue.open("/rule?target=bob%40example.net&kind=ban").is(http.StatusOK)
	sue.send("/rule", seen.with("reason", "abuse")).is(http.StatusSeeOther)
	d.receive("bob@example.net", "Hello", "It is me", "")
	must(t, d.store.Fold(context.Background()))
	sue.open("/search?q=bob%40example.net").is(http.StatusOK).shows("1 message refused")
	rule := sue.open("/rules").find(rulesLink)
	lift := sue.open("/lift?rule=" + strings.TrimPrefix(rule, "/rules/") + "&back=" + rule).is(http.StatusOK).shows("What it refused was not kept")
	sue.send("/lift", lift.with()).is(http.StatusSeeOther)
	sue.open(rule).is(http.StatusOK).shows("lifted by", "Fetch again what it refused").not("Change it")
}
