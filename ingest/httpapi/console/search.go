package console

import (
	"net/http"
	"net/url"
	"strings"

	"gatehouse/ingest"
)

var searchPages = []page{
	{pattern: "GET /search", show: (*visit).search},
}

// searchView is whom a search means, and how an address stands that nobody known
// has.
type searchView struct {
	Q        string
	Contacts ingest.List[ingest.Contact]
	Standing *ingest.Standing
}

func (v *visit) search() error {
	view := searchView{Q: strings.TrimSpace(v.r.FormValue("q"))}
	if view.Q == "" {
		return v.render(http.StatusOK, "search", view)
	}
	if _, err := ingest.ParseID(view.Q); err == nil && v.get("/blocked/"+view.Q, nil, nil) == nil {
		v.to("/blocked/" + view.Q)
		return nil
	}
	if err := v.get("/contacts", url.Values{"q": {view.Q}, "limit": {"20"}}, &view.Contacts); err != nil {
		return err
	}
	if len(view.Contacts.Items) == 0 {
		view.Standing = v.standingOf(view.Q)
	}
	return v.render(http.StatusOK, "search", view)
}

// standingOf asks how an address, a number or a network address stands; nil if
// it is none.
func (v *visit) standingOf(text string) *ingest.Standing {
	for _, q := range []url.Values{{"kind": {"email"}, "value": {text}}, {"kind": {"phone"}, "value": {text}}, {"ip": {text}}} {
		var s ingest.Standing
		if v.get("/standing", q, &s) == nil {
			return &s
		}
	}
	return nil
}
