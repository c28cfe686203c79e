package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

var blockedPages = []page{
	{pattern: "GET /blocked", show: (*visit).blockedList},
	{pattern: "GET /blocked/{id}", show: (*visit).ticket},
	{pattern: "GET /blocked/order", show: (*visit).askOrder},
	{pattern: "POST /blocked/order", show: (*visit).giveOrder},
	{pattern: "GET /messages/{id}/html", show: (*visit).messageHTML},
}

// chosen are the names of a query that choose tickets: the list, its groups and
// orders take the same.
var chosen = []string{"rule", "contact_id", "kind", "reason", "channel", "text", "expired", "opened", "likely_wrong", "review", "from", "to"}

// choice is what of the request's query chooses tickets.
func (v *visit) choice() url.Values {
	q := url.Values{}
	for _, name := range chosen {
		if value := v.r.FormValue(name); value != "" {
			q.Set(name, value)
		}
	}
	return q
}

// blockedView is the blocked list, in groups or ticket by ticket.
type blockedView struct {
	By      string // rule, contact, domain, channel or reason; "": ticket by ticket
	Groups  ingest.Groups
	List    ingest.Blocked
	Choice  url.Values
	Deleted bool
}

// blockedList shows groups unless tickets were chosen, or asked for.
func (v *visit) blockedList() error {
	view := blockedView{By: v.r.FormValue("by"), Choice: v.choice()}
	if !v.r.Form.Has("by") && !hasAny(view.Choice, "rule", "contact_id", "reason", "text") {
		view.By = "rule"
	}
	q := v.choice()
	if cursor := v.r.FormValue("cursor"); cursor != "" {
		q.Set("cursor", cursor)
	}
	q.Set("limit", "50")
	err := v.get("/blocked", q, &view.List)
	if err == nil && view.By != "" {
		q.Set("by", view.By)
		err = v.get("/blocked/groups", q, &view.Groups)
	}
	if err != nil {
		return err
	}
	return v.render(http.StatusOK, "blocked", view)
}

func hasAny(q url.Values, names ...string) bool {
	for _, name := range names {
		if q.Has(name) {
			return true
		}
	}
	return false
}

// Of is the query that chooses a group's tickets out of the list.
func (b blockedView) Of(g ingest.Group) url.Values {
	q := url.Values{}
	for name, value := range b.Choice {
		q[name] = value
	}
	switch b.By {
	case "rule":
		if g.Rule != nil {
			q.Set("rule", number(g.Rule.ID))
		} else {
			q.Set("reason", g.Reason)
			q.Set("kind", "system")
		}
	case "contact":
		if g.Contact != nil {
			q.Set("contact_id", g.Contact.ID.String())
		}
	case "domain":
		q.Set("text", "@"+g.Domain)
	case "channel":
		q.Set("channel", g.Channel)
	}
	return q
}
