package console_test

import (
	"net/http"
	"testing"

	"gatehouse/ingest"
)

// A hold whose last day cannot be read is not one without an end: the form comes
// back with what was typed.
func TestALegalHoldWantsADay(t *testing.T) {
	d := open(t)
	d.receive("ann@example.com", "My order", "Where is it?", "")
	root := d.person(ingest.RoleAdmin)
	at := d.contactOf("ann@example.com")
	form := root.open(at+"/legal-hold").is(http.StatusOK).with("reason", "case 7", "until", "Christmas")
	root.send(at+"/legal-hold", form).is(http.StatusUnprocessableEntity).shows(`value="case 7"`, `value="Christmas"`, `role="alert"`)
	root.open(at).is(http.StatusOK).not("Under legal hold")
}
