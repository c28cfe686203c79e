package msgraph

import (
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"gatehouse/channels/mailapi"
)

// folder is the id of a folder, found by its name.
func (s *source) folder(ctx context.Context, name string) (string, error) {
	s.mu.Lock()
	id := s.ids[name]
	s.mu.Unlock()
	if id != "" {
		return id, nil
	}
	id, err := s.find(ctx, name)
	if err != nil {
		return "", s.explain(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ids == nil {
		s.ids = map[string]string{}
	}
	s.ids[name] = id
	return id, nil
}

func (s *source) forget(name string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.ids, name)
}

// find goes down the names, the first of which may be well-known.
func (s *source) find(ctx context.Context, name string) (id string, err error) {
	for n, part := range strings.Split(name, "/") {
		if n == 0 && slices.Contains(wellKnown, part) {
			var f struct{ ID string }
			if err := s.client.Get(ctx, mailapi.Call{To: s.mailbox("mailFolders", part), Query: url.Values{"$select": {"id"}}}, &f); err != nil {
				return "", err
			}
			id = f.ID
			continue
		}
		if id, err = s.child(ctx, id, part); err != nil {
			return "", err
		}
	}
	return id, nil
}

// child is the folder of a name within another; "": at the top.
func (s *source) child(ctx context.Context, of, name string) (string, error) {
	call := mailapi.Call{To: s.mailbox("mailFolders"), Query: url.Values{"$select": {"id,displayName"}, "$top": {"100"}, "includeHiddenFolders": {"true"}}}
	if of != "" {
		call.To = s.mailbox("mailFolders", of, "childFolders")
	}
	for range maxPages {
		var p struct {
			Folders []struct {
				ID   string `json:"id"`
				Name string `json:"displayName"`
			} `json:"value"`
			Next string `json:"@odata.nextLink"`
		}
		if err := s.client.Get(ctx, call, &p); err != nil {
			return "", err
		}
		for _, f := range p.Folders {
			if strings.EqualFold(f.Name, name) {
				return f.ID, nil
			}
		}
		if p.Next == "" {
			break
		}
		call.To, call.Query = p.Next, nil
	}
	return "", &mailapi.Refusal{Status: http.StatusNotFound, Code: "no such folder", Says: fmt.Sprintf("the mailbox has no folder %q", name)}
}
