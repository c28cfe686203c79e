package console

import (
	"fmt"
	"html/template"
	"net/url"
	"slices"

	"gatehouse/ingest"
)

// section is a part of the console that the navigation leads to.
type section struct {
	Page, Name string
	least      ingest.Role
}

var sections = []section{
	{"/", "Today", ingest.RoleAgent},
	{"/blocked", "Blocked list", ingest.RoleSupervisor},
	{"/contacts", "Contacts", ingest.RoleAgent},
	{"/conversations", "Conversations", ingest.RoleAgent},
	{"/rules", "Rules", ingest.RoleSupervisor},
	{"/channels", "Channels", ingest.RoleSupervisor},
	{"/dead", "Dead letters", ingest.RoleSupervisor},
	{"/jobs", "Jobs", ingest.RoleSupervisor},
	{"/exports", "Exports", ingest.RoleSupervisor},
	{"/endpoints", "Endpoints", ingest.RoleSupervisor},
	{"/audit", "Audit", ingest.RoleAdmin},
	{"/settings", "Settings", ingest.RoleAdmin},
	{"/people", "Users and tokens", ingest.RoleAdmin},
}

// Nav is where the reader may go.
func (f frame) Nav() (list []section) {
	for _, s := range sections {
		if f.Me.Role.AtLeast(s.least) {
			list = append(list, s)
		}
	}
	return list
}

// way is one value that a reader may choose.
type way struct{ Value, Name string }

// Ways are how the blocked list may be grouped.
func (f frame) Ways() []way {
	return []way{{"rule", "by rule"}, {"contact", "by sender"}, {"domain", "by domain"}, {"channel", "by channel"}, {"reason", "by reason"}, {"", "every ticket"}}
}

// acts are the addresses of the pages that ask before something is done.
type acts struct{ Release, Allow, Delete, Ban template.URL }

// Acts are what can be done with all tickets that a query chooses.
func (f frame) Acts(choice url.Values) acts { return f.actsThen(choice, f.Here()) }

// actsThen are acts that lead on to a page.
func (f frame) actsThen(choice url.Values, then string) acts {
	to := func(do string) template.URL {
		q := url.Values{"do": {do}, "back": {then}}
		for name, values := range choice {
			q[name] = values
		}
		return template.URL("/blocked/order?" + q.Encode())
	}
	list := acts{to("release"), to("allow"), to("delete"), to("ban")}
	if !f.MayBan() {
		list.Ban = ""
	}
	return list
}

// MayBan reports whether the reader may ban with a delete.
func (f frame) MayBan() bool { return f.Me.May.Ban }

// MayLift reports whether the reader may lift a rule that stands.
func (f frame) MayLift(r *ingest.Rule) bool {
	if r == nil || r.LiftedAt != nil || !f.Supervisor() {
		return false
	}
	switch r.Target.Kind {
	case "domain", "phone_prefix", "cidr", "range", ingest.Everyone:
		return f.Admin()
	}
	may := map[ingest.RuleKind]bool{ingest.Ban: f.Me.May.Ban, ingest.Block: f.Me.May.Block, ingest.Blacklist: f.Me.May.Blacklist, ingest.Allow: true}
	return may[r.Kind]
}

// ActsOn are what can be done with one ticket.
func (f frame) ActsOn(ticket ingest.ID) acts { return f.Acts(url.Values{"ticket": {ticket.String()}}) }

// ActsThen are what can be done with one ticket, and then leads on to a page.
func (f frame) ActsThen(ticket ingest.ID, then string) acts {
	return f.actsThen(url.Values{"ticket": {ticket.String()}}, then)
}

// Whithers are where what is released goes.
func (f frame) Whithers() []way {
	return []way{{"", "to its conversation, or a new one"}, {"unassigned", "to nobody yet: a person takes it"}, {"bot", "to the bot"}}
}

// Here is the reader's page, to come back to.
func (f frame) Here() string { return f.r.URL.RequestURI() }

// With is the frame around something else, for a part of a page.
func (f frame) With(data any) frame {
	f.Data = data
	return f
}

// Deed is the page that asks before something is done to what an id names.
func (f frame) Deed(name string, id any) template.URL {
	return search("/do/"+name, "id", fmt.Sprint(id), "back", f.Here())
}

// tabBy is what tells one list of a page's tabs from another.
var tabBy = []string{"kind", "state", "review"}

// AtTab is what marks the list that the reader sees, for aria-current: whatever
// else they chose, and however far they went in it.
func (f frame) AtTab(tab string) string {
	u, err := url.Parse(tab)
	if err != nil || u.Path != f.r.URL.Path {
		return ""
	}
	q := u.Query()
	if slices.ContainsFunc(tabBy, func(name string) bool { return q.Get(name) != f.Asked(name) }) {
		return ""
	}
	return "page"
}

// Roles are those that somebody may have.
func (f frame) Roles() []string {
	return []string{string(ingest.RoleAgent), string(ingest.RoleSupervisor), string(ingest.RoleAdmin)}
}
