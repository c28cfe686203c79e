package console

import (
	"html/template"
	"maps"
	"net/url"
	"slices"

	"gatehouse/ingest"
)

// neighbours is where the reader can go from a ticket: the one before it and the one
// behind it in the list that it was opened from, "" if there is none, and that
// list.
type neighbours struct{ Before, Next, List template.URL }

// Onward is where to go when the ticket is done with.
func (w neighbours) Onward() string {
	if w.Next != "" {
		return string(w.Next)
	}
	return string(w.List)
}

// around finds a ticket's neighbours. The list is that of the query, from its at
// on; a ticket that is no longer in it is followed by the list's first.
func (v *visit) around(id string) (neighbours, error) {
	q := v.filters(append([]string{"sort"}, chosen...))
	at := v.r.FormValue("at")
	list, err := v.ticketsFrom(q, at)
	if err != nil {
		return neighbours{}, err
	}
	w := neighbours{List: listPage(q, at)}
	i := slices.IndexFunc(list.Items, func(t ingest.Ticket) bool { return t.ID.String() == id })
	if i > 0 {
		w.Before = pageOf(list.Items[i-1], q, at)
	}
	if i+1 == len(list.Items) && list.Next != "" {
		at, i = list.Next, -1
		if list, err = v.ticketsFrom(q, at); err != nil {
			return neighbours{}, err
		}
	}
	if i+1 < len(list.Items) {
		w.Next = pageOf(list.Items[i+1], q, at)
	}
	return w, nil
}

func (v *visit) ticketsFrom(q url.Values, at string) (list ingest.Blocked, err error) {
	asked := maps.Clone(q)
	asked.Set("cursor", at)
	return list, v.get("/blocked", asked, &list)
}

// listPage is the list's page from a place in it on.
func listPage(q url.Values, at string) template.URL {
	all := maps.Clone(q)
	all.Set("by", "")
	if at != "" {
		all.Set("cursor", at)
	}
	return template.URL("/blocked?" + all.Encode())
}

// pageOf is a ticket's page, reached from a list.
func pageOf(t ingest.Ticket, q url.Values, at string) template.URL {
	all := maps.Clone(q)
	if at != "" {
		all.Set("at", at)
	}
	if len(all) == 0 {
		return template.URL("/blocked/" + t.ID.String())
	}
	return template.URL("/blocked/" + t.ID.String() + "?" + all.Encode())
}

// Tickets is the list of the tickets that a query chooses.
func (f frame) Tickets(q url.Values) template.URL { return listPage(q, "") }

// Ticket is the page of a ticket of the list that the reader sees.
func (f frame) Ticket(t ingest.Ticket) template.URL {
	return pageOf(t, f.filters(append([]string{"sort"}, chosen...)), f.Asked("cursor"))
}
