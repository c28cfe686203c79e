//go:build long && chromium

package e2e

import (
	"fmt"
	"net/http"
	"slices"
	"testing"

	"gatehouse/cmd/gatehouse/browsertest"
)

// forges sends a form that no page offers, as a script of the same page could, and
// says with which status it is answered.
const forges = `fetch(%[1]q, {method: "POST", headers: {"Content-Type": "application/x-www-form-urlencoded"}, body: %[2]q}).then((a) => a.status)`

// What somebody's role does not allow is offered nowhere, and refused to whoever
// asks for it all the same: by the address, by a form of their own, and by a form
// on another's page.
func TestLongConsoleRefusesWhatItDoesNotOffer(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.rule(map[string]any{"kind": "block", "target": "email:ben@example.net"})
	c.mailed(mail("Ben <ben@example.net>", "Held", "Hello."), mail("Ann <ann@example.com>", "Let in", "Hello."))
	ticket := c.Held()[0].ID
	p := c.person(t, "agent", "ann")
	offered := browsertest.Value[[]string](p.Tab, `[...document.querySelectorAll("nav a")].map((a) => a.pathname)`)
	for _, path := range []string{"/blocked", "/rules", "/dead", "/jobs", "/audit", "/settings", "/people"} {
		if slices.Contains(offered, path) {
			t.Errorf("%s is offered to an agent", path)
		}
		p.open(path)
		p.See("Not allowed", "Ask an administrator")
		p.Is(`performance.getEntriesByType("navigation")[0].responseStatus === 403`)
	}
	p.open("/blocked/" + ticket)
	p.See("Not allowed")
	p.hides("Hello.")
	p.crawl(func(string) {
		p.Is(`!document.querySelector("main a[href^='/blocked'], main a[href^='/settings'], main a[href^='/people']")`)
	})
	token := browsertest.Value[string](p.Tab, `document.querySelector("[name=csrf_token]").value`)
	for path, body := range map[string]string{"/blocked/order": "do=release&ticket=" + ticket, "/people": "login=eve&role=admin", "/tokens": "name=eve&role=admin"} {
		if status := p.forged(path, body+"&key=k1&csrf_token="+token); status != http.StatusForbidden {
			t.Errorf("%s answers %d to an agent's own form", path, status)
		}
	}
	s := c.person(t, "supervisor", "sue")
	for _, body := range []string{"do=release&key=k2&ticket=" + ticket, "do=release&key=k3&csrf_token=" + token + "&ticket=" + ticket} {
		if status := s.forged("/blocked/order", body); status != http.StatusForbidden {
			t.Errorf("a form without the supervisor's proof is answered %d", status)
		}
	}
	if len(c.Held()) != 1 {
		t.Error("something was done")
	}
}

// forged sends a form by script and returns the answer's status.
func (p person) forged(path, body string) int {
	p.c.T.Helper()
	return browsertest.Value[int](p.Tab, fmt.Sprintf(forges, path, body))
}

// A session ends while somebody writes, and the program dies while they read: what
// they wrote takes effect once they are back, and what they saw is there again.
func TestLongConsoleLosesNothingOfWhoWrites(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.rule(map[string]any{"kind": "block", "target": "email:ben@example.net"})
	c.mailed(mail("Ben <ben@example.net>", "Held", "Hello."))
	p := c.person(t, "supervisor", "sue")
	contact := "/contacts/" + c.Held()[0].Contact
	p.open(contact)
	p.Fill("Add a note", "Called them: it is their "+planted)
	c.SQL("delete from sessions")
	p.Click("Add")
	p.See("You were signed out meanwhile")
	p.signsIn()
	p.Click("Send it")
	p.At(contact)
	p.See("Called them: it is their " + planted)

	p.open("/blocked?by=")
	p.See("ben@example.net")
	p.Press("j", "r")
	p.See("1 will be released")
	c.Now.Load().Kill()
	p.Press("Enter")
	p.Until(`document.querySelector("dialog [role=alert]").innerText.includes("Press the button again")`)
	p.Is(`document.body.innerText.includes("ben@example.net")`)
	c.Serve()
	p.open("/blocked?by=") // at another port, with the same session
	p.At("/blocked")
	p.See("ben@example.net")
}
