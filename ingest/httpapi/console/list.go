package console

import (
	"net/http"
	"net/url"

	"gatehouse/ingest"
)

// listView is a part of one of the API's lists.
type listView[T any] struct {
	ingest.List[T]
	Chosen url.Values // what the reader filtered by
}

// lists shows a list of the API. Names are those of the query that the reader may
// filter by.
func lists[T any](view, path string, names ...string) func(*visit) error {
	return func(v *visit) error {
		l := listView[T]{Chosen: v.filters(names)}
		q := v.filters(append(names, "cursor"))
		if err := v.get(path, q, &l.List); err != nil {
			return err
		}
		return v.render(http.StatusOK, view, l)
	}
}

// filters is what the request's query says by some names.
func (v *visit) filters(names []string) url.Values {
	q := url.Values{}
	for _, name := range names {
		if value := v.r.FormValue(name); value != "" {
			q.Set(name, value)
		}
	}
	return q
}
