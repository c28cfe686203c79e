package console

import (
	"net/http"
	"net/url"
	"slices"

	"gatehouse/ingest"
)

var rulePages = slices.Concat(askPages, liftPages, importPages, []page{
	{pattern: "GET /rules", show: (*visit).rules},
	{pattern: "GET /rules/{id}", show: (*visit).rule},
	{pattern: "POST /rules/{id}", show: (*visit).changeRule},
})

// rules lists them; whom they are on may be said as people say it.
func (v *visit) rules() error {
	if said := v.r.FormValue("target"); said != "" {
		v.r.Form.Set("target", targetMeant(said))
	}
	return lists[ingest.Rule]("rules", "/rules", "kind", "state", "target", "review")(v)
}

// RuleTabs are the lists of rules.
func (f frame) RuleTabs() []way {
	return []way{{"/rules", "All"}, {"/rules?kind=ban&state=standing", "Ban list"}, {"/rules?kind=block&state=standing", "Blocks"},
		{"/rules?kind=blacklist&state=standing", "Blacklist"}, {"/rules?kind=allow&state=standing", "Allowed"},
		{"/rules?state=expired", "Expired"}, {"/rules?state=lifted", "Lifted"}, {"/rules?review=true", "Review these"}}
}

// tabSays is what a list of rules holds, by its kind or state.
var tabSays = map[string]string{
	"ban":       "Nothing that they write is kept, nor are they written to.",
	"block":     "What they write waits in the blocked list until a supervisor decides.",
	"blacklist": "What they write is filed in their history; nobody is asked to look.",
	"allow":     "What they write goes through, whatever is set on their domain or network.",
	"expired":   "These ended by themselves. What some still hold stays until somebody decides.",
	"lifted":    "Somebody took these back. They are kept, so that one can see what was.",
	"true":      "Rules somebody should look at, and why. Lift those that do more harm than good.",
}

// TabSays is what the list that the reader sees holds.
func (f frame) TabSays() string {
	for _, name := range []string{"kind", "state", "review"} {
		if says, ok := tabSays[f.Asked(name)]; ok {
			return says
		}
	}
	return ""
}

// Share is a part as people write it: 12 %.
func (f frame) Share(part *float64) string { return thousands(int64(*part*100+0.5)) + " %" }

// MayChange reports whether the reader may change or lift a rule of a list.
func (f frame) MayChange(r ingest.Rule) bool { return f.MayLift(&r) }

// Ended reports whether a rule has ended by the clock.
func (f frame) Ended(r ingest.Rule) bool { return r.ExpiresAt != nil && !f.Now().Before(*r.ExpiresAt) }

// oneRule is a rule with what it holds and who did what with it.
type oneRule struct {
	ingest.Rule
	Held    ingest.Blocked
	Audit   ingest.List[ingest.AuditEntry]
	Problem string
	Foot    bool // an administrator may force it
	Version string
	Said    Terms
}

func (v *visit) rule() error { return v.showOneRule(http.StatusOK, nil) }

// showOneRule shows a rule; who administers sees its history, too.
func (v *visit) showOneRule(status int, why func(*oneRule)) error {
	view := oneRule{}
	id := v.r.PathValue("id")
	var err error
	if view.Version, err = v.tagged("/rules/"+url.PathEscape(id), &view.Rule); err != nil {
		return err
	}
	if err := v.get("/blocked", url.Values{"rule": {id}, "limit": {"10"}}, &view.Held); err != nil {
		return err
	}
	if v.Me.Role.AtLeast(ingest.RoleAdmin) {
		if err := v.get("/audit", url.Values{"subject": {"rule:" + id}}, &view.Audit); err != nil {
			return err
		}
	}
	view.Said = Terms{Reason: view.Rule.Reason, Comment: view.Comment, OnExpiry: string(view.Rule.OnExpiry)}
	if why != nil {
		why(&view)
	}
	return v.render(status, "one_rule", view)
}
