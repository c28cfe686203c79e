package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var liftPages = []page{
	{pattern: "GET /lift", show: (*visit).askLift},
	{pattern: "POST /lift", show: (*visit).lift},
}

// liftView asks what becomes of what a rule holds when it goes.
type liftView struct {
	Contact string
	Rule    string
	Name    string        // of the contact
	Rules   []ingest.Rule // that would be lifted
	Preview httpapi.Preview
	Back    string
}

// askLift says what an Unblock All would do to how many.
func (v *visit) askLift() error {
	view := liftView{Contact: v.r.FormValue("contact"), Rule: v.r.FormValue("rule"), Back: v.back()}
	scope, err := v.liftScope(&view)
	if err != nil {
		return err
	}
	if err := v.preview("/blocked/preview", map[string]any{"action": "unblock_all", "scope": scope}, &view.Preview); err != nil {
		return err
	}
	return v.render(http.StatusOK, "lift", view)
}

// liftScope is what an Unblock All would be of. A rule that is not on the contact
// itself is lifted as that rule: the page names it.
func (v *visit) liftScope(view *liftView) (string, error) {
	if view.Contact != "" {
		var c ingest.Contact
		if err := v.get("/contacts/"+url.PathEscape(view.Contact), nil, &c); err != nil {
			return "", err
		}
		if view.Name = called(c); c.Standing.Rule == nil {
			return "contact:" + view.Contact, nil
		}
		view.Rule = number(c.Standing.Rule.ID)
	}
	var r ingest.Rule
	err := v.get("/rules/"+url.PathEscape(view.Rule), nil, &r)
	view.Rules = []ingest.Rule{r}
	return "rule:" + view.Rule, err
}

func (v *visit) lift() error {
	path := "/rules/" + url.PathEscape(v.r.FormValue("rule")) + "/lift"
	if v.r.FormValue("rule") == "" {
		path = "/contacts/" + url.PathEscape(v.r.FormValue("contact")) + "/unblock"
	}
	body := map[string]any{}
	if held := v.r.FormValue("held"); held != "" {
		body["held"] = held
	}
	var job ingest.Job
	if err := v.change(http.MethodPost, path, body, &job); err != nil {
		return err
	}
	if job.ID == 0 {
		v.to(v.back())
		return nil
	}
	v.toJob(job, v.back())
	return nil
}
