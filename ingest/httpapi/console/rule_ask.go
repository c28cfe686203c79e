package console

import (
	"errors"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var askPages = []page{
	{pattern: "GET /rule", show: (*visit).askRule},
	{pattern: "POST /rule", show: (*visit).setRule},
}

// ruleView asks what should happen to what somebody writes, then to whom, and
// says what that would have met before it can be set.
type ruleView struct {
	On, Target string // on a person as one is met, contacts/ID; or on a target
	Typed      string // the target as the reader wrote it
	Kind       string
	Whom       string // of the person: contact, identity, visitor, ip, domain, or an address
	aim
	Terms
	Reach    *httpapi.ReachAnswer
	Examples []example
	Problem  *httpapi.Problem
	Back     string
}

// Unclear reports whether it is not to be read whom the rule is for.
func (v ruleView) Unclear() bool {
	return v.On == "" && v.Problem != nil && slices.ContainsFunc(v.Problem.Errors, func(e httpapi.FieldError) bool { return e.Field == "target" })
}

// example is a message that the rule would have met.
type example struct {
	ingest.Reached
	Name string
}

func (v *visit) askRule() error { return v.showRule(http.StatusOK, nil) }

// showRule shows the form: the question what should happen, and once that is
// answered the rest, with whom the rule would have met in the last 30 days.
func (v *visit) showRule(status int, p *httpapi.Problem) error {
	view, err := v.ruleAsked()
	if err != nil {
		return err
	}
	view.Problem = p
	if view.aim, err = v.aimAt(view.On); err != nil {
		return err
	}
	view.Terms = v.terms(view.Chat)
	if view.Kind == "" {
		return v.render(status, "rule", view)
	}
	if err := v.look(&view); err != nil {
		return err
	}
	return v.render(status, "rule", view)
}

// ruleAsked is the rule as the request has it. Where it is set and what it does
// become a route of the API: nothing else than a rule may come of it.
func (v *visit) ruleAsked() (ruleView, error) {
	view := ruleView{On: v.r.FormValue("on"), Target: targetMeant(v.r.FormValue("target")), Typed: v.r.FormValue("target"),
		Kind: v.r.FormValue("kind"), Whom: v.r.FormValue("whom"), Back: v.back()}
	place, _, _ := strings.Cut(view.On, "/")
	if view.On != "" && !slices.Contains(ruledFrom, place) || view.Kind != "" && nouns[ingest.RuleKind(view.Kind)] == "" {
		return view, errNoPage
	}
	return view, nil
}

// look asks what the rule would have met. What is refused already is shown as
// the problem.
func (v *visit) look(view *ruleView) error {
	if view.ExpiresIn == onADay && view.Until == "" {
		return nil // they are asked for it first
	}
	path, body := v.ruleOf(*view)
	if body["dry_run"] = true; body["reason"] == "" {
		body["reason"] = "look" // chats want one; nothing is kept of it
	}
	var reach httpapi.ReachAnswer
	err := v.preview(path, body, &reach)
	var p *httpapi.Problem
	switch {
	case err == nil:
		view.Reach = &reach
		view.Examples = v.examples(reach.Examples)
		return nil
	case errors.As(err, &p) && p.Status < http.StatusInternalServerError && p.Status != http.StatusUnauthorized && p.Status != http.StatusNotFound:
		if view.Problem == nil {
			view.Problem = p
		}
		return nil
	}
	return err
}

// examples names who wrote what a rule would have met, each person once.
func (v *visit) examples(met []ingest.Reached) (list []example) {
	seen := map[ingest.ID]bool{}
	for _, m := range met {
		if seen[m.Contact] {
			continue
		}
		seen[m.Contact] = true
		var c ingest.Contact
		e := example{Reached: m}
		if v.get("/contacts/"+m.Contact.String(), nil, &c) == nil { // else it stays without a name
			e.Name = called(c)
		}
		list = append(list, e)
	}
	return list
}

// ruleOf is the route that sets the rule, and what it takes. One address of a
// person that has several is named by itself.
func (v *visit) ruleOf(view ruleView) (string, map[string]any) {
	body := view.Terms.body(view.Chat, v.zone())
	if view.On != "" && !strings.Contains(view.Whom, ":") {
		place, id, _ := strings.Cut(view.On, "/")
		if view.Whom != "" {
			body["target"] = view.Whom
		}
		return "/" + url.PathEscape(place) + "/" + url.PathEscape(id) + "/" + url.PathEscape(view.Kind), body
	}
	body["kind"], body["target"] = view.Kind, view.Target
	if view.On != "" {
		body["target"] = view.Whom
	}
	return "/rules", body
}

// setRule sets the rule; what is wrong with it is shown in the form.
func (v *visit) setRule() error {
	view, err := v.ruleAsked()
	if err != nil {
		return err
	}
	view.Chat = v.r.FormValue("chat") == "true"
	view.Terms = v.terms(view.Chat)
	path, body := v.ruleOf(view)
	if err = v.change(http.MethodPost, path, body, nil); err != nil {
		if p := correctable(err); p != nil {
			return v.showRule(p.Status, p)
		}
		return err
	}
	v.to(v.back())
	return nil
}
