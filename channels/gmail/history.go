package gmail

import (
	"cmp"
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/channels/mailapi"
)

// entry is what a record of the history says of a message.
type entry struct {
	Message struct{ ID string } `json:"message"`
	Labels  []string            `json:"labelIds"` // those that it got, of labelsAdded
}

type historyPage struct {
	Records []struct {
		Added  []entry `json:"messagesAdded"`
		Labels []entry `json:"labelsAdded"`
	} `json:"history"`
	Next    string `json:"nextPageToken"`
	History string `json:"historyId"`
}

// history reads on from a place: what came with the label, and what got it. It
// goes on next time from where the mailbox was at the first page: what comes
// meanwhile may be named twice, and is never missed.
func (s *source) history(ctx context.Context, label, place string) (mailapi.Page, error) {
	start, token, end := placeOf(place)
	query := url.Values{"startHistoryId": {start}, "labelId": {label}, "maxResults": {pageSize}, "historyTypes": {"messageAdded", "labelAdded"}}
	if token != "" {
		query.Set("pageToken", token)
	}
	var items []mailapi.Item
	for {
		var p historyPage
		if err := s.client.Get(ctx, mailapi.Call{To: s.mailbox("history"), Query: query}, &p); err != nil {
			return mailapi.Page{}, s.lost(err, query)
		}
		items = append(items, p.news(label)...)
		end = cmp.Or(end, p.History, start)
		switch {
		case p.Next == "":
			return mailapi.Page{Items: items, Next: end}, nil
		case len(items) > maxGathered || p.Next == query.Get("pageToken"):
			return mailapi.Page{Items: items, Next: start + " " + p.Next + " " + end, More: true}, nil
		}
		query.Set("pageToken", p.Next)
	}
}

// placeOf reads a place: the history id to read on from, and, where that was
// begun, the token of the next page and the id to go on from afterwards.
func placeOf(place string) (start, token, end string) {
	start, rest, _ := strings.Cut(place, " ")
	token, end, _ = strings.Cut(rest, " ")
	return start, token, end
}

// lost tells a place that Google knows no longer from other trouble.
func (s *source) lost(err error, query url.Values) error {
	r := mailapi.Refused(err)
	if r != nil && (r.Status == http.StatusNotFound || r.Status == http.StatusBadRequest && query.Has("pageToken")) {
		return mailapi.ErrReset
	}
	return s.explain(err)
}

// news are the messages that a page names: whatever their age, they came now.
func (p *historyPage) news(label string) []mailapi.Item {
	var items []mailapi.Item
	for _, r := range p.Records {
		for _, e := range r.Added {
			items = append(items, mailapi.Item{ID: e.Message.ID, Fresh: true})
		}
		for _, e := range r.Labels {
			if slices.Contains(e.Labels, label) {
				items = append(items, mailapi.Item{ID: e.Message.ID, Fresh: true})
			}
		}
	}
	return items
}
