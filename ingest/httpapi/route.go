package httpapi

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

// op is what a route is, besides its handler.
type op struct {
	does   string      // method and path, as in "GET /messages/{id}"
	least  ingest.Role // who may
	says   string      // what it does, for the description
	bytes  int64       // of its body at most; 0: 1 MiB
	reads  bool        // though it is no GET it changes nothing
	open   bool        // anyone may, signed in or not; there is no least role
	once   bool        // it starts something: Idempotency-Key is heeded
	status int         // of success; 0: 200, or 204 without a body
	or     int         // another status of success, without a body if it is 204
}

const (
	leastKey = "least"
	openKey  = "open"
	readsKey = "reads"
)

// route registers a handler. Its errors become problems.
func route[I, O any](a *api, o op, handler func(context.Context, *I) (*O, error)) {
	method, path, _ := strings.Cut(o.does, " ")
	operation := huma.Operation{
		OperationID:   operationID(method, path),
		Method:        method,
		Path:          path,
		Summary:       o.says,
		Description:   o.whose(),
		Tags:          []string{strings.Split(path, "/")[1]},
		DefaultStatus: o.status,
		MaxBodyBytes:  o.bytes,
		Metadata:      map[string]any{leastKey: o.least, openKey: o.open, readsKey: o.reads},
		Security:      []map[string][]string{{"token": {}}, {"session": {}}},
	}
	if o.open {
		operation.Security = []map[string][]string{}
	}
	if _, ok := any((*O)(nil)).(interface{ hasTag() }); ok && method == http.MethodGet {
		operation.Middlewares = huma.Middlewares{noneMatch}
		operation.Parameters = []*huma.Param{{Name: "If-None-Match", In: "header", Schema: &huma.Schema{Type: huma.TypeString}}}
		o.or = http.StatusNotModified
	}
	if o.or != 0 {
		operation.Responses = map[string]*huma.Response{strconv.Itoa(o.or): {Description: http.StatusText(o.or)}}
	}
	if o.once {
		operation.Middlewares = huma.Middlewares{a.onlyOnce}
		operation.Parameters = []*huma.Param{onceHeader}
	}
	huma.Register(a.huma, operation, func(ctx context.Context, in *I) (*O, error) {
		out, err := handler(ctx, in)
		if err != nil {
			return nil, a.problemOf(ctx, err)
		}
		return out, nil
	})
}

func (o op) whose() string {
	if o.open {
		return "Anyone may."
	}
	return "Least role: " + string(o.least) + "."
}

func operationID(method, path string) string {
	words := strings.FieldsFunc(path, func(r rune) bool { return strings.ContainsRune("/{}", r) })
	return strings.ToLower(method) + "-" + strings.Join(words, "-")
}

// Body is an answer with a body.
type Body[T any] struct{ Body T }

// Answer is an answer whose status the handler chooses.
type Answer[T any] struct {
	Status int
	Body   T
}

// Nothing is an answer without a body.
type Nothing struct{}

func body[T any](v T, err error) (*Body[T], error) {
	if err != nil {
		return nil, err
	}
	return &Body[T]{v}, nil
}

// ByID is the id in a path.
type ByID struct {
	ID ingest.ID `path:"id"`
}

// ByNumber is the number in a path.
type ByNumber struct {
	ID int64 `path:"id" minimum:"1"`
}

// Paging asks for a part of a list.
type Paging struct {
	Limit  int    `query:"limit" default:"50" minimum:"1" maximum:"200" doc:"at most so many items"`
	Cursor string `query:"cursor" doc:"next of the part before"`
}

func (p Paging) part() ingest.Part { return ingest.Part{Limit: p.Limit, After: p.Cursor} }

// streamed is an answer that writes itself.
func streamed(write func(http.ResponseWriter, *http.Request)) *huma.StreamResponse {
	return &huma.StreamResponse{Body: func(ctx huma.Context) {
		r, w := unwrap(ctx)
		write(w, r)
	}}
}
