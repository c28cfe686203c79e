package httpapi_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"

	"gatehouse/ingest"
	"gatehouse/ingest/httpapi"
)

// schema is what is looked at of one here.
type schema struct {
	Ref        string `json:"$ref"`
	Type       any
	Format     string
	Pattern    string
	MinLength  int
	MinItems   int
	Items      *schema
	Enum       []any
	Required   []string
	Properties map[string]schema
}

// described is an operation as its description has it.
type described struct {
	does       string
	ID         string `json:"operationId"`
	Parameters []struct {
		Name, In, Description string
		Schema                schema
	}
	Body *struct {
		Content map[string]struct{ Schema *schema }
	} `json:"requestBody"`
	Responses map[string]struct {
		Content map[string]struct {
			Examples map[string]json.RawMessage
		}
	}
}

// schemas are those of the description, by name.
type schemas map[string]schema

func schemasOf(d *desk) schemas {
	var o struct {
		Components struct{ Schemas schemas }
	}
	must(d.t, json.Unmarshal(d.ask("", "GET /openapi.json", "").is(200).Body, &o))
	return o.Components.Schemas
}

func (o described) heeds(in, name string) bool {
	for _, p := range o.Parameters {
		if p.In == in && (name == "" || p.Name == name) {
			return true
		}
	}
	return false
}

// operations are those of the description that is served, by route.
func operations(t *testing.T, d *desk) (list []described) {
	t.Helper()
	var o struct {
		Paths map[string]map[string]described
	}
	must(t, json.Unmarshal(d.ask("", "GET /openapi.json", "").is(200).Body, &o))
	for path, methods := range o.Paths {
		for method, op := range methods {
			op.does = strings.ToUpper(method) + " " + path
			list = append(list, op)
		}
	}
	slices.SortFunc(list, func(a, b described) int { return strings.Compare(a.does, b.does) })
	return list
}

// nowhere is the request of a route to something that does not exist.
func (o described) nowhere() string {
	does := o.does
	for _, p := range o.Parameters {
		none := "nowhere"
		switch {
		case p.Schema.Type == "integer" || strings.HasPrefix(p.Schema.Pattern, "^[0-9]"):
			none = "999999"
		case p.Name == "id":
			none = "01993a5e-0000-7000-8000-00000000dead"
		}
		does = strings.ReplaceAll(does, "{"+p.Name+"}", none)
	}
	return does
}

// wanting has the bodies of requests for which it is not enough that they fit
// their schema.
var wanting = map[string]string{
	"POST /contacts/{id}/merge":                  `{"into":"01993a5e-0000-7000-8000-00000000beef"}`,
	"PATCH /contacts/{id}/identities/{identity}": `{"identity":"email:ann@example.com"}`,
	"POST /contacts/{id}/identities":             `{"identity":"email:ann@example.com"}`,
	"POST /contacts/{id}/opt-in":                 `{"channel":"chat","reason":"told us"}`,
	"POST /contacts/{id}/opt-out":                `{"channel":"chat","reason":"told us"}`,
}

// least is the least value that fits a schema.
func (all schemas) least(s schema) any {
	const components = "#/components/schemas/"
	switch name, ref := strings.CutPrefix(s.Ref, components); {
	case ref:
		return all.least(all[name])
	case len(s.Enum) > 0:
		return s.Enum[0]
	case s.Format == "date-time":
		return "2026-01-05T09:30:00Z"
	case s.Type == "object":
		v := map[string]any{}
		for _, name := range s.Required {
			v[name] = all.least(s.Properties[name])
		}
		return v
	case s.Type == "array" && s.Items != nil:
		return slices.Repeat([]any{all.least(*s.Items)}, s.MinItems)
	case s.Type == "string":
		return strings.Repeat("x", max(s.MinLength, 1))
	case s.Type == "boolean":
		return false
	}
	return 1
}

// leastBody is the least that a route takes as body; "" is none.
func (all schemas) leastBody(t *testing.T, o described) string {
	t.Helper()
	if b := wanting[o.does]; b != "" || o.Body == nil || o.Body.Content["application/json"].Schema == nil {
		return b
	}
	b, err := json.Marshal(all.least(*o.Body.Content["application/json"].Schema))
	must(t, err)
	return string(b)
}

// Whatever the route, what is wrong with a request in the same way is said in
// the same way. What it says becomes an example of each route.
func TestEveryRouteSaysWhatIsWrong(t *testing.T) {
	d := open(t, func(o *httpapi.Options) { o.Replies = ingest.ReplySecrets{"a secret of replies"} })
	list, all := operations(t, d), schemasOf(d)
	for _, o := range list {
		where := o.nowhere()
		says := func(a answer, status int) {
			if a.Code != status {
				t.Errorf("%s: %d, want %d\n%s", o.does, a.Code, status, a.Body)
			}
		}
		says(d.ask(admin, where+"?nonsense=1", ""), 422)
		if o.Body != nil && o.Body.Content["application/json"].Schema != nil {
			says(d.ask(admin, where, "{"), 400)
		}
		if o.heeds("path", "") {
			if a := d.ask(admin, where, all.leastBody(t, o)); a.Code < 400 || a.Code >= 500 {
				t.Errorf("%s: %d of what does not exist\n%s", o.does, a.Code, a.Body)
			}
		}
	}
	d.store.Close()
	for _, o := range list {
		if o.does != "GET /session/ways" { // it asks nobody
			d.ask(admin, o.nowhere(), all.leastBody(t, o)).problem(503, "unavailable")
		}
	}
}
