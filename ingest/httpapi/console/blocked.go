package console

import (
	"maps"
	"net/http"
	"net/url"
	"time"

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
var chosen = []string{"rule", "contact_id", "kind", "reason", "channel", "domain", "text", "expired", "opened", "likely_wrong", "review", "from", "to"}

// choice is what of the request's query chooses tickets.
func (v *visit) choice() url.Values { return v.filters(chosen) }

// blockedView is the blocked list, in groups or ticket by ticket.
type blockedView struct {
	By     string // rule, contact, domain, channel or reason; "": ticket by ticket
	Groups ingest.Groups
	List   ingest.Blocked
	Choice url.Values
	Orders []jobView // that are under way
	Since  time.Time // when the reader was last here; zero: not known
	After  string    // where the log of events stood before the list was read
	Rule   *ingest.Rule
	Whose  *ingest.Contact
}

// blockedList shows groups unless tickets were chosen, or asked for.
func (v *visit) blockedList() error {
	view := blockedView{By: v.r.FormValue("by"), Choice: v.choice()}
	if !v.r.Form.Has("by") && !hasAny(view.Choice, "rule", "contact_id", "reason", "domain", "text") {
		view.By = string(ingest.GroupByRule)
	} else if view.By == "ticket" { // as a link says it
		view.By = ""
	}
	err := v.follow(&view.After, &view.Orders)
	if err == nil {
		err = v.readBlocked(&view)
	}
	if err == nil {
		err = v.readAbout(&view)
	}
	if err != nil {
		return err
	}
	view.Since = v.lastHere()
	return v.render(http.StatusOK, "blocked", view)
}

// follow reads what the page goes on from: the place in the log, before anything
// else is read, and the orders under way.
func (v *visit) follow(after *string, orders *[]jobView) error {
	var log ingest.List[ingest.Event]
	if err := v.get("/events", url.Values{"after": {"latest"}}, &log); err != nil {
		return err
	}
	*after = log.Next
	var err error
	*orders, err = v.underWay()
	return err
}

// readBlocked reads the groups or the tickets that were chosen; both come with
// the counts of all.
func (v *visit) readBlocked(view *blockedView) error {
	if view.By == "" {
		return v.get("/blocked", v.filters(append([]string{"cursor", "sort"}, chosen...)), &view.List)
	}
	q := v.filters(append([]string{"cursor"}, chosen...))
	q.Set("by", view.By)
	q.Set("sort", string(ingest.SortLikely))
	err := v.get("/blocked/groups", q, &view.Groups)
	view.List.Total, view.List.Unopened, view.List.Unsearched = view.Groups.Tickets, view.Groups.Unopened, view.Groups.Unsearched
	return err
}

// readAbout reads what an opened group has in common, to say it in words.
func (v *visit) readAbout(view *blockedView) error {
	if id := view.Choice.Get("rule"); id != "" {
		if err := v.get("/rules/"+url.PathEscape(id), nil, &view.Rule); err != nil {
			return err
		}
	}
	if id := view.Choice.Get("contact_id"); id != "" {
		return v.get("/contacts/"+url.PathEscape(id), nil, &view.Whose)
	}
	return nil
}

func hasAny(q url.Values, names ...string) bool {
	for _, name := range names {
		if q.Has(name) {
			return true
		}
	}
	return false
}

// Of is the query that chooses a group's tickets out of the list; nil if none
// does.
func (b blockedView) Of(g ingest.Group) url.Values {
	q := maps.Clone(b.Choice)
	switch ingest.GroupBy(b.By) {
	case ingest.GroupByRule:
		if g.Rule != nil {
			q.Set("rule", number(g.Rule.ID))
			return q
		}
		q.Set("kind", "system")
		return with(q, "reason", g.Reason)
	case ingest.GroupByContact:
		if g.Contact == nil {
			return nil
		}
		return with(q, "contact_id", g.Contact.ID.String())
	case ingest.GroupByDomain:
		if g.Domain == "" {
			return with(q, "domain", ingest.NoDomain)
		}
		return with(q, "domain", g.Domain)
	case ingest.GroupByChannel:
		return with(q, "channel", g.Channel)
	case ingest.GroupByReason:
		return with(q, "reason", g.Reason)
	}
	return nil
}

// with is a query with a value more; nil without a value: that would choose all.
func with(q url.Values, name, value string) url.Values {
	if value == "" {
		return nil
	}
	q.Set(name, value)
	return q
}
