package console_test

import (
	"fmt"
	"net/http"
	"net/url"
	"testing"

	"gatehouse/ingest"
)

// A supervisor releases a group: the page says what will happen, once, and shows
// what did.
func TestAGroupIsReleased(t *testing.T) {
	d := open(t)
	rule := d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	sue.open("/blocked").is(http.StatusOK).shows("</span> bob@example.net", "1 message in 1 ticket")
	asked := sue.open(fmt.Sprint("/blocked/order?do=release&rule=", rule)).is(http.StatusOK).shows("1 will be released.", "1 message in 1 ticket from 1 person")
	form := asked.form()
	at := sue.send("/blocked/order", form).is(http.StatusSeeOther).Header.Get("Location")
	if again := sue.send("/blocked/order", form).is(http.StatusSeeOther).Header.Get("Location"); again != at {
		t.Errorf("sent twice the form began %s and %s", at, again)
	}
	d.work()
	sue.open(at).is(http.StatusOK).shows("Done", "1 released.")
	sue.open("/blocked").is(http.StatusOK).shows("Nothing is held here")
}

// What comes while the page asks was not asked about, and stays.
func TestAnOrderTakesNoMoreThanWasAskedAbout(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	first := d.keys
	sue := d.person(ingest.RoleSupervisor)
	ticket := sue.open("/blocked?by=ticket").is(http.StatusOK).find(`data-ticket="([0-9a-f-]{36})"`)
	form := sue.open("/blocked/order?do=delete&ticket=" + ticket).is(http.StatusOK).shows("1 will be deleted").form()
	d.receive("bob@example.net", "An apology", "That was not me", "", first)
	at := sue.send("/blocked/order", form).is(http.StatusSeeOther).Header.Get("Location")
	d.work()
	sue.open(at).is(http.StatusOK).shows("1 deleted.")
	sue.open("/blocked/" + ticket).is(http.StatusOK).shows("That was not me")
}

func TestAFormOfAnotherPageIsRefused(t *testing.T) {
	d := open(t)
	rule := d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	form := url.Values{"do": {"delete"}, "rule": {fmt.Sprint(rule)}}
	sue.send("/blocked/order", form).is(http.StatusForbidden)
	ann := d.person(ingest.RoleAgent)
	form.Set("csrf_token", ann.open("/contacts").is(http.StatusOK).csrf())
	ann.send("/blocked/order", form).is(http.StatusForbidden).shows("Not allowed")
}

func (a page) csrf() string {
	a.t.Helper()
	return a.find(`name="csrf_token" value="([^"]+)"`)
}

// What a stranger wrote is shown where it can run and fetch nothing.
func TestHeldHTMLIsShownHarmless(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	list := sue.open("/blocked?by=").is(http.StatusOK).shows("Cheap watches")
	frame := sue.open(list.find(ticketLink)).is(http.StatusOK).shows("Cheap watches", "sandbox=", "Why it was held").find(frameSource)
	sue.open(frame).is(http.StatusOK).shows("Buy <b>now</b>").not("<script", ` src="https://tracker`)
	sue.open(frame + "?images=true").is(http.StatusOK).shows(`src="https://tracker.example.org/p.png"`)
}

// A mail in a conversation is framed as one in a ticket is: as high as its text
// needs, and pictures from elsewhere are offered only if it has any.
func TestMailIsFramedAlikeInTicketsAndConversations(t *testing.T) {
	d := open(t)
	const picture = `<img src=https://tracker.example.org/p.png>`
	d.hold("bob@example.net", "Held")
	d.receive("ann@example.com", "Let in", "Hello", "<p>Hello</p>"+picture)
	sue := d.person(ingest.RoleSupervisor)
	talk := sue.open("/conversations").is(http.StatusOK).find(conversationLink)
	for _, at := range []string{sue.open("/blocked?by=").is(http.StatusOK).find(ticketLink), talk} {
		sue.open(at).is(http.StatusOK).shows(`height="160"`, "Open it large", "Show pictures from elsewhere")
		sue.open(at+"?images=true").is(http.StatusOK).shows(`height="284"`, "/html?images=true").not("Show pictures from elsewhere")
	}
	d.receive("ann@example.com", "No picture", "Hello", "<p>Hello</p>")
	sue.open(sue.open("/conversations").find(conversationLink)).is(http.StatusOK).shows("No picture", "Open it large").not("Show pictures from elsewhere")
}
