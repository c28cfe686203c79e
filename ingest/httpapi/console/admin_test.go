package console_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// An administrator invites a colleague, who chooses a password and is signed in;
// and lets them choose another.
func TestAColleagueIsInvited(t *testing.T) {
	d := open(t)
	sue := d.person(ingest.RoleAdmin)
	form := url.Values{"csrf_token": {sue.open("/people").is(http.StatusOK).csrf()}, "key": {"k1"}, "login": {"bob"}, "name": {""}, "role": {"agent"}}
	sue.send("/people", form).is(http.StatusUnprocessableEntity).shows(`value="bob"`, `role="alert"`)
	form.Set("name", "Bob Example")
	made := sue.send("/people", form).is(http.StatusOK).shows("For bob")
	bob := d.takes(made, "a long enough password")
	bob.open("/me").is(http.StatusOK).shows("Signed in as bob", "this one")
	bob.open("/people").is(http.StatusForbidden)

	reset := sue.open("/people").find(`href="(/people/\d+/reset)\?`)
	again := sue.send(reset, url.Values{"csrf_token": form["csrf_token"], "key": {"k2"}, "id": {"bob"}}).is(http.StatusOK).shows("For bob")
	bob.open("/contacts").is(http.StatusSeeOther) // signed out
	d.takes(again, "another long password").open("/contacts").is(http.StatusOK)
	sue.open("/audit").is(http.StatusOK).shows("made a user", "invited", ">user ", "signed in")
}

// takes is who takes the invitation that a page shows.
func (d *desk) takes(made page, password string) *person {
	d.t.Helper()
	p := d.nobody()
	asked := p.open(made.find(`>http://example.com(/invitation\?invitation=[^<]+)</code>`)).is(http.StatusOK)
	form := url.Values{"invitation": {asked.find(`name="invitation" value="([^"]+)"`)}}
	form.Set("password", "short")
	p.send("/invitation", form).is(http.StatusUnprocessableEntity).shows(`role="alert"`)
	form.Set("password", password)
	p.send("/invitation", form).is(http.StatusSeeOther)
	return p
}

// Who changes their password stays signed in here and nowhere else.
func TestAPasswordIsChanged(t *testing.T) {
	d := open(t)
	ann := d.person(ingest.RoleAgent)
	elsewhere := d.nobody()
	elsewhere.send("/sign-in", url.Values{"login": {ann.login}, "password": {word}}).is(http.StatusSeeOther)
	form := url.Values{"csrf_token": {ann.open("/me").is(http.StatusOK).shows("Sign out there").csrf()}, "old": {"wrong"}, "new": {"quite another password"}}
	ann.send("/me/password", form).is(http.StatusUnprocessableEntity).shows(`role="alert"`)
	form.Set("old", word)
	at := ann.send("/me/password", form).is(http.StatusSeeOther).Header.Get("Location")
	ann.open(at).is(http.StatusOK).shows("Your password was changed")
	elsewhere.open("/contacts").is(http.StatusSeeOther)
}

// Of the settings what the reader changed is sent; what cannot be is said at its
// field, with what they wrote; and what a colleague changed meanwhile stays, unless
// both changed the same.
func TestSettingsAreChanged(t *testing.T) {
	d := open(t)
	sue, tom := d.person(ingest.RoleAdmin), d.person(ingest.RoleAdmin)
	sue.open("/settings").is(http.StatusOK).shows(`value="2160h"`, `value="30m"`, "How long things are kept", "Least role that bans.")
	mine, theirs := sue.settings(), tom.settings()
	mine.Set("rule_alarm", "many")
	mine.Set("api_rate", "1")
	sue.send("/settings", mine).is(http.StatusUnprocessableEntity).shows(`value="many"`, `aria-invalid="true"`, "Nothing was saved")
	mine = sue.settings()
	mine.Set("rule_alarm", "30")
	sue.send("/settings", mine).is(http.StatusSeeOther)
	theirs.Set("review_wrong", "40")
	tom.send("/settings", theirs).is(http.StatusSeeOther)
	now := sue.settings()
	if now.Get("was.rule_alarm") != "30" || now.Get("was.review_wrong") != "40" {
		t.Errorf("what two changed is not both there: %v", now)
	}
	theirs = tom.settings()
	now.Set("rule_alarm", "31")
	sue.send("/settings", now).is(http.StatusSeeOther)
	theirs.Set("rule_alarm", "32")
	tom.send("/settings", theirs).is(http.StatusPreconditionFailed).shows("A colleague set it to “31”", `value="32"`)
	if got := sue.settings().Get("was.rule_alarm"); got != "31" {
		t.Errorf("it was saved all the same: %s", got)
	}
}

// settings is the form of the settings as a browser would send it.
func (p *person) settings() url.Values {
	p.d.t.Helper()
	a := p.open("/settings").is(http.StatusOK)
	q := a.form()
	for name, values := range a.form() {
		if of, ok := strings.CutPrefix(name, "was."); ok {
			q[of] = values
		}
	}
	return q
}
