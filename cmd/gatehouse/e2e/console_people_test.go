//go:build long && chromium

package e2e

import (
	"net/http"
	"testing"
)

// contact is whoever a search means.
func (c *console) contact(q string) (id string) {
	c.T.Helper()
	var list struct{ Items []struct{ ID string } }
	c.Read(http.StatusOK, http.MethodGet, "/contacts?q="+q, nil, &list)
	if len(list.Items) == 0 {
		c.T.Fatalf("nobody is %s", q)
	}
	return list.Items[0].ID
}

// A customer calls: nobody answers their mails. Whoever takes the call finds them
// by the number as it is spoken or by a part of the name, sees why, and lets all
// go by two clicks, or by two keys.
func TestLongConsoleFindsTheWronglyBlocked(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.rule(map[string]any{"kind": "block", "target": "email:carla@example.net", "reason": "spam", "comment": "looked like one"})
	c.rule(map[string]any{"kind": "block", "target": "email:dora@example.net", "reason": "abuse"})
	c.mailed(mail("Carla Exampleton <carla@example.net>", "Parcel one", "Where is it?"), mail("Carla Exampleton <carla@example.net>", "Parcel two", "Still nothing."),
		mail("Dora Sample <dora@example.net>", "Invoice", "Please send it again."))
	c.Read(http.StatusCreated, http.MethodPost, "/contacts/"+c.contact("carla")+"/identities", map[string]string{"identity": "phone:+15550100123"}, nil)
	p := c.person(t, "supervisor", "sue")

	p.Press("/")
	p.Write("(555) 010-0123")
	p.Press("Enter")
	p.At("/search")
	p.See("Carla Exampleton", "blocked", "for spam", "looked like one", "without an end", "2 messages of theirs held")
	p.Click("Unblock and release")
	p.See("2 will be released")
	p.Click("Unblock and release 2")
	p.See("2 released")
	c.In("conversed", "Parcel one")
	c.In("conversed", "Parcel two")

	p.Press("/")
	p.Write("dora samp")
	p.Press("Enter")
	p.See("Dora Sample", "for abuse")
	p.Until(`document.activeElement.matches(".row")`)
	p.Press("u")
	p.asks("1 will be released")
	p.Press("Enter")
	p.See("1 released")
	c.In("conversed", "Invoice")
}

// Somebody is banned where they are read: first the page asks what should happen,
// then it says what that would have met, and only then it can be done.
func TestLongConsoleBansFromAConversation(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.mailed(mail("Eve Example <eve@example.org>", "First", "You fools"), mail("Eve Example <eve@example.org>", "Second", "You fools again"))
	p := c.person(t, "supervisor", "sue")
	p.open("/conversations")
	p.Click("Second")
	p.See("You fools again", "Why is this here?", "Eve Example", "no rule")
	p.Click("Ban or block")
	p.See("What should happen to what they write?", "it cannot be brought back")
	p.Is(`!document.querySelector("dialog [data-kept]")`)
	p.Click("Refuse it")
	p.See("In the last 30 days it would have met 2 messages of 1 person", "2 open conversations will be closed", "Eve Example, lastly on support-mail")
	p.Fill("Why, in a word or two", "insults")
	p.Until(`(document.querySelector("dialog select[name=expires_in]").focus(), true)`)
	p.Press("Up")
	p.Until(`document.querySelector("dialog [type=hidden][name=expires_in]").value === "8760h"`)
	p.Is(`document.querySelector("dialog [name=reason]").value === "insults"`)
	p.Click("Ban")
	p.See("banned", "for insults", "closed")
	c.mailed(mail("Eve Example <eve@example.org>", "Third", "Nobody reads this"))
	if books := c.Books()["support-mail"]; books.Refused != 1 {
		t.Errorf("%d were refused", books.Refused)
	}
	p.open("/rules?kind=ban&state=standing")
	p.See("Eve Example", "insults", "sue")
}

// What is not theirs agents are neither offered nor given.
func TestLongConsoleAgentsSeeTheirs(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	made := c.rule(map[string]any{"kind": "block", "target": "email:dora@example.net", "reason": "abuse"})
	c.mailed(mail("Dora Sample <dora@example.net>", "Secret invoice", "Please send it again."), mail("Ann Example <ann@example.com>", "Order", "Thanks"))
	p := c.person(t, "agent", "ben")
	p.Press("/")
	p.Write("dora@example.net")
	p.Press("Enter")
	p.See("Dora Sample", "1 message of theirs held", "Ask for a second look")
	p.hides("Unblock", "Secret invoice", "Release")
	p.Is(`![...document.querySelectorAll("nav a, main a")].some((a) => /^\/(rules|blocked|lift|audit|settings|people)/.test(a.getAttribute("href")))`)
	p.Click("Ask for a second look")
	p.Fill("Why, in a word or two", "a customer of ours")
	p.Click("Ask")
	p.See("ben asked for a second look")
	p.hides("Secret invoice")
	for _, path := range []string{"/rules", "/rules/" + made.ID, "/lift?rule=" + made.ID, "/blocked", "/rules/import", "/contacts/" + c.contact("dora") + "/merge?into=" + c.contact("ann"), "/contacts/" + c.contact("dora") + "/erase"} {
		p.open(path)
		p.See("Not allowed", "Ask an administrator")
	}
}
