package httpapi

import (
	"embed"
	"encoding/json"
	"io/fs"
	"maps"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
)

const problemContent = "application/problem+json"

// What the API answered to this package's tests, one file an operation, by
// status and what it is: "200 answer", "409 held-choice-required".
//
//go:embed answers/*.json
var recorded embed.FS

// ownAnswers are those that the program was built with.
var ownAnswers = sync.OnceValue(func() map[string]Answers {
	files, err := fs.Sub(recorded, "answers")
	if err != nil {
		panic(err)
	}
	all, err := AnswersIn(files)
	if err != nil {
		panic(err) // our own files, and tested
	}
	return all
})

// Answers are an operation's.
type Answers map[string]Recorded

// Recorded is an answer that was given once. Ids, times and secrets in it are
// exchanged for others; of lists the first two elements are left, of long texts
// their beginning. Value is a string where the content is no JSON, and nil
// without content.
type Recorded struct {
	Content string `json:"content,omitempty"`
	Value   any    `json:"value,omitempty"`
}

// AnswersIn reads what is recorded, by operation.
func AnswersIn(files fs.FS) (map[string]Answers, error) {
	names, err := fs.Glob(files, "*.json")
	if err != nil {
		return nil, err
	}
	all := map[string]Answers{}
	for _, name := range names {
		b, err := fs.ReadFile(files, name)
		if err != nil {
			return nil, err
		}
		var a Answers
		if err := json.Unmarshal(b, &a); err != nil {
			return nil, &fs.PathError{Op: "read", Path: name, Err: err}
		}
		all[strings.TrimSuffix(path.Base(name), ".json")] = a
	}
	return all, nil
}

// describe adds the answers to an operation's description, each an example.
func (a Answers) describe(op *huma.Operation, problem *huma.Schema, shared sharedExamples) {
	for key, given := range a {
		status, name, _ := strings.Cut(key, " ")
		r := op.Responses[status]
		if r == nil {
			code, _ := strconv.Atoi(status) // by our own recorder
			r = &huma.Response{Description: http.StatusText(code)}
			op.Responses[status] = r
		}
		if given.Content == "" {
			continue
		}
		m := contentOf(r, given.Content)
		switch {
		case given.Content == problemContent:
			m.Schema = a.problems(status, problem)
			m.Examples[name] = shared.example(given)
		default:
			m.Examples[name] = &huma.Example{Value: given.Value}
		}
	}
}

// contentOf is a response's content of a kind; what has no schema is text.
func contentOf(r *huma.Response, kind string) *huma.MediaType {
	if r.Content == nil {
		r.Content = map[string]*huma.MediaType{}
	}
	m := r.Content[kind]
	if m == nil {
		m = &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}}
		r.Content[kind] = m
	}
	if m.Examples == nil {
		m.Examples = map[string]*huma.Example{}
	}
	return m
}

// problems is the schema of the problems of a status: which types there are.
func (a Answers) problems(status string, problem *huma.Schema) *huma.Schema {
	var types []any
	for _, key := range slices.Sorted(maps.Keys(a)) {
		if of, name, _ := strings.Cut(key, " "); of == status && a[key].Content == problemContent {
			types = append(types, name)
		}
	}
	return &huma.Schema{AllOf: []*huma.Schema{{Ref: problem.Ref},
		{Type: huma.TypeObject, Properties: map[string]*huma.Schema{"type": {Type: huma.TypeString, Enum: types}}}}}
}

// sharedExamples are problems that several operations answer with in the same
// words: they are written once, by name.
type sharedExamples map[string]string

func share(answers map[string]Answers) (shared sharedExamples, examples map[string]*huma.Example) {
	times := map[string]int{}
	for _, a := range answers {
		for _, given := range a {
			times[said(given)]++
		}
	}
	shared, examples = sharedExamples{}, map[string]*huma.Example{}
	for _, id := range slices.Sorted(maps.Keys(answers)) {
		for _, key := range slices.Sorted(maps.Keys(answers[id])) {
			given := answers[id][key]
			says := said(given)
			if given.Content != problemContent || times[says] < 2 || shared[says] != "" {
				continue
			}
			_, base, _ := strings.Cut(key, " ")
			name := base
			for n := 2; examples[name] != nil; n++ {
				name = base + "-" + strconv.Itoa(n)
			}
			shared[says], examples[name] = name, &huma.Example{Value: given.Value}
		}
	}
	return shared, examples
}

func (s sharedExamples) example(given Recorded) *huma.Example {
	if name := s[said(given)]; name != "" {
		return &huma.Example{Ref: "#/components/examples/" + name}
	}
	return &huma.Example{Value: given.Value}
}

func said(given Recorded) string {
	b, _ := json.Marshal(given.Value) // it was read as JSON
	return string(b)
}
