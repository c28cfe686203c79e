package console

import (
	"net/http"
	"net/url"
	"strings"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var deedPages = []page{
	{pattern: "GET /do/{deed}", show: (*visit).askDeed},
	{pattern: "POST /do/{deed}", show: (*visit).doDeed},
}

// deeds are small changes that take a confirmation and nothing else. ID in the
// path is of what they are done to.
var deeds = map[string]struct {
	Verb, Says string
	method     string
	path       string
	grave      bool
	body       any
}{
	"dead-retry":        {"Try again", "It is read once more and goes its way.", http.MethodPost, "/dead/ID/retry", false, nil},
	"dead-delete":       {"Delete", "It is deleted for good.", http.MethodDelete, "/dead/ID", true, nil},
	"job-cancel":        {"Cancel", "What it did stays done; what it did not reach stays as it is.", http.MethodPost, "/jobs/ID/cancel", true, nil},
	"job-retry":         {"Go on", "It goes on where it stopped.", http.MethodPost, "/jobs/ID/retry", false, nil},
	"channel-pause":     {"Pause", "It takes nothing until it goes on. Providers are told to try again, a mailbox waits.", http.MethodPost, "/channels/ID/pause", true, nil},
	"channel-resume":    {"Go on", "It takes messages again.", http.MethodPost, "/channels/ID/resume", false, nil},
	"channel-reconcile": {"Compare", "The mailbox is compared with what became of its mail; what nobody knows of is taken.", http.MethodPost, "/channels/ID/reconcile", false, nil},
	"channel-settle":    {"Looked after", "The hours are taken down: what was sent in them was looked after by hand.", http.MethodPost, "/channels/ID/unknown/settle", false, nil},
	"export-delete":     {"Delete", "The file is deleted before its time. What it tells of stays.", http.MethodDelete, "/exports/ID", true, nil},
	"endpoint-pause":    {"Pause", "Its events wait until it goes on.", http.MethodPost, "/endpoints/ID/pause", true, nil},
	"endpoint-resume":   {"Go on", "What waits is delivered in order.", http.MethodPost, "/endpoints/ID/resume", false, nil},
	"endpoint-delete":   {"Delete", "Nothing is posted to it any more, and what waits for it is forgotten.", http.MethodDelete, "/endpoints/ID", true, nil},
	"endpoint-retry":    {"Deliver again", "What could not be delivered is tried once more.", http.MethodPost, "/endpoints/ID/dead/retry", false, nil},
	"endpoint-clear":    {"Forget", "What could not be delivered is forgotten, and never posted.", http.MethodDelete, "/endpoints/ID/dead", true, nil},
	"delivery-retry":    {"Try again", "It is posted once more, from the beginning of its tries.", http.MethodPost, "/deliveries/ID/retry", false, nil},
	"delivery-drop":     {"Forget", "It is never posted.", http.MethodDelete, "/deliveries/ID", true, nil},
	"session-end":       {"Sign out", "That browser has to sign in again.", http.MethodDelete, "/sessions/ID", true, nil},
	"user-free":         {"Free", "They may try to sign in again.", http.MethodPost, "/users/ID/free", false, nil},
	"user-shut":         {"Shut out", "They are signed out, and cannot sign in until they are let in again.", http.MethodPatch, "/users/ID", true, map[string]any{"disabled": true}},
	"user-sessions":     {"Sign out", "They are signed out everywhere.", http.MethodDelete, "/users/ID/sessions", true, nil},
	"token-delete":      {"Revoke", "Programs that use this token are refused from now on.", http.MethodDelete, "/tokens/ID", true, nil},
	"rule-refetch":      {"Fetch again", "What the ban refused is fetched again, as far as its source still has it, and goes its way.", http.MethodPost, "/rules/ID/refetch", false, nil},
	"merge-undo":        {"Take apart", "They are two people again, with what each had.", http.MethodPost, "/merges/ID/undo", false, nil},
}

// deedView asks whether a deed is meant.
type deedView struct {
	To, Verb, Says, ID, Back string
	Grave                    bool
}

func (v *visit) askDeed() error {
	name := v.r.PathValue("deed")
	d, ok := deeds[name]
	if !ok {
		return errNoPage
	}
	return v.render(http.StatusOK, "deed", deedView{"/do/" + name, d.Verb, d.Says, v.r.FormValue("id"), v.back(), d.grave})
}

func (v *visit) doDeed() error {
	d, ok := deeds[v.r.PathValue("deed")]
	if !ok {
		return errNoPage
	}
	path := strings.Replace(d.path, "ID", url.PathEscape(v.r.PostFormValue("id")), 1)
	if err := v.change(d.method, path, d.body, nil); err != nil {
		return err
	}
	v.to(v.back())
	return nil
}

// mustBe refuses a page that only asks, to who may not do what it asks about.
func (v *visit) mustBe(least ingest.Role) error {
	if v.Me.Role.AtLeast(least) {
		return nil
	}
	return &httpapi.Problem{Type: "role", Status: http.StatusForbidden}
}
