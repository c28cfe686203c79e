package msgraph

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strconv"
	"sync"
	"time"

	"gatehouse/channels/mailapi"
)

const (
	immutable = `IdType="ImmutableId"`
	// pageSize is how many messages a page of a list has at most.
	pageSize = 500
	// maxGathered bounds the messages in memory before they are looked at.
	maxGathered = 20_000
	// maxPages ends a list that goes round in circles.
	maxPages = 20_000
)

// source asks Microsoft Graph for one mailbox.
type source struct {
	config config
	client *mailapi.Client

	mu  sync.Mutex
	ids map[string]string // of folders, by their names in the configuration
}

var _ mailapi.Source = (*source)(nil)

// mailbox is the path of something in the mailbox.
func (s *source) mailbox(path ...string) string {
	to := "/v1.0/users/" + url.PathEscape(s.config.Mailbox)
	for _, p := range path {
		to += "/" + url.PathEscape(p)
	}
	return to
}

// item is a message as lists have it.
type item struct {
	ID       string    `json:"id"`
	Received time.Time `json:"receivedDateTime"`
	Draft    bool      `json:"isDraft"`
	Removed  any       `json:"@removed"`
}

type page struct {
	Items []item `json:"value"`
	Next  string `json:"@odata.nextLink"`
	Delta string `json:"@odata.deltaLink"`
}

// Look is mailapi.Source.Look.
func (s *source) Look(ctx context.Context, folder string) (string, error) {
	id, err := s.folder(ctx, folder)
	if err != nil {
		return "", err
	}
	var f struct {
		Name  string `json:"displayName"`
		Total int    `json:"totalItemCount"`
	}
	err = s.client.Get(ctx, mailapi.Call{To: s.mailbox("mailFolders", id), Query: url.Values{"$select": {"displayName,totalItemCount"}}}, &f)
	return fmt.Sprintf("%s has %d messages", folder, f.Total), s.explain(err)
}

// Page follows the pages of a delta query. What was removed again meanwhile is
// not named, and of each message its last state counts.
func (s *source) Page(ctx context.Context, folder, place string, _ time.Time) (mailapi.Page, error) {
	call, err := s.delta(ctx, folder, place)
	if err != nil {
		return mailapi.Page{}, err
	}
	var got list
	for range maxPages {
		var p page
		if err := s.client.Get(ctx, call, &p); err != nil {
			return mailapi.Page{}, s.lost(ctx, folder, call, err)
		}
		got.add(p.Items)
		switch {
		case p.Delta != "":
			return mailapi.Page{Items: got.items(), Next: p.Delta}, nil
		case p.Next == "":
			return mailapi.Page{}, errors.New("a page of changes leads nowhere")
		case got.n() >= maxGathered:
			return mailapi.Page{Items: got.items(), Next: p.Next, More: true}, nil
		}
		call.To, call.Query = p.Next, nil
	}
	return mailapi.Page{}, fmt.Errorf("no end after %d pages of changes", maxPages)
}

func (s *source) delta(ctx context.Context, folder, place string) (mailapi.Call, error) {
	call := mailapi.Call{To: place, Prefer: immutable + ", odata.maxpagesize=" + strconv.Itoa(pageSize)}
	if place != "" {
		return call, nil
	}
	id, err := s.folder(ctx, folder)
	call.To, call.Query = s.mailbox("mailFolders", id, "messages", "delta"), url.Values{"$select": {"id,receivedDateTime,isDraft"}}
	return call, err
}

// expired are the codes by which a link is refused that was good once.
var expired = []string{"syncStateNotFound", "syncStateInvalid", "resyncRequired", "ErrorInvalidSyncStateData"}

// lost tells a link that is good no longer from other trouble: its time is
// over, or its folder was made anew.
func (s *source) lost(ctx context.Context, folder string, call mailapi.Call, err error) error {
	r := mailapi.Refused(err)
	if r == nil || call.Query != nil {
		return s.explain(err)
	}
	if r.Status == http.StatusGone || r.Has(expired...) {
		return mailapi.ErrReset
	}
	if r.Status != http.StatusNotFound {
		return s.explain(err)
	}
	s.forget(folder)
	if _, err := s.folder(ctx, folder); err != nil {
		return err
	}
	return mailapi.ErrReset
}

// All lists the folder.
func (s *source) All(ctx context.Context, folder string, _ time.Time) ([]mailapi.Item, error) {
	id, err := s.folder(ctx, folder)
	if err != nil {
		return nil, err
	}
	call := mailapi.Call{To: s.mailbox("mailFolders", id, "messages"), Prefer: immutable,
		Query: url.Values{"$select": {"id,receivedDateTime,isDraft"}, "$top": {strconv.Itoa(pageSize)}}}
	var got list
	for range maxPages {
		var p page
		if err := s.client.Get(ctx, call, &p); err != nil {
			return nil, s.explain(err)
		}
		if got.add(p.Items); p.Next == "" {
			return got.items(), nil
		}
		call.To, call.Query = p.Next, nil
	}
	return nil, fmt.Errorf("no end after %d pages of messages", maxPages)
}

// list is messages in the order in which they were first named.
type list struct {
	order []string
	byID  map[string]item
}

func (l *list) n() int { return len(l.byID) }

func (l *list) add(items []item) {
	if l.byID == nil {
		l.byID = map[string]item{}
	}
	for _, it := range items {
		if it.Removed != nil || it.Draft {
			delete(l.byID, it.ID)
			continue
		}
		if was, known := l.byID[it.ID]; !known {
			l.order = append(l.order, it.ID)
		} else if it.Received.IsZero() {
			it.Received = was.Received
		}
		l.byID[it.ID] = it
	}
}

func (l *list) items() []mailapi.Item {
	var all []mailapi.Item
	for _, id := range l.order {
		if it, there := l.byID[id]; there {
			all = append(all, mailapi.Item{ID: id, At: it.Received})
			delete(l.byID, id) // one that was removed and came back stands in the order twice
		}
	}
	return all
}

// explain says what a person is to do.
func (s *source) explain(err error) error {
	r := mailapi.Refused(err)
	switch {
	case r == nil:
		return err
	case r.Status == http.StatusForbidden:
		return fmt.Errorf("access to the mailbox %s is refused: grant the application the permission %s of Microsoft Graph"+
			" (as an application permission, with an administrator's consent and no policy against it, or delegated; %s.Shared for a shared mailbox): %w",
			s.config.Mailbox, s.config.permission(), s.config.permission(), err)
	case r.Has("MailboxNotEnabledForRESTAPI", "ErrorInvalidUser", "Request_ResourceNotFound", "ResourceNotFound"):
		return fmt.Errorf("is %s a mailbox of Exchange Online? %w", s.config.Mailbox, err)
	}
	return err
}
