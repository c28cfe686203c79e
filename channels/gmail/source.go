package gmail

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"gatehouse/channels/mailapi"
)

const (
	// pageSize is how many entries Google gives in a page at most.
	pageSize = "500"
	// maxListed bounds the messages in memory before they are looked at.
	maxListed = 500_000
	// maxGathered is the same for those of the history.
	maxGathered = 20_000
)

// source asks the Gmail API for one mailbox.
type source struct {
	config config
	client *mailapi.Client

	mu  sync.Mutex
	ids map[string]string // of labels, by their names in the configuration
}

var _ mailapi.Source = (*source)(nil)

// mailbox is the path of something in the mailbox.
func (s *source) mailbox(path ...string) string {
	to := "/gmail/v1/users/" + url.PathEscape(s.config.Mailbox)
	for _, p := range path {
		to += "/" + url.PathEscape(p)
	}
	return to
}

// label is the id of a label, found by its name or id.
func (s *source) label(ctx context.Context, name string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if id := s.ids[name]; id != "" {
		return id, nil
	}
	var list struct {
		Labels []struct{ ID, Name string } `json:"labels"`
	}
	if err := s.client.Get(ctx, mailapi.Call{To: s.mailbox("labels")}, &list); err != nil {
		return "", s.explain(err)
	}
	for _, l := range list.Labels {
		if l.ID == name || strings.EqualFold(l.Name, name) {
			if s.ids == nil {
				s.ids = map[string]string{}
			}
			s.ids[name] = l.ID
			return l.ID, nil
		}
	}
	return "", &mailapi.Refusal{Status: http.StatusNotFound, Code: "no such label", Says: fmt.Sprintf("the mailbox has no label %q", name)}
}

// Look is mailapi.Source.Look.
func (s *source) Look(ctx context.Context, label string) (string, error) {
	id, err := s.label(ctx, label)
	if err != nil {
		return "", err
	}
	var l struct {
		Total int `json:"messagesTotal"`
	}
	err = s.client.Get(ctx, mailapi.Call{To: s.mailbox("labels", id)}, &l)
	return fmt.Sprintf("%s has %d messages", label, l.Total), s.explain(err)
}

// Page lists the label at first, and from then on reads the history. A place is
// that of placeOf.
func (s *source) Page(ctx context.Context, label, place string, since time.Time) (mailapi.Page, error) {
	id, err := s.label(ctx, label)
	if err != nil {
		return mailapi.Page{}, err
	}
	if place != "" {
		return s.history(ctx, id, place)
	}
	var profile struct {
		History string `json:"historyId"`
	}
	// Before the list: what comes meanwhile is in both.
	if err := s.client.Get(ctx, mailapi.Call{To: s.mailbox("profile")}, &profile); err != nil {
		return mailapi.Page{}, s.explain(err)
	}
	if profile.History == "" {
		return mailapi.Page{}, errors.New("the mailbox's profile has no history id")
	}
	items, err := s.list(ctx, id, since)
	return mailapi.Page{Items: items, Next: profile.History}, err
}

// All lists the label.
func (s *source) All(ctx context.Context, label string, since time.Time) ([]mailapi.Item, error) {
	id, err := s.label(ctx, label)
	if err != nil {
		return nil, err
	}
	return s.list(ctx, id, since)
}

// list is what has the label, the oldest first: Google lists the newest first.
// Of a list with a beginning it takes a day more: each message's own date
// decides.
func (s *source) list(ctx context.Context, label string, since time.Time) ([]mailapi.Item, error) {
	query := url.Values{"labelIds": {label}, "maxResults": {pageSize}}
	if !since.IsZero() {
		query.Set("q", "after:"+strconv.FormatInt(since.AddDate(0, 0, -1).Unix(), 10))
	}
	var all []mailapi.Item
	for {
		var p struct {
			Messages []struct{ ID string } `json:"messages"`
			Next     string                `json:"nextPageToken"`
		}
		if err := s.client.Get(ctx, mailapi.Call{To: s.mailbox("messages"), Query: query}, &p); err != nil {
			return nil, s.explain(err)
		}
		for _, m := range p.Messages {
			all = append(all, mailapi.Item{ID: m.ID})
		}
		if p.Next == "" {
			slices.Reverse(all)
			return all, nil
		}
		if len(all) > maxListed || p.Next == query.Get("pageToken") {
			return nil, fmt.Errorf("the label has more than %d messages: set start to a date", maxListed)
		}
		query.Set("pageToken", p.Next)
	}
}

// explain says what a person is to do.
func (s *source) explain(err error) error {
	r := mailapi.Refused(err)
	switch {
	case r == nil || r.Quota():
		return err
	case r.Status == http.StatusForbidden && r.Has("accessNotConfigured"):
		return fmt.Errorf("the Gmail API is not enabled in the application's project: %w", err)
	case r.Status == http.StatusForbidden && r.Has("domainPolicy"):
		return fmt.Errorf("the administrator of the domain lets no application of this kind read mail: %w", err)
	case r.Status == http.StatusForbidden:
		return fmt.Errorf("access to the mailbox %s is refused: grant the scope %s, as that mailbox's owner, or to the service account: %w",
			s.config.Mailbox, s.config.scope(), err)
	case r.Has("failedPrecondition"):
		return fmt.Errorf("is Gmail on for %s? %w", s.config.Mailbox, err)
	}
	return err
}
