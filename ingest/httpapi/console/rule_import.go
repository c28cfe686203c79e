package console

import (
	"io"
	"net/http"
	"net/url"
	"strings"

	"gatehouse/ingest/httpapi"
)

var importPages = []page{
	{pattern: "GET /rules/import", show: (*visit).askImport},
	{pattern: "POST /rules/import", show: (*visit).importRules},
}

// mostLines is how many entries of a list are shown; those that need a look come
// first.
const mostLines = 500

// importView is a list of rules, and what would become of its entries.
type importView struct {
	List, Format, Held string
	Would              *httpapi.ImportAnswer
	Left               int // entries that are not shown
	Problem            *httpapi.Problem
	Done               bool
}

// askImport shows the form, to whoever may see rules.
func (v *visit) askImport() error {
	if err := v.get("/rules", url.Values{"limit": {"1"}}, nil); err != nil {
		return err
	}
	return v.render(http.StatusOK, "import", importView{})
}

// importRules says what would become of a list, and when that was seen imports it.
func (v *visit) importRules() error {
	view := importView{Format: v.r.FormValue("format"), Held: v.r.FormValue("held")}
	var err error
	if view.List, err = v.listSent(); err != nil {
		return err
	}
	q := url.Values{"dry_run": {"true"}}
	if v.r.FormValue("do") == "import" {
		q = url.Values{"confirm": {"true"}}
	}
	for _, name := range []string{"format", "held", "force"} {
		if value := v.r.FormValue(name); value != "" {
			q.Set(name, value)
		}
	}
	var answer httpapi.ImportAnswer
	if err := v.change(http.MethodPost, "/rules/import?"+q.Encode(), plainText(view.List), &answer); err != nil {
		if view.Problem = correctable(err); view.Problem == nil {
			return err
		}
		return v.render(view.Problem.Status, "import", view)
	}
	view.Done = q.Has("confirm")
	if view.Done && answer.Job != nil {
		v.toJob(*answer.Job, "/rules")
		return nil
	}
	view.show(&answer)
	return v.render(http.StatusOK, "import", view)
}

// listSent is the file that was chosen, else what was pasted.
func (v *visit) listSent() (string, error) {
	file, _, err := v.r.FormFile("file")
	if err != nil { // none was chosen
		return strings.ReplaceAll(v.r.FormValue("list"), "\r\n", "\n"), nil
	}
	text, err := io.ReadAll(file)
	if err == nil && len(text) == 0 {
		return v.r.FormValue("list"), nil
	}
	return string(text), err
}

// show puts the entries first that need a look.
func (i *importView) show(answer *httpapi.ImportAnswer) {
	i.Would = answer
	var first, rest []httpapi.PreviewLine
	for _, l := range answer.Lines {
		if l.Becomes == "wrong" || l.Becomes == "skipped" || len(l.Alarms) > 0 || len(l.Contradicts) > 0 {
			first = append(first, l)
		} else {
			rest = append(rest, l)
		}
	}
	all := append(first, rest...)
	i.Left = max(0, len(all)-mostLines)
	answer.Lines = all[:len(all)-i.Left]
}

// Alarmed reports whether an entry would meet ourselves or far too many.
func (i importView) Alarmed() bool {
	for _, l := range i.Would.Lines {
		if len(l.Alarms) > 0 {
			return true
		}
	}
	return false
}

// Lifts reports whether an entry lifts a rule.
func (i importView) Lifts() bool { return i.Would.Lifted > 0 }
