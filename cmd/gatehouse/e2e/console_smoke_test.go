//go:build chromium

package e2e

import "testing"

// A supervisor signs in, finds in the blocked list what was wrongly held, lets it
// go by the dialog, and signs out.
func TestConsoleLetsGoWhatWasWronglyHeld(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	c.rule(map[string]any{"kind": "block", "target": "domain:example.net", "reason": "spam"})
	c.mailed(mail("Ben Example <ben@example.net>", "Where is my order", "I wait since Monday."))
	p := c.person(t, "supervisor", "sue")
	p.signsOut()
	p.signsIn()
	p.At("/")
	p.Click("Blocked list")
	p.At("/blocked")
	p.open("/blocked?by=")
	p.See("Where is my order", "ben@example.net")
	p.Click("Release")
	p.asks("will be released")
	p.Until(`document.activeElement.closest("dialog[open]")`)
	p.Press("Enter")
	c.In("conversed", "Where is my order")
	p.open("/blocked")
	p.See("Nothing is held here")
	p.signsOut()
}
