package console

import (
	"errors"
	"net/http"
	"net/url"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

var mergePages = []page{
	{pattern: "GET /contacts/{id}/merge", show: (*visit).askMerge},
	{pattern: "POST /contacts/{id}/merge", show: (*visit).merge},
	{pattern: "POST /contacts/{id}/distinct", show: (*visit).distinct},
}

// mergeView looks for the other of two contacts that are one person, then asks
// what is to stand.
type mergeView struct {
	ingest.Contact // that goes
	Q              string
	Found          ingest.List[ingest.Contact]
	Would          *httpapi.MergePreview
	Rules, Held    string
	Problem        string
}

func (v *visit) askMerge() error { return v.showMerge(http.StatusOK, "") }

func (v *visit) showMerge(status int, problem string) error {
	view := mergeView{Q: v.r.FormValue("q"), Problem: problem, Rules: v.r.FormValue("rules"), Held: v.r.FormValue("held")}
	path := contactPath(v.r.PathValue("id"))
	if err := v.get(path, nil, &view.Contact); err != nil {
		return err
	}
	if into := v.r.FormValue("into"); into != "" {
		var answer httpapi.MergeAnswer
		if err := v.preview(path+"/merge", map[string]any{"into": into, "dry_run": true}, &answer); err != nil {
			return err
		}
		view.Would = answer.Would
	} else if view.Q != "" {
		if err := v.get("/contacts", url.Values{"q": {view.Q}, "limit": {"10"}}, &view.Found); err != nil {
			return err
		}
	}
	return v.render(status, "merge", view)
}

// Others are those that were found, without the contact itself.
func (m mergeView) Others() (list []ingest.Contact) {
	for _, c := range m.Found.Items {
		if c.ID != m.Contact.ID {
			list = append(list, c)
		}
	}
	return list
}

// Holds reports whether a choice lifts what holds messages.
func (m mergeView) Holds() bool {
	for _, c := range m.Would.Choices {
		if c.Held > 0 {
			return true
		}
	}
	return false
}

func (v *visit) merge() error {
	body := map[string]any{"into": v.r.PostFormValue("into")}
	for _, name := range []string{"rules", "held"} {
		if value := v.r.PostFormValue(name); value != "" && (name != "held" || v.r.PostFormValue("rules") != string(ingest.MergeKeepBoth)) {
			body[name] = value
		}
	}
	var answer httpapi.MergeAnswer
	err := v.change(http.MethodPost, contactPath(v.r.PathValue("id"))+"/merge", body, &answer)
	if err == nil {
		v.to("/contacts/" + answer.Contact.ID.String())
		return nil
	}
	var p *httpapi.Problem
	if errors.As(err, &p) && (p.Type == "merge-choice-required" || p.Type == "held-choice-required") {
		return v.showMerge(p.Status, p.Detail)
	}
	return err
}

// distinct says that two that may be one are not.
func (v *visit) distinct() error {
	if err := v.change(http.MethodDelete, "/suggestions/"+url.PathEscape(v.r.PostFormValue("suggestion")), nil, nil); err != nil {
		return err
	}
	v.to(contactPath(v.r.PathValue("id")))
	return nil
}

// Other is the other of the two contacts of a suggestion.
func (v contactView) Other(s ingest.Suggestion) ingest.Person {
	if s.Contacts[0].ID == v.ID {
		return s.Contacts[1]
	}
	return s.Contacts[0]
}
