//go:build long && chromium

package e2e

import (
	"regexp"
	"testing"

	"github.com/chromedp/chromedp"

	"gatehouse/cmd/gatehouse/browsertest"
)

var invitedTo = regexp.MustCompile(`http://\S+(/invitation\?invitation=\S+)`)

// An administrator invites a colleague and hands over an address; the colleague
// chooses a password and signs in with it. Then they change a setting, and see in
// the audit that they did.
func TestLongConsoleAdministers(t *testing.T) {
	t.Parallel()
	c := newConsole(t)
	sue := c.person(t, "admin", "sue")
	sue.open("/people")
	sue.Fill("Login", "bob")
	sue.Fill("Name", "Bob Example")
	sue.Click("Invite")
	sue.See("For bob", "Give them this address")
	at := invitedTo.FindStringSubmatch(sue.Says())
	if at == nil {
		t.Fatalf("no address is shown: %s", sue.Says())
	}

	bob := person{Tab: browsertest.Open(t), c: c, login: "bob", knows: "a long enough password"}
	bob.open(at[1])
	bob.Fill("New password", bob.knows)
	bob.Click("Save and sign in")
	bob.At("/")
	bob.signsOut()
	bob.signsIn()
	bob.At("/")
	bob.open("/settings")
	bob.See("Not allowed")

	sue.open("/settings")
	sue.Fill("Rule alarm", "many")
	sue.Click("Save")
	sue.See("Nothing was saved")
	sue.Is(`document.querySelector("[aria-invalid]").value === "many"`)
	sue.Fill("Rule alarm", "30")
	sue.Click("Save")
	sue.See("Saved.")
	sue.open("/audit")
	sue.See("changed settings")
	sue.Do(chromedp.Click(chromedp.CSS("header .me summary")))
	sue.Click("Your profile")
	sue.See("Signed in as sue", "this one")
}
