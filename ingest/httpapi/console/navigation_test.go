package console_test

import (
	"net/http"
	"testing"

	"gatehouse/ingest"
)

// The list that the reader sees is marked, however far they went in it.
func TestTheTabIsMarked(t *testing.T) {
	d := open(t)
	sue := d.person(ingest.RoleSupervisor)
	for at, tab := range map[string]string{"/jobs": "/jobs", "/jobs?state=done&cursor=": "/jobs?state=done", "/rules?review=true": "/rules?review=true",
		"/rules?target=&kind=ban&state=standing": "/rules?kind=ban&amp;state=standing"} {
		sue.open(at).is(http.StatusOK).shows(`<a href="` + tab + `" aria-current="page">`)
	}
}
