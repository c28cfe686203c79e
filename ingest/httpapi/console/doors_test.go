package console_test

import (
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"gatehouse/ingest"
)

// A page that is only looked at changes nothing, whatever its address says: a link
// in a mail must not do what its reader may.
func TestLookingAtARuleDoesNothingElse(t *testing.T) {
	d := open(t)
	eve := d.person(ingest.RoleAdmin)
	for _, at := range []string{"/rule?on=channels/mail&kind=pause", "/rule?on=contacts/mail&kind=merge", "/rule?on=channels/mail&kind=block", "/rule?target=x%40example.com&kind=lift"} {
		eve.open(at).is(http.StatusNotFound)
	}
	eve.open("/channels/mail").is(http.StatusOK).not("It is paused")
}

// Who follows a link from elsewhere to a page that asks sees it.
func TestAPageThatAsksIsReachedFromElsewhere(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	sue := d.person(ingest.RoleSupervisor)
	r := httptest.NewRequest(http.MethodGet, "/blocked/order?do=release", nil)
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	sue.ask(r).is(http.StatusOK).shows("1 will be released.")
}

// What is no id leads nowhere, and nothing is said to be done by it.
func TestAnIdThatIsAPathIsNone(t *testing.T) {
	d := open(t)
	eve := d.person(ingest.RoleAdmin)
	form := eve.open("/do/channel-pause?id=..").is(http.StatusOK).form()
	eve.send("/do/channel-pause", form).is(http.StatusNotFound)
	form.Set("id", "")
	eve.send("/do/channel-pause", form).is(http.StatusNotFound)
}

// A form is read no further than any of ours is long.
func TestAFormHasABound(t *testing.T) {
	d := open(t)
	nobody := d.nobody()
	long := strings.Repeat("x", 11<<20)
	nobody.send("/sign-in", url.Values{"login": {long}}).is(http.StatusRequestEntityTooLarge)
	eve := d.person(ingest.RoleAdmin)
	r := httptest.NewRequest(http.MethodPost, "/rules/import", strings.NewReader("--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"f\"\r\n\r\n"+long+"\r\n--b--\r\n"))
	r.Header.Set("Content-Type", "multipart/form-data; boundary=b")
	eve.ask(r).is(http.StatusRequestEntityTooLarge).shows("too large")
}

// Times are in the zone that the browser names, whatever signs its name has.
func TestTimesAreInTheBrowsersZone(t *testing.T) {
	d := open(t)
	ann := d.person(ingest.RoleAgent)
	for cookie, zone := range map[string]string{"Europe%2FBerlin": "Europe/Berlin", "Etc%2FGMT%2B5": "Etc/GMT+5", "Local": "UTC", "..%2F..%2Fetc": "UTC", "%zz": "UTC"} {
		ann.cookies["zone"] = cookie
		ann.open("/me").is(http.StatusOK).shows(strings.ReplaceAll(zone, "+", "&#43;"))
	}
}

// Behind a proxy addresses are those that browsers know, and cookies are for https.
func TestBehindAProxyAddressesAreTheBrowsers(t *testing.T) {
	d := open(t)
	d.Handler = d.at("https://desk.example.com/")
	eve := d.person(ingest.RoleAdmin)
	form := eve.open("/people").is(http.StatusOK).with("login", "bob", "name", "Bob", "role", "agent")
	eve.send("/people", form).is(http.StatusOK).shows("https://desk.example.com/invitation?invitation=")
	cookie := eve.open("/blocked").is(http.StatusOK).Header.Get("Set-Cookie")
	if !strings.Contains(cookie, "blocked_visit=") || !strings.Contains(cookie, "Secure") {
		t.Errorf("the cookie is %s", cookie)
	}
}
