//go:build long && chromium

package e2e

import (
	"fmt"
	"net/http"
	"testing"

	"gatehouse/cmd/gatehouse/browsertest"
	"gatehouse/cmd/gatehouse/housetest"
)

// holds has so many mails of each of some senders held, each sender's by a block
// of its own.
func (c *console) holds(senders, each int) {
	c.T.Helper()
	var mails []string
	for i := range senders {
		c.rule(map[string]any{"kind": "block", "target": fmt.Sprintf("email:s%d@example.net", i), "reason": "spam"})
		for k := range each {
			mails = append(mails, mail(fmt.Sprintf("Sender %d <s%d@example.net>", i, i), fmt.Sprintf("Matter %d of %d", k, i), "Please answer."))
		}
	}
	c.mailed(mails...)
}

// books waits until so many of the mails are in a state.
func (c *console) books(what string, n int64, of func(housetest.Books) int64) {
	c.T.Helper()
	eventually(c.T, fmt.Sprintf("%d %s", n, what), func() bool { return of(c.Books()["support-mail"]) == n })
}

func released(b housetest.Books) int64 { return b.Conversed }
func purged(b housetest.Books) int64   { return b.Purged }

// confirms waits for the dialog and presses its button by Enter.
func (p person) confirms(sentence string) {
	p.c.T.Helper()
	p.asks(sentence)
	p.Press("Enter")
	p.Until(`!document.querySelector("dialog[open]")`)
}

// A morning's 300 held messages in twelve groups are decided with two keys a
// group: the focus goes on by itself, and the list stays.
func TestLongConsoleClearsTwelveGroupsByKeys(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.holds(12, 25)
	p := c.person(t, "supervisor", "sue")
	p.open("/blocked")
	p.See("300 tickets, 300 not opened yet")
	p.Press("j")
	for i := range 12 {
		key, sentence := "r", "25 will be released"
		if i%3 == 2 {
			key, sentence = "d", "25 will be deleted for good"
		}
		p.Press(key)
		p.confirms(sentence)
		p.Until(fmt.Sprintf(`document.querySelectorAll(".row.ordered, .row.gone").length === %d`, i+1))
	}
	c.books("released", 200, released)
	c.books("deleted", 100, purged)
	p.Until(`document.querySelectorAll(".row.gone").length === 12 && document.activeElement.matches("main")`)
	p.At("/blocked")
	p.open("/blocked")
	p.See("Nothing is held here")
}

// newSlow makes a console whose orders take a while for each step, with 800 messages
// that one rule holds before a supervisor.
func newSlow(t *testing.T) (*console, person) {
	t.Helper()
	c := newConsole(t)
	c.holds(1, 800)
	c.SQL(`create function slow() returns trigger language plpgsql as $$ begin perform pg_sleep(2); return new; end $$;
		create trigger slow before update on jobs for each row execute function slow()`)
	p := c.person(t, "supervisor", "sue")
	p.open("/blocked")
	return c, p
}

// What a cancelled order did not reach can be decided again where it stands.
func TestLongConsoleGivesBackWhatAnOrderLeft(t *testing.T) {
	t.Parallel()
	c, p := newSlow(t)
	p.Press("j", "d")
	p.confirms("800 will be deleted")
	p.Until(`/\d+ of 800/.test(document.querySelector(".row.ordered .became").innerText)`)
	var jobs struct{ Items []housetest.Job }
	c.Read(http.StatusOK, http.MethodGet, "/jobs?limit=1", nil, &jobs)
	c.Read(http.StatusOK, http.MethodPost, "/jobs/"+jobs.Items[0].ID+"/cancel", nil, nil)
	p.Until(`document.querySelector(".row .became").innerText.startsWith("Stopped: ")`)
	p.Is(`(row => !row.classList.contains("gone") && !row.querySelector(".acts").hidden)(document.querySelector(".row"))`)
	p.Press("j", "d")
	p.confirms("will be deleted")
	c.books("purged", 800, purged)
}

// An Unblock All shows how far it is while it runs, and a page that is loaded
// again in the middle shows it, too.
func TestLongConsoleUnblocksAllWithProgress(t *testing.T) {
	t.Parallel()
	c, p := newSlow(t)
	p.Press("j", "u")
	p.asks("800 will be released")
	p.Press("Enter")
	p.Until(`(([, done, of]) => 0 < +done && +done < +of)(document.querySelector(".row.ordered .became").innerText.match(/(\d+) of (\d+)/))`)
	p.open("/blocked?by=channel")
	p.Until(`document.querySelector("#orders").innerText.includes("ordered by sue")`)
	c.books("released", 800, released)
	p.Until(`document.querySelector("#orders").innerText.includes("800 released")`)
	p.Click("Unblock all")
	p.See("Unblock all: Done", "800 released")
}

// Delete All is asked for in one sentence, and empties the list.
func TestLongConsoleDeletesAll(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.holds(3, 20)
	p := c.person(t, "supervisor", "sue")
	p.open("/blocked")
	p.Click("Delete all 60")
	p.See("60 will be deleted for good", "This cannot be undone")
	p.Click("Cancel")
	p.Until(`!document.querySelector("dialog") && document.activeElement.innerText.startsWith("Delete all")`)
	p.Click("Delete all 60")
	p.Click("Delete 60")
	c.books("deleted", 60, purged)
	p.Until(`document.querySelectorAll(".row.gone").length === 3`)
	p.open("/blocked")
	p.See("Nothing is held here")
}

// Two supervisors work the same list: what one decides greys out at the other's
// with the name, and what both order is done once.
func TestLongConsoleHasTwoSupervisors(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.holds(1, 3)
	sue, max := c.person(t, "supervisor", "sue"), c.person(t, "supervisor", "max")
	for _, p := range []person{sue, max} {
		p.open("/blocked?by=&sort=oldest")
		p.See("3 tickets")
		p.Press("j", "r")
		p.asks("1 will be released")
	}
	subject := browsertest.Value[string](sue.Tab, `document.querySelector(".row .open").innerText`)
	sue.Press("Enter")
	c.In("conversed", subject)
	max.Until(`document.querySelector(".row.gone")?.innerText.includes("Released by sue")`)
	max.Press("Enter")
	max.See("Nothing was done", "Nothing of it is held any more")
	max.Press("Escape")
	max.Press("j", "d")
	max.confirms("1 will be deleted for good")
	sue.Until(`[...document.querySelectorAll(".row.gone")].some((r) => r.innerText.includes("Deleted by max"))`)
	max.Press("Enter")
	max.Until(`location.pathname.startsWith("/blocked/") && document.readyState === "complete"`)
	sue.open("/blocked?by=")
	sue.See("1 ticket, 0 not opened yet", "opened by max")
	books := c.Books()["support-mail"]
	if books.Conversed != 1 || books.Purged != 1 || books.Held != 1 {
		t.Errorf("the books: %+v", books)
	}
}

// Nothing takes a mouse, from signing in to a message that is released.
func TestLongConsoleIsWorkedByKeyboard(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.holds(1, 2)
	p := c.person(t, "supervisor", "sue")
	p.signsOut()
	p.tabsTo("Login")
	p.Write(p.login)
	p.Press("Tab")
	p.Write(p.knows)
	p.Press("Enter")
	p.At("/")
	p.tabsTo("Blocked list")
	p.Press("Enter")
	p.At("/blocked")
	p.Press("j", "Enter")
	p.Until(`location.search.includes("rule=") && document.readyState === "complete"`)
	p.Press("j", "Enter")
	p.Until(`location.pathname.length > 20 && document.readyState === "complete"`)
	first := browsertest.Value[string](p.Tab, `document.querySelector("h1").innerText`)
	p.Press("r")
	p.asks("1 will be released")
	p.Press("Enter")
	c.In("conversed", first)
	p.Until(fmt.Sprintf(`document.readyState === "complete" && document.querySelector("h1").innerText.startsWith("Matter") && document.querySelector("h1").innerText !== %q`, first))
	p.Press("u")
	p.asks("Unblock Sender 0?")
	p.Press("Escape")
	p.Until(`!document.querySelector("dialog")`)
	p.Press("?")
	p.See("back to the list")
	p.Press("Escape")
	p.Until(`!document.querySelector("dialog")`)
	p.Press("Escape")
	p.At("/blocked")
	p.See("1 ticket")
}

// tabsTo goes on by Tab until what has the focus is called so.
func (p person) tabsTo(name string) {
	p.c.T.Helper()
	const called = `((e) => (e.labels?.[0] ?? e).innerText.trim())(document.activeElement)`
	for range 60 {
		if browsertest.Value[string](p.Tab, called) == name {
			return
		}
		p.Press("Tab")
	}
	p.c.T.Fatalf("by Tab nobody comes to %q", name)
}
