package httpapi

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// ownArea is what every token may do: ask who it is.
const ownArea = "session"

// Areas are what scopes of tokens can name.
func Areas() []string {
	a, _ := assemble(Options{Ready: func(context.Context) error { return nil }})
	return a.areas
}

// areasOf are the areas that scopes can name: the first segments of all paths.
func areasOf(o *huma.OpenAPI) []string {
	var areas []string
	for _, path := range o.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Put, path.Post, path.Patch, path.Delete} {
			if op != nil && op.Metadata[openKey] != true && op.Tags[0] != ownArea && !slices.Contains(areas, op.Tags[0]) {
				areas = append(areas, op.Tags[0])
			}
		}
	}
	slices.Sort(areas)
	return areas
}

// covers says what is wrong if a token is not for such a route.
func (w asker) covers(op *huma.Operation) *Problem {
	area, write := op.Tags[0], !safe(op.Method) && op.Metadata[readsKey] != true
	if w.Session.ID != 0 || area == ownArea || ingest.Let(w.Token.Scopes, area, write) {
		return nil
	}
	needed := area + ":read"
	if write {
		needed = area + ":write"
	}
	return &Problem{Type: "scope", Status: http.StatusForbidden, Detail: "this takes a token with the scope " + needed + ", or a wider one"}
}

// mayGive says what is wrong if a token is to have scopes that who asks lacks:
// nobody makes a token that is for more than their own.
func (w asker) mayGive(scopes []ingest.Scope) error {
	if w.Session.ID != 0 || ingest.Within(scopes, w.Token.Scopes) {
		return nil
	}
	return &Problem{Type: "scope", Status: http.StatusForbidden, Detail: "no token makes one that is for more than itself"}
}
