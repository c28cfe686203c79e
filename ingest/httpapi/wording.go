package httpapi

import (
	"fmt"
	"net/http"
	"regexp"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

// wordings are our words for what the library finds wrong with a field. Where it
// blames the whole body for a name, the first group is that name.
var wordings = []struct {
	said *regexp.Regexp
	says string // $1 is the first group
}{
	{regexp.MustCompile(`^expected required property (.+) to be present$`), "is missing"},
	{regexp.MustCompile(`^required (?:query|path|header) parameter is missing$`), "is missing"},
	{regexp.MustCompile(`^(?:unexpected property|unknown query parameter)$`), "is not known here"},
	{regexp.MustCompile(`^expected value to be one of "(.*)"$`), "want one of $1"},
	{regexp.MustCompile(`^expected (?:array )?length >= 1$`), "is empty"},
	{regexp.MustCompile(`^expected array length <= (\d+)$`), "has more than $1 items"},
	{regexp.MustCompile(`^expected length <= (\d+)$`), "is longer than $1 characters"},
	{regexp.MustCompile(`^expected number >= (\S+)$`), "must be at least $1"},
	{regexp.MustCompile(`^expected number <= (\S+)$`), "must be at most $1"},
	{regexp.MustCompile(`^(?:invalid integer|expected integer)$`), "must be a whole number"},
	{regexp.MustCompile(`^expected array$`), "must be a list"},
	{regexp.MustCompile(`^(?:invalid boolean|expected boolean)$`), "must be true or false"},
	{regexp.MustCompile(`^invalid float$`), "must be a number"},
	{regexp.MustCompile(`^expected (string|number|object)$`), "must be a JSON $1"},
	{regexp.MustCompile(`^expected string to match pattern \^\(contact:.*`), "want contact:ID or rule:NUMBER"},
	{regexp.MustCompile(`^expected string to match pattern \^\[0-9\].*`), "must be a number in quotes"},
	{regexp.MustCompile(`^(?:invalid date/time for format .*|expected string to be RFC 3339 date-time)$`),
		"must be a time as in 2026-11-20T09:00:00Z (RFC 3339)"},
	{regexp.MustCompile(`^invalid value: (.*)$`), "$1"},
	{regexp.MustCompile(`^unknown content type: .*$`), "must be application/json"},
	{regexp.MustCompile(`^((?:unexpected end|invalid character).*)$`), "is not JSON: $1"},
}

// inOurWords says what is wrong with a field as the API does elsewhere.
func inOurWords(d *huma.ErrorDetail) FieldError {
	field, says := fieldOf(d.Location), d.Message
	for _, p := range wordings {
		m := p.said.FindStringSubmatchIndex(says)
		if m == nil {
			continue
		}
		if p.says == "is missing" && len(m) > 2 && m[2] >= 0 {
			field = within(d.Location, says[m[2]:m[3]])
		}
		return FieldError{field, string(p.said.ExpandString(nil, p.says, says, m))}
	}
	return FieldError{field, says}
}

// within names a field of what is at a location.
func within(location, name string) string {
	if _, outer, nested := strings.Cut(location, "."); nested {
		return outer + "." + name
	}
	return name
}

// ownProblems makes the library's errors ours.
func ownProblems(_ huma.Context, _ string, v any) (any, error) {
	e, ok := v.(*huma.ErrorModel)
	if !ok {
		return v, nil
	}
	p := &Problem{Type: "invalid", Status: e.Status, Detail: e.Detail}
	for _, d := range e.Errors {
		if d != nil {
			p.Errors = append(p.Errors, inOurWords(d))
		}
	}
	if p.Errors != nil {
		p.Detail = p.Errors[0].Field + ": " + p.Errors[0].Says
	}
	if more := len(p.Errors) - 1; more > 0 {
		p.Detail += fmt.Sprintf("; %d more, see errors", more)
	}
	return p.titled(), nil
}

// fieldOf names a field as the caller wrote it.
func fieldOf(location string) string {
	_, field, nested := strings.Cut(location, ".")
	if !nested {
		return location
	}
	return field
}

// unknown answers for paths that no route has, and for those that have one, but
// not of this method.
func unknown(routes *http.ServeMux) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		methods := methodsAt(routes, r)
		if len(methods) == 0 {
			errUnknown.write(w)
			return
		}
		list := strings.Join(methods, ", ")
		w.Header().Set("Allow", list)
		(&Problem{Type: "method", Status: http.StatusMethodNotAllowed, Detail: "here is only " + list}).write(w)
	}
}

func methodsAt(routes *http.ServeMux, r *http.Request) []string {
	other := *r
	return slices.DeleteFunc([]string{http.MethodGet, http.MethodPost, http.MethodPatch, http.MethodDelete}, func(method string) bool {
		other.Method = method
		_, pattern := routes.Handler(&other)
		return pattern == Prefix+"/"
	})
}
