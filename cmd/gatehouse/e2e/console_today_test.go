//go:build long && chromium

package e2e

import (
	"fmt"
	"testing"
)

// A supervisor's and an administrator's morning on Today: how the channels do,
// what is wrong and what to do about it, one that is paused and goes on, and a
// dead letter that is tried again.
func TestLongConsoleTodaySaysWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	c := newConsole(t, "{name: far-mail, kind: imap, host: 127.0.0.1, port: 1, tls: none, username: support, password: hush}")
	c.rule(map[string]any{"kind": "block", "target": "domain:example.net", "reason": "spam"})
	p := c.person(t, "admin", "ada")
	p.See("No message yet", "0 tickets held")
	c.mailed(mail("Ann Example <ann@example.com>", "Where is my order", "I wait."), mail("Ben <ben@example.net>", "Cheap watches", "Buy."))
	c.Say("v1", "same", "First words")
	c.Say("v1", "same", "Other words") // its number is taken
	todayIsLive(p)
	failingSaysWhatToDo(p)
	pausedAndGoesOn(c, p)
	deadLetterGoesOn(c, p)
}

// todayIsLive looks again without being told to, as after half a minute.
func todayIsLive(p person) {
	p.Until(`(again(), document.body.innerText.includes("1 could not be read."))`)
	p.See("2 messages today: 1 in conversations, 1 held.", "1 ticket held", "1 dead letter", "In conversations", "The last 24 hours")
	p.Is(`document.querySelector("figure.plot desc").textContent.startsWith("4 messages came in the last 24 hours")`)
	p.Click("The same in figures")
	p.Until(`[...document.querySelectorAll("details[open] tbody tr")].reduce((n, r) => n + Number(r.cells[1].textContent), 0) === 4`)
	p.Picture("today")
}

func failingSaysWhatToDo(p person) {
	p.open("/")
	p.Until(`(again(), document.body.innerText.includes("cannot reach its source"))`)
	p.Click("far-mail")
	p.At("/channels/far-mail")
	p.See("Its source cannot be reached", "What to do:", "Server", "127.0.0.1", "Compare with the mailbox")
	p.hides("hush")
}

func pausedAndGoesOn(c *console, p person) {
	p.open("/channels/support-mail")
	p.See("/hooks/support-mail", "The last two days")
	p.Click("Pause")
	p.See("It takes nothing until it goes on.")
	p.Press("Enter")
	p.See("It is paused: nothing is taken")
	n := 0 // processes hear of it one after the other
	eventually(c.T, "no mail is taken", func() bool {
		n++
		return c.post(mail("ann@example.com", fmt.Sprint("While it rests ", n), "Hello")) != nil
	})
	p.Click("Go on")
	p.Until(`document.querySelector("dialog[open] button.main") === document.activeElement`)
	p.Press("Enter")
	p.See("It takes messages as they come.")
	eventually(c.T, "mail is taken again", func() bool {
		return c.post(mail("ann@example.com", "When it goes on", "Hello")) == nil
	})
}

func deadLetterGoesOn(c *console, p person) {
	p.open("/")
	p.Click("1 dead letter")
	p.At("/dead")
	p.See("Its provider gave it the number of another message.")
	p.Press("j", "Enter")
	p.See("Why it is here", "As it came", "Other words")
	p.Press("r")
	p.See("It is read once more and goes its way.")
	p.Press("Enter")
	p.At("/dead")
	p.See("No dead letters")
	c.In("conversed", "Other words")
}
