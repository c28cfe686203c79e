package console_test

import (
	"net/http"
	"testing"

	"gatehouse/ingest"
)

// reach is who may see each page: others are told that they may not.
var reach = map[string]ingest.Role{
	"/": ingest.RoleAgent, "/contacts": ingest.RoleAgent, "/contacts?standing=blocked": ingest.RoleAgent, "/conversations": ingest.RoleAgent,
	"/search?q=ann": ingest.RoleAgent, "/search": ingest.RoleAgent,
	"/blocked": ingest.RoleSupervisor, "/blocked?by=contact": ingest.RoleSupervisor, "/blocked?by=": ingest.RoleSupervisor, "/blocked?by=ticket": ingest.RoleSupervisor, "/blocked?kind=blacklist": ingest.RoleSupervisor, "/blocked?by=domain&expired=true": ingest.RoleSupervisor, "/blocked?domain=none": ingest.RoleSupervisor,
	"/blocked/order?do=delete": ingest.RoleSupervisor,
	"/rules":                   ingest.RoleSupervisor, "/channels": ingest.RoleSupervisor, "/channels/mail": ingest.RoleSupervisor, "/dead": ingest.RoleSupervisor, "/jobs": ingest.RoleSupervisor,
	"/rules?review=true": ingest.RoleSupervisor, "/rules/1": ingest.RoleSupervisor, "/rules/import": ingest.RoleSupervisor, "/lift?rule=1": ingest.RoleSupervisor,
	"/contacts?period=30": ingest.RoleAgent, "/contacts/new": ingest.RoleAgent, "/rule?target=ann%40example.com": ingest.RoleAgent,
	"/jobs?state=failed": ingest.RoleSupervisor, "/exports": ingest.RoleSupervisor, "/channels/mail/backfill": ingest.RoleAdmin, "/dead/order?do=retry": ingest.RoleAdmin,
	"/endpoints": ingest.RoleSupervisor, "/audit": ingest.RoleAdmin, "/settings": ingest.RoleAdmin, "/erasures": ingest.RoleAdmin, "/me": ingest.RoleAgent, "/people": ingest.RoleAdmin,
}

func TestPagesAreForTheirRoles(t *testing.T) {
	d := open(t)
	d.hold("bob@example.net", "Cheap watches")
	d.receive("ann@example.com", "My order", "Where is it?", "")
	people := []*person{d.person(ingest.RoleAgent), d.person(ingest.RoleSupervisor), d.person(ingest.RoleAdmin)}
	for at, least := range reach {
		for i, role := range []ingest.Role{ingest.RoleAgent, ingest.RoleSupervisor, ingest.RoleAdmin} {
			p := people[i].open(at)
			if want := role.AtLeast(least); want != (p.Code == http.StatusOK) || !want && p.Code != http.StatusForbidden {
				t.Errorf("%s to the %s: %d\n%s", at, role, p.Code, p.Text)
			}
			p.not("&lt;nil&gt;", "%!", "ZgotmplZ")
		}
	}
}

func TestWhoIsNotSignedInComesBackAfterwards(t *testing.T) {
	d := open(t)
	nobody := d.nobody()
	a := nobody.open("/blocked?by=contact").is(http.StatusSeeOther)
	if at := a.Header.Get("Location"); at != "/sign-in?next=%2Fblocked%3Fby%3Dcontact" {
		t.Errorf("sent to %s", at)
	}
	nobody.open(a.Header.Get("Location")).is(http.StatusOK).shows(`name="next" value="/blocked?by=contact"`)
	if got := nobody.open("/sign-in?next=https%3A%2F%2Fexample.org%2F").form().Get("next"); got != "/" {
		t.Errorf("after signing in they would go to %s", got)
	}
}

// An address that nothing can have is not found, whatever it looks like.
func TestThereIsNoSuchPage(t *testing.T) {
	d := open(t)
	ada := d.person(ingest.RoleAdmin)
	for _, at := range []string{"/nothing", "/jobs/x", "/jobs/999", "/rules/x", "/contacts/x", "/dead/x", "/deliveries/x", "/endpoints/x", "/channels/none", "/do/nothing"} {
		ada.open(at).is(http.StatusNotFound).shows("Not found")
	}
}

// hold has mail of an address held by a block, whose number it returns.
func (d *desk) hold(from, subject string) int64 {
	d.t.Helper()
	rule := d.rule("email", from)
	d.receive(from, subject, "Buy now", "<p>Buy <b>now</b><img src=https://tracker.example.org/p.png><script>alert(1)</script>")
	return rule
}
