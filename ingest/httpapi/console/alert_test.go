package console_test

import (
	"context"
	"net/http"
	"testing"

	"gatehouse/ingest"
)

// An alert is muted until the moment that the page named, however late and often
// the form is sent; what is no time mutes nothing.
func TestAnAlertIsMutedOnce(t *testing.T) {
	d := open(t)
	sue := d.person(ingest.RoleSupervisor)
	d.dead("carl@example.org", "Torn")
	must(t, d.store.Alert(context.Background(), nil))
	at := sue.open("/").is(http.StatusOK).find(`href="(/alerts/[0-9a-f-]{36}/mute)[^"]*"`)
	page := sue.open(at).is(http.StatusOK)
	form := page.with("until", page.find(`<option value="([^"]+)"[^>]*>for a week`))
	for range 2 {
		d.late.Add(90)
		sue.send(at, form).is(http.StatusSeeOther)
	}
	sue.open("/").is(http.StatusOK).shows("Nobody is reminded until")
	sue.send(at, sue.open(at).with("until", "soon")).is(http.StatusUnprocessableEntity).shows("RFC 3339")
}
