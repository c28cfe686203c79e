package httpapi

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sync"

	"github.com/danielgtaylor/huma/v2"

	"gatehouse/ingest"
)

const schemas = "#/components/schemas/"

// describe serves the description of the routes, made when it is first asked
// for. docs/openapi.yaml is the same.
func describe(mux *http.ServeMux, o *huma.OpenAPI) {
	answer := sync.OnceFunc(func() { answered(o, ownAnswers()) })
	asJSON := sync.OnceValue(func() []byte {
		answer()
		b, err := json.Marshal(o)
		if err != nil {
			panic(err) // our own types, and tested
		}
		return b
	})
	asYAML := sync.OnceValue(func() []byte {
		answer()
		b, err := o.YAML()
		if err != nil {
			panic(err)
		}
		return b
	})
	mux.HandleFunc("GET "+Prefix+"/openapi.json", document("application/openapi+json", asJSON))
	mux.HandleFunc("GET "+Prefix+"/openapi.yaml", document("application/openapi+yaml", asYAML))
}

func document(contentType string, content func() []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", contentType)
		_, _ = w.Write(content())
	}
}

// mend makes the description say what the wire says: schemas and parameters,
// which requests are held against, too.
func mend(o *huma.OpenAPI) {
	registry := o.Components.Schemas
	registry.Schema(problemType, true, "Problem")
	for name, s := range registry.Map() {
		mendObject(s, registry.TypeFromRef(schemas+name))
	}
	mendEvent(registry.Map()["Event"])
	delete(registry.Map(), "ErrorModel")
	delete(registry.Map(), "ErrorDetail")
	for _, op := range operations(o) {
		mendParameters(op)
	}
}

// answered makes the description say what each route answers, with examples:
// work that only who reads it pays for.
func answered(o *huma.OpenAPI, answers map[string]Answers) {
	problem := &huma.Schema{Ref: schemas + "Problem"}
	answers = running(answers, o)
	shared, examples := share(answers)
	o.Components.Examples = examples
	for _, op := range operations(o) {
		sameBody(op.Responses)
		op.Responses["default"] = &huma.Response{Description: "Any other problem",
			Content: map[string]*huma.MediaType{problemContent: {Schema: problem}}}
		answers[op.OperationID].describe(op, problem, shared)
	}
}

func operations(o *huma.OpenAPI) (list []*huma.Operation) {
	for _, path := range o.Paths {
		for _, op := range []*huma.Operation{path.Get, path.Put, path.Post, path.Patch, path.Delete} {
			if op != nil {
				list = append(list, op)
			}
		}
	}
	return list
}

// running gives every operation that heeds Idempotency-Key the answer that one
// of them was recorded with: it is given before any of them is asked.
func running(answers map[string]Answers, o *huma.OpenAPI) map[string]Answers {
	const key = "409 running"
	var given *Recorded
	for _, a := range answers {
		if r, ok := a[key]; ok {
			given = &r
		}
	}
	all := maps.Clone(answers)
	for _, op := range operations(o) {
		if given != nil && slices.Contains(op.Parameters, onceHeader) {
			own := Answers{key: *given}
			maps.Copy(own, all[op.OperationID])
			all[op.OperationID] = own
		}
	}
	return all
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
			r.Content = map[string]*huma.MediaType{}
			for kind, m := range body { // of its own: each status has its own examples
				r.Content[kind] = &huma.MediaType{Schema: m.Schema}
			}
		}
	}
}
