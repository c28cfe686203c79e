package console

import (
	"net/http"
	"net/url"
	"strings"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var rulePages = []page{
	{pattern: "GET /rule", show: (*visit).askRule},
	{pattern: "POST /rule", show: (*visit).setRule},
	{pattern: "GET /lift", show: (*visit).askLift},
	{pattern: "POST /lift", show: (*visit).lift},
	{pattern: "GET /rules", show: lists[ingest.Rule]("rules", "/rules", "kind", "state", "target")},
}

// ruleView asks what should happen to what somebody writes.
type ruleView struct {
	On, Target string // on a person as one is met, contacts/ID; or on a target
	Kind       string
	Terms      httpapi.Terms
	Reach      *ingest.RuleReach
	Problem    *httpapi.Problem
	Back       string
}

// askRule shows the form, and for a kind that was chosen whom the rule would have
// met in the last 30 days.
func (v *visit) askRule() error { return v.showRule(http.StatusOK, nil) }

func (v *visit) showRule(status int, p *httpapi.Problem) error {
	view := ruleView{On: v.r.FormValue("on"), Target: v.r.FormValue("target"), Kind: v.r.FormValue("kind"), Terms: v.terms(), Problem: p, Back: v.back()}
	if view.Kind == "" {
		view.Kind = string(ingest.Block)
	}
	terms := view.Terms
	if terms.DryRun = true; terms.Reason == "" {
		terms.Reason = "look"
	}
	var reach ingest.RuleReach
	path, body := v.rulePath(view.Kind, terms)
	if v.Me.CSRFToken != "" && v.ask(http.MethodPost, path, body, &reach) == nil {
		view.Reach = &reach
	}
	return v.render(status, "rule", view)
}

// rulePath is the route that sets a rule of a kind where the form says, and what
// it takes.
func (v *visit) rulePath(kind string, terms httpapi.Terms) (string, any) {
	if on := v.r.FormValue("on"); on != "" {
		place, id, _ := strings.Cut(on, "/")
		return "/" + url.PathEscape(place) + "/" + url.PathEscape(id) + "/" + url.PathEscape(kind), terms
	}
	return "/rules", struct {
		Kind   string `json:"kind"`
		Target string `json:"target"`
		httpapi.Terms
	}{kind, v.r.FormValue("target"), terms}
}

// terms are the rule's, as the form has them.
func (v *visit) terms() httpapi.Terms {
	yes := func(name string) bool { return v.r.FormValue(name) == "true" }
	return httpapi.Terms{Reason: v.r.FormValue("reason"), Comment: v.r.FormValue("comment"), ExpiresIn: v.r.FormValue("expires_in"),
		SpareKnown: yes("spare_known"), AlsoIP: yes("also_ip"), Open: v.r.FormValue("open"), Force: yes("force")}
}

// setRule sets the rule; what is wrong with it is shown in the form.
func (v *visit) setRule() error {
	path, body := v.rulePath(v.r.FormValue("kind"), v.terms())
	a, err := v.call(http.MethodPost, path, body)
	if err != nil {
		return err
	}
	if a.status < http.StatusBadRequest {
		v.to(v.back())
		return nil
	}
	p, ok := a.problem().(*httpapi.Problem)
	if !ok || p.Status != http.StatusUnprocessableEntity && p.Type != "foot-gun" {
		return a.problem()
	}
	return v.showRule(p.Status, p)
}
