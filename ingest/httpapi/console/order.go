package console

import (
	"errors"
	"net/http"
	"net/url"
	"strconv"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// orders are what can be done with what is held.
var orders = map[string]struct {
	Verb   string
	Action string // release or delete
	Also   ingest.RuleKind
	Then   string // what becomes of the next message
}{
	"release": {"Release", "release", "", "The rule stays: what they write next is held again."},
	"allow":   {"Release and allow", "release", ingest.Allow, "From now on what they write goes through."},
	"delete":  {"Delete", "delete", "", "The rule stays. This cannot be undone."},
	"ban":     {"Delete and ban", "delete", ingest.Ban, "From now on nothing they write is kept. This cannot be undone."},
}

// orderView asks whether an order is meant, and says what it will do.
type orderView struct {
	Do      string
	Verb    string
	Then    string
	Also    bool
	Release bool
	Preview httpapi.Preview
	Tickets []string
	Choice  url.Values
	Back    string
	Whither string
	Because string
	Problem *httpapi.Problem // why it was not done
}

// Force reports whether the order is suspicious, and is done only if it is said
// twice.
func (o orderView) Force() bool { return o.Problem != nil && o.Problem.Type == "foot-gun" }

func (v *visit) askOrder() error { return v.showOrder(http.StatusOK, nil) }

// showOrder says in one sentence what will happen to how many.
func (v *visit) showOrder(status int, p *httpapi.Problem) error {
	o, ok := orders[v.r.FormValue("do")]
	if !ok {
		return errNoPage
	}
	view := orderView{Do: v.r.FormValue("do"), Verb: o.Verb, Then: o.Then, Also: o.Also != "", Release: o.Action == "release",
		Tickets: v.picked(), Choice: v.choice(), Back: v.back(), Whither: v.r.FormValue("whither"), Because: v.r.FormValue("because"), Problem: p}
	if view.Because == "" && o.Also == ingest.Ban {
		view.Because = "abuse"
	}
	selection := v.selection()
	selection["action"] = o.Action
	if err := v.preview("/blocked/preview", selection, &view.Preview); err != nil {
		return err
	}
	return v.render(status, "order", view)
}

// picked are the ids of the tickets that the reader ticked, unless they want all
// that match.
func (v *visit) picked() []string {
	if v.r.FormValue("everything") == "true" {
		return nil
	}
	return v.r.Form["ticket"]
}

// selection is what the API takes for the chosen tickets: their ids, or the
// filter.
func (v *visit) selection() map[string]any {
	if list := v.picked(); len(list) > 0 {
		return map[string]any{"tickets": list}
	}
	filter := map[string]any{}
	for name := range v.choice() {
		value := v.r.FormValue(name)
		filter[name] = value
		if name == "expired" || name == "opened" || name == "likely_wrong" || name == "review" {
			filter[name] = value == "true"
		}
	}
	return map[string]any{"filter": filter}
}

// giveOrder starts the job, and shows it.
func (v *visit) giveOrder() error {
	o, ok := orders[v.r.FormValue("do")]
	if !ok {
		return errNoPage
	}
	body := v.selection()
	for name, field := range map[string]string{"as_of": "as_of", "whither": "to"} {
		if said := v.r.FormValue(name); said != "" && (name == "as_of" || o.Action == "release") {
			body[field] = said
		}
	}
	if o.Also != "" {
		body["also"] = map[string]any{"kind": o.Also, "reason": v.r.FormValue("because"), "force": v.r.FormValue("force") == "true"}
	}
	var job ingest.Job
	if err := v.change(http.MethodPost, "/blocked/"+o.Action, body, &job); err != nil {
		return v.askAgain(err)
	}
	v.toJob(job, v.back())
	return nil
}

// askAgain shows an order that was not done, why, and how things stand by now: it
// can be given again from there. Nothing was done of it.
func (v *visit) askAgain(err error) error {
	var p *httpapi.Problem
	if !errors.As(err, &p) || p.Status != http.StatusConflict && p.Status != http.StatusNotFound && p.Status != http.StatusUnprocessableEntity {
		return err
	}
	if again := v.showOrder(p.Status, p); again != nil {
		return err // what is wrong with the order keeps it from being asked, too
	}
	return nil
}

// back is where the reader came from, within the console.
func (v *visit) back() string {
	if b := v.r.FormValue("back"); b != "" {
		return httpapi.LocalPage(b)
	}
	return "/blocked"
}

func number(n int64) string { return strconv.FormatInt(n, 10) }
