package console_test

import (
	"context"
	"net/http"
	"regexp"
	"testing"

	"gatehouse/ingest"
)

var (
	muteLink   = regexp.MustCompile(`href="(/alerts/[0-9a-f-]{36}/mute)[^"]*"`)
	muteChoice = regexp.MustCompile(`<option value="([^"]+)"[^>]*>for a week`)
)

// An alert is muted until the moment that the page named, however late and often
// the form is sent; what is no time mutes nothing.
func TestAnAlertIsMutedOnce(t *testing.T) {
	d := open(t)
	sue := d.person(ingest.RoleSupervisor)
	d.dead("carl@example.org", "Torn")
	must(t, d.store.Alert(context.Background(), nil))
	at := muteLink.FindStringSubmatch(sue.open("/").is(http.StatusOK).Text)[1]
	page := sue.open(at).is(http.StatusOK)
	form := page.with("until", muteChoice.FindStringSubmatch(page.Text)[1])
	for range 2 {
		d.late.Add(90)
		sue.send(at, form).is(http.StatusSeeOther)
	}
	sue.open("/").is(http.StatusOK).shows("Nobody is reminded until")
	sue.send(at, sue.open(at).with("until", "soon")).is(http.StatusUnprocessableEntity).shows("RFC 3339")
}
