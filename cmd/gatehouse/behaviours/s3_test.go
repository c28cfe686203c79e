package behaviours

import (
	"net/http"
	"testing"

	"gatehouse/cmd/gatehouse/housetest"
)

// A visitor is shown with the id that the site gave them, the browser and the
// widget they use.
func TestS3_1VisitorIsShown(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	v.more = terms{"widget": "shop", "device": terms{"os": "Linux", "browser": "Firefox"}}
	m := v.writes("Hello")
	if m.From.Kind != "visitor" || m.From.Value != v.address || m.Technical == nil || m.Technical.Widget != "shop" ||
		m.Technical.Agent == "" || m.Technical.Device.Browser != "Firefox" {
		t.Errorf("it shows %+v, %+v", m.From, m.Technical)
	}
}

// The widget of a banned visitor learns to hide, or to show a notice if that is
// the setting, in the visitor's language, and until when; never why, and of a
// block nothing.
func TestS3_3WidgetOfTheBannedHides(t *testing.T) {
	d := openOwn(t, housetest.Settings, siteChat)
	v, blocked := d.visitor("v"), d.visitor("blocked")
	if s := v.widget(); s.Widget != "show" || !s.MaySend {
		t.Errorf("before: %+v", s)
	}
	d.sets("supervisor", "/rules", terms{"kind": "ban", "target": v.target(), "comment": "a nuisance", "expires_in": "1h"})
	if s := v.widget(); s.Widget != "hide" || s.MaySend || s.Until == nil || s.Rule != nil {
		t.Errorf("banned: %+v", s)
	}
	d.As("admin").Read(http.StatusOK, http.MethodPatch, "/settings", terms{"chat_shows": "notice"}, nil)
	if s := v.widget(); s.Widget != "notice" || s.Notice != "You cannot write to us here." {
		t.Errorf("banned, and notices are shown: %+v", s)
	}
	d.As("admin").Read(http.StatusOK, http.MethodPatch, "/settings", terms{"chat_notice": terms{"*": "Sorry.", "de": "Leider nicht."}}, nil)
	v.locale = "de-CH"
	if s := v.widget(); s.Notice != "Leider nicht." {
		t.Errorf("banned, and reads German: %+v", s)
	}
	d.denied("admin", http.StatusUnprocessableEntity, http.MethodPatch, "/settings", terms{"chat_notice": terms{"de": "Nein."}}, "chat_notice")
	d.sets("supervisor", "/rules", terms{"kind": "block", "target": blocked.target(), "reason": "spam"})
	if s := blocked.widget(); s.Widget != "show" || !s.MaySend || s.Until != nil {
		t.Errorf("blocked: %+v", s)
	}
}

// A banned visitor cannot begin a chat.
func TestS3_4BannedVisitorBeginsNoChat(t *testing.T) {
	d := open(t)
	v := d.visitor("v")
	m := v.writes("Hello")
	d.As("agent").Read(http.StatusOK, http.MethodPatch, "/conversations/"+m.Conversation, terms{"status": "closed"}, nil)
	rule := d.sets("supervisor", "/messages/"+m.ID+"/ban", terms{"reason": "abuse", "target": "visitor"})
	v.refusedBy(rule.ID, "Hello again")
	if n := len(d.talksOf(m.Contact)); n != 1 {
		t.Errorf("%d conversations, want the one of before", n)
	}
}

// Nobody at the desk is shown a banned visitor: no contact, no event.
func TestS3_5BannedVisitorIsNotShown(t *testing.T) {
	d := openOwn(t, housetest.Settings, siteChat)
	v := d.visitor("v")
	rule := d.sets("supervisor", "/rules", terms{"kind": "ban", "target": v.target()})
	v.refusedBy(rule.ID, "Hello")
	m := d.visitor("w").writes("Hello") // so whatever came of it has come
	d.eventsOf(about(m.ID))
	for _, e := range d.events() {
		if e.Contact != "" && e.Contact != m.Contact || e.Message != "" && e.Message != m.ID {
			t.Errorf("an event of somebody else than the other visitor: %+v", e)
		}
	}
	if list := housetest.All[contact](d.As("agent"), "/contacts"); len(list) != 1 {
		t.Errorf("contacts: %+v", list)
	}
}

// A ban names a visitor or an address.
func TestS3_6BanByVisitorOrIP(t *testing.T) {
	d := open(t)
	v, w := d.visitor("v"), d.visitor("w")
	v.ip, w.ip = "192.0.2.36", "198.51.100.36"
	byVisitor := d.sets("supervisor", "/messages/"+v.writes("Hello").ID+"/ban", terms{"reason": "abuse", "target": "visitor"})
	byIP := d.sets("supervisor", "/messages/"+w.writes("Hello").ID+"/ban", terms{"reason": "abuse", "target": "ip"})
	if byVisitor.Target != v.target() || byIP.Target != "ip:"+w.ip {
		t.Errorf("they name %s and %s", byVisitor.Target, byIP.Target)
	}
	v.refusedBy(byVisitor.ID, "Again")
	w.refusedBy(byIP.ID, "Again")
}

// A ban may have a comment, and needs none.
func TestS3_7CommentIsOptional(t *testing.T) {
	d := open(t)
	with := d.sets("supervisor", "/rules", terms{"kind": "ban", "target": d.visitor("v").target(), "comment": "Third warning"})
	if r := get[housetest.Rule](d.As("supervisor"), "/rules/"+with.ID); r.Comment != "Third warning" {
		t.Errorf("the comment: %q", r.Comment)
	}
	d.sets("supervisor", "/rules", terms{"kind": "ban", "target": d.visitor("w").target()})
}

// A ban on a visitor holds for that id alone: with another browser, so another
// id, they chat again, from the same address and with the same typed name.
func TestS3_8AnotherBrowserChatsAgain(t *testing.T) {
	d := open(t)
	v, again := d.visitor("v"), d.visitor("v2")
	for _, c := range []*customer{v, again} {
		c.name, c.more = "Victor", terms{"email": "victor@" + d.place + ".example.com"}
	}
	rule := d.sets("supervisor", "/messages/"+v.writes("Hello").ID+"/ban", terms{"reason": "abuse", "target": "visitor"})
	v.refusedBy(rule.ID, "From this browser")
	if m := again.writes("From another browser"); m.State != "conversed" {
		t.Errorf("it is %s", m.State)
	}
}

// A ban on an address or a network stops every visitor there, however the
// address is written, and nobody beside it.
func TestS3_9BannedIPStopsAllVisitors(t *testing.T) {
	d := open(t)
	one := d.sets("supervisor", "/rules", terms{"kind": "ban", "target": "ip:203.0.113.39"})
	net4 := d.sets("admin", "/rules", terms{"kind": "ban", "target": "cidr:203.0.113.64/28"})
	net6 := d.sets("admin", "/rules", terms{"kind": "ban", "target": "cidr:2001:db8:39::/64"})
	for ip, rule := range map[string]string{
		"203.0.113.39": one.ID, "::ffff:203.0.113.39": one.ID, "203.0.113.64": net4.ID, "203.0.113.79": net4.ID,
		"2001:db8:39::1": net6.ID, "2001:0DB8:0039:0:ffff::1": net6.ID,
	} {
		v := d.visitor("in-" + ip)
		v.ip = ip
		v.refusedBy(rule, "Hello")
	}
	for _, ip := range []string{"203.0.113.38", "203.0.113.80", "2001:db8:39:1::1"} {
		v := d.visitor("beside-" + ip)
		v.ip = ip
		if m := v.writes("Hello"); m.State != "conversed" {
			t.Errorf("from %s it is %s", ip, m.State)
		}
	}
	d.denied("supervisor", http.StatusForbidden, http.MethodPost, "/rules", terms{"kind": "ban", "target": "cidr:203.0.113.96/28"}, "admin")
}

// A ban on an address is cautioned: whom it would hit is told, and one that
// would hit far too many, or the desk itself, takes an administrator's force.
func TestS3_10CautionOnIPBans(t *testing.T) {
	d := open(t)
	for _, name := range []string{"v", "w"} {
		v := d.visitor(name)
		v.ip = "198.51.100.30"
		v.writes("Hello")
	}
	var would reach
	d.As("supervisor").Read(http.StatusOK, http.MethodPost, "/rules", terms{"kind": "ban", "target": "ip:198.51.100.30", "dry_run": true}, &would)
	if would.Contacts != 2 {
		t.Errorf("it would hit %+v", would)
	}
	for target, code := range map[string]string{
		"cidr:100.64.0.0/10": "wide_network", "cidr:2001:db8::/32": "wide_network", "ip:127.0.0.1": "own_network", "ip:10.0.0.7": "private_network",
	} {
		d.denied("admin", http.StatusConflict, http.MethodPost, "/rules", terms{"kind": "ban", "target": target}, code)
	}
	d.denied("supervisor", http.StatusForbidden, http.MethodPost, "/rules", terms{"kind": "ban", "target": "ip:10.0.0.7", "force": true}, "admin")
	d.sets("admin", "/rules", terms{"kind": "ban", "target": "ip:10.0.0.7", "force": true})
}

// The bans that stand are listed, with whom they name, since when and why.
func TestS3_11BanList(t *testing.T) {
	d := open(t)
	rule := d.sets("supervisor", "/rules", terms{"kind": "ban", "target": d.visitor("v").target(), "reason": "abuse"})
	listed := func(state string) bool {
		for _, r := range housetest.All[housetest.Rule](d.As("supervisor"), "/rules?kind=ban&state="+state) {
			if r.Kind != "ban" {
				t.Errorf("among the bans is %+v", r)
			}
			if r.ID == rule.ID {
				return r.Target == rule.Target && r.Reason == "abuse" && !r.CreatedAt.IsZero()
			}
		}
		return false
	}
	if !listed("standing") || listed("lifted") {
		t.Error("it is not among the bans that stand alone")
	}
	d.lifts("supervisor", "/rules/"+rule.ID)
	if listed("standing") || !listed("lifted") {
		t.Error("it is not among the lifted alone")
	}
	d.denied("agent", http.StatusForbidden, http.MethodGet, "/rules?kind=ban", nil, "supervisor")
}
