package console_test

import (
	"context"
	"fmt"
	"net/http"
	"regexp"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// A rule on a person is called by their name wherever it is named beside others.
func TestARuleOnAPersonHasTheirName(t *testing.T) {
	d := open(t)
	domain := d.rule("domain", "example.com")
	d.receive("ann@example.com", "First", "Hello", "")
	person := d.rule("contact", strings.TrimPrefix(d.contactOf("ann@example.com"), "/contacts/"))
	ada := d.person(ingest.RoleAdmin)
	ada.open(fmt.Sprint("/lift?rule=", domain)).is(http.StatusOK).shows("1 stays held by the rule on Ann Example").not("held by contact")
	d.receive("ann@example.com", "Second", "Hello again", "")
	for _, at := range []string{"/blocked", fmt.Sprint("/blocked?by=&rule=", person), fmt.Sprint("/lift?rule=", person)} {
		ada.open(at).is(http.StatusOK).shows("Ann Example").not("this person")
	}
}

// What agents are led to they may see.
func TestAnAgentIsNotLedToWhatTheyMayNot(t *testing.T) {
	d := open(t)
	rule := d.hold("bob@example.net", "Cheap watches")
	sue, ben := d.person(ingest.RoleSupervisor), d.person(ingest.RoleAgent)
	sue.send("/blocked/order", sue.open(fmt.Sprint("/blocked/order?do=release&rule=", rule)).is(http.StatusOK).form()).is(http.StatusSeeOther)
	d.work()
	at := ben.open("/conversations").is(http.StatusOK).find(conversationLink)
	sue.open(at).is(http.StatusOK).shows(`href="/jobs/`)
	ben.open(at).is(http.StatusOK).shows("It was held, and").not(`href="/jobs/`)
}

// A rule's history, and where it holds, are told in words.
func TestARuleIsToldInWords(t *testing.T) {
	d := open(t)
	ada := d.person(ingest.RoleAdmin)
	order := ingest.RuleOrder{Kind: ingest.Block, Target: ingest.Target{Kind: "ip", Value: "192.0.2.7"}, Scope: []string{"kind:chat"}, Reason: "spam", Actor: "max"}
	set, err := d.store.SetRule(context.Background(), order)
	must(t, err)
	ada.open(fmt.Sprint("/rules/", set.Rule.ID)).is(http.StatusOK).shows("set a rule by", "Only on every website chat").not("rule.set", "kind:chat")
}

// A rule that has ended is not said to stand until then.
func TestAnEndedRuleHasEnded(t *testing.T) {
	d := open(t)
	sue := d.person(ingest.RoleSupervisor)
	form := sue.open("/rule?target=mallory%40example.com&kind=block").is(http.StatusOK).with("reason", "spam", "expires_in", "1h")
	sue.send("/rule", form).is(http.StatusSeeOther)
	d.receive("mallory@example.com", "Hello", "Hello", "")
	d.late.Store(7200)
	for _, at := range []string{"/blocked", "/rules", "/rules/1"} {
		sue.open(at).is(http.StatusOK).shows("ended <time").not("until <time")
	}
}

// What is refused says what to do in sentences, and in words of the page.
func TestARefusalIsASentence(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	ben, ada := d.person(ingest.RoleAgent), d.person(ingest.RoleAdmin)
	ben.open("/rules").is(http.StatusForbidden).shows("<p>This takes the role supervisor.</p>")
	ada.open("/nowhere").is(http.StatusNotFound).not("released")
	for _, at := range []string{"/blocked/zzz", "/rules/abc", "/contacts/1"} {
		ada.open(at).is(http.StatusNotFound).shows("There is no such page.").not("hexadecimal", "must be")
	}
	ada.open("/rule?target=no+such+thing&kind=block").is(http.StatusOK).shows("“no such thing” is nothing that a rule can be on").not("KIND:VALUE")
}

// Who is invited in a wrong way keeps the role that was chosen; and nobody is shut
// out, or loses their password, without being asked about.
func TestColleaguesAreAskedAbout(t *testing.T) {
	d := open(t)
	ada, ben := d.person(ingest.RoleAdmin), d.person(ingest.RoleAgent)
	page := ada.open("/people").is(http.StatusOK)
	ada.send("/people", page.with("login", "a b", "name", "Bea", "role", "supervisor")).is(http.StatusUnprocessableEntity).shows("<option selected>supervisor")
	asks := regexp.MustCompile(`href="(/do/user-shut[^"]+)"`).FindAllStringSubmatch(page.Text, -1)
	if len(asks) != 2 {
		t.Fatalf("%d can be shut out", len(asks))
	}
	for _, ask := range asks {
		asked := ada.open(unescape.Replace(ask[1])).is(http.StatusOK).shows("They are signed out")
		if strings.Contains(asked.Text, `name="id" value="2"`) {
			ada.send("/do/user-shut", asked.form()).is(http.StatusSeeOther)
		}
	}
	ben.open("/").is(http.StatusSeeOther)
	ada.open("/people").is(http.StatusOK).shows("Let in again")
	ada.open("/people/2/reset?login=ben").is(http.StatusOK).shows("Their password works no more")
	ben.open("/people/2/reset").is(http.StatusSeeOther)
}
