package httpapi

import (
	"encoding/json"
	"net/http"
	"reflect"
	"strings"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

const schemas = "#/components/schemas/"

// describe serves the description of the routes, made once.
func describe(mux *http.ServeMux, api huma.API) {
	mend(api.OpenAPI())
	asJSON, err := json.Marshal(api.OpenAPI())
	if err != nil {
		panic(err) // our own types, and tested
	}
	asYAML, err := api.OpenAPI().YAML()
	if err != nil {
		panic(err)
	}
	mux.HandleFunc("GET "+Prefix+"/openapi.json", document("application/openapi+json", asJSON))
	mux.HandleFunc("GET "+Prefix+"/openapi.yaml", document("application/openapi+yaml", asYAML))
}

func document(contentType string, content []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(content)
	}
}

// mend makes the schemas say what the wire says: arrays are never null,
// numbers marked as strings are strings, a pointer to an object is null or, if
// it may be left out, absent, whatever the status of success the body is the
// same, and errors are problems. Bodies are held against
// these schemas, too, and whatever may be null is not looked into.
func mend(o *huma.OpenAPI) {
	registry := o.Components.Schemas
	problem := registry.Schema(reflect.TypeFor[Problem](), true, "Problem")
	for name, s := range registry.Map() {
		mendObject(s, registry.TypeFromRef(schemas+name))
	}
	mendEvent(registry.Map()["Event"])
	delete(registry.Map(), "ErrorModel")
	delete(registry.Map(), "ErrorDetail")
	for _, path := range o.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Post, path.Patch, path.Delete} {
			if op != nil {
				sameBody(op.Responses)
				op.Responses["default"] = &huma.Response{Description: "A problem",
					Content: map[string]*huma.MediaType{"application/problem+json": {Schema: problem}}}
			}
		}
	}
}

// mendEvent lists the types that events have.
func mendEvent(s *huma.Schema) {
	says := "What happened:"
	for _, t := range ingest.EventTypes {
		s.Properties["type"].Enum = append(s.Properties["type"].Enum, t.Name)
		says += "\n- " + t.Name + ": " + t.Says
	}
	s.Properties["type"].Description = says
}

// sameBody gives a second status of success, but 204, the body of the first.
func sameBody(responses map[string]*huma.Response) {
	var body map[string]*huma.MediaType
	for status, r := range responses {
		if r.Content != nil && status[0] == '2' {
			body = r.Content
		}
	}
	for status, r := range responses {
		if r.Content == nil && status[0] == '2' && status != "204" {
			r.Content = body
		}
	}
}

func mendObject(s *huma.Schema, t reflect.Type) {
	if s.Type == huma.TypeArray {
		s.Nullable = false
	}
	if t == nil || t.Kind() != reflect.Struct {
		return
	}
	for _, f := range reflect.VisibleFields(t) {
		name, options, _ := strings.Cut(f.Tag.Get("json"), ",")
		p := s.Properties[name]
		switch {
		case p == nil:
		case p.Type == huma.TypeArray:
			p.Nullable = false
		case strings.Contains(options, "string"):
			s.Properties[name] = &huma.Schema{Type: huma.TypeString, Description: p.Description}
		case p.Ref != "" && f.Type.Kind() == reflect.Pointer && !strings.Contains(options, "omit"):
			s.Properties[name] = &huma.Schema{AnyOf: []*huma.Schema{{Ref: p.Ref}, {Type: "null"}}}
		}
	}
}
