package httpapi_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing/fstest"

	"github.com/santhosh-tekuri/jsonschema/v6"

	"gatehouse/ingest/httpapi"
	"gatehouse/migrations/localpg"
)

var update = flag.Bool("update", false, "record the answers that the tests are given, and write docs/openapi.yaml")

const (
	answersDir  = "answers"
	description = "../../docs/openapi.yaml"
	renew       = "if the change is meant: go test ./ingest/httpapi -update (with -run TestYours: only what those tests are answered)"
)

// compared runs tests, and then holds what they were answered against the
// description. Each answer must be described and be what its schema says.
type compared struct{ localpg.M }

func (c compared) Run() int {
	code := c.M.Run()
	if code != 0 || len(given.seen) == 0 {
		return code
	}
	if err := given.compare(); err != nil {
		fmt.Fprintf(os.Stderr, "--- FAIL: the answers to the tests and docs/openapi.yaml\n%v\n%s\n", err, renew)
		return 1
	}
	return 0
}

func (g *recorder) compare() error {
	files := os.DirFS(answersDir)
	answers, err := httpapi.AnswersIn(files)
	if err != nil && !*update {
		return err
	}
	_, described, err := httpapi.Described(fstest.MapFS{}) // routes and schemas alone
	if err != nil {
		return err
	}
	c, err := newContract(described)
	if err != nil {
		return err
	}
	seen := c.sort(g.seen)
	if *update {
		return c.record(seen, answers)
	}
	return c.check(seen, answers)
}

// whole reports whether all tests of the package ran.
func whole() bool {
	return flag.Lookup("test.run").Value.String() == "" && flag.Lookup("test.skip").Value.String() == ""
}

// contract is the description, ready to be asked.
type contract struct {
	paths    map[string]map[string]operation
	compiler *jsonschema.Compiler
	schemas  map[string]*jsonschema.Schema
}

type operation struct {
	ID        string `json:"operationId"`
	Responses map[string]struct {
		Content map[string]json.RawMessage `json:"content"`
	} `json:"responses"`
}

func newContract(described []byte) (*contract, error) {
	c := &contract{compiler: jsonschema.NewCompiler(), schemas: map[string]*jsonschema.Schema{}}
	var o struct {
		Paths map[string]map[string]operation `json:"paths"`
	}
	if err := json.Unmarshal(described, &o); err != nil {
		return nil, err
	}
	doc, err := jsonschema.UnmarshalJSON(bytes.NewReader(described))
	if err != nil {
		return nil, err
	}
	c.paths = o.Paths
	c.compiler.AssertFormat()
	return c, c.compiler.AddResource("mem:///openapi.json", doc)
}

// template is the path in the description that a request went to.
func (c *contract) template(path string) string {
	asked, found, literal := strings.Split(path, "/"), "", -1
	for template := range c.paths {
		n := 0
		for i, part := range strings.Split(template, "/") {
			switch {
			case i >= len(asked):
				n = -1 << 10
			case part == asked[i]:
				n++
			case !strings.HasPrefix(part, "{") || asked[i] == "":
				n = -1 << 10
			}
		}
		if strings.Count(template, "/") == len(asked)-1 && n > literal {
			found, literal = template, n
		}
	}
	return found
}

// sorted are sightings by operation, and by status and name.
type sorted map[string]map[string][]sighting

func (c *contract) sort(seen []sighting) sorted {
	out := sorted{}
	for _, s := range seen {
		method, path, _ := strings.Cut(s.does, " ")
		template := c.template(path)
		op, ok := c.paths[template][strings.ToLower(method)]
		if !ok {
			continue // of what is no route, as 404
		}
		s.does = method + " " + template
		if out[op.ID] == nil {
			out[op.ID] = map[string][]sighting{}
		}
		list := out[op.ID][s.key]
		if !slices.ContainsFunc(list, func(other sighting) bool { return reflect.DeepEqual(other.as, s.as) }) {
			out[op.ID][s.key] = append(list, s)
		}
	}
	return out
}

// fits says how a value differs from the schema of an answer.
func (c *contract) fits(s sighting, v any) error {
	status, _, _ := strings.Cut(s.key, " ")
	method, template, _ := strings.Cut(s.does, " ")
	if s.as.Content == "application/problem+json" {
		status = "default"
	}
	if s.as.Content != "application/json" && s.as.Content != "application/problem+json" {
		return nil
	}
	escape := strings.NewReplacer("~", "~0", "/", "~1", "{", "%7B", "}", "%7D")
	at := strings.Join([]string{"mem:///openapi.json#/paths", escape.Replace(template), strings.ToLower(method), "responses", status,
		"content", escape.Replace(s.as.Content), "schema"}, "/")
	schema := c.schemas[at]
	if schema == nil {
		var err error
		if schema, err = c.compiler.Compile(at); err != nil {
			return fmt.Errorf("%s %s: no schema of %s: %w", s.does, status, s.as.Content, err)
		}
		c.schemas[at] = schema
	}
	if err := schema.Validate(v); err != nil {
		return fmt.Errorf("%s %s: %w", s.does, s.key, err)
	}
	return nil
}

// record takes the examples anew and writes the description. An example that
// was there stays while it is as good as what was seen now.
func (c *contract) record(seen sorted, answers map[string]httpapi.Answers) error {
	if answers == nil {
		answers = map[string]httpapi.Answers{}
	}
	for id, keys := range seen {
		kept := answers[id]
		if kept == nil || whole() {
			kept = httpapi.Answers{}
		}
		for key, list := range keys {
			kept[key] = c.best(list, answers[id][key])
		}
		answers[id] = kept
	}
	if err := writeAnswers(answers, c.ids()); err != nil {
		return err
	}
	asYAML, _, err := httpapi.Described(os.DirFS(answersDir))
	if err != nil {
		return err
	}
	return os.WriteFile(description, asYAML, 0o644)
}

func (c *contract) best(list []sighting, was httpapi.Recorded) httpapi.Recorded {
	best := list[0].as
	for _, s := range list[1:] {
		if more, same := wealth(s.as.Value)-wealth(best.Value), fmt.Sprint(s.as.Value) < fmt.Sprint(best.Value); more > 0 || more == 0 && same {
			best = s.as
		}
	}
	still := slices.ContainsFunc(list, func(s sighting) bool { return reflect.DeepEqual(s.as, was) })
	if !whole() { // another test may have seen it
		still = was.Content != "" && c.fits(sighting{does: list[0].does, key: list[0].key, as: was}, was.Value) == nil
	}
	if still && wealth(was.Value) >= wealth(best.Value) {
		return was
	}
	return best
}

func (c *contract) ids() map[string]bool {
	ids := map[string]bool{}
	for _, methods := range c.paths {
		for _, op := range methods {
			ids[op.ID] = true
		}
	}
	return ids
}

func writeAnswers(answers map[string]httpapi.Answers, ids map[string]bool) error {
	for id, a := range answers {
		name := filepath.Join(answersDir, id+".json")
		if !ids[id] {
			if err := os.Remove(name); err != nil {
				return err
			}
			continue
		}
		var b bytes.Buffer
		enc := json.NewEncoder(&b)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		if err := enc.Encode(a); err != nil {
			return err
		}
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			return err
		}
	}
	return nil
}

// check compares what was seen with what is recorded.
func (c *contract) check(seen sorted, answers map[string]httpapi.Answers) error {
	var wrong []string
	for _, id := range slices.Sorted(maps.Keys(seen)) {
		for _, key := range slices.Sorted(maps.Keys(seen[id])) {
			list := seen[id][key]
			for _, s := range list {
				if err := c.fits(s, s.raw); err != nil {
					wrong = append(wrong, err.Error())
					break // of the others it is likely the same
				}
			}
			if _, ok := answers[id][key]; !ok {
				wrong = append(wrong, fmt.Sprintf("%s answers %s, which is not in the description", list[0].does, key))
			}
		}
	}
	if whole() {
		wrong = append(wrong, stale(seen, answers)...)
	}
	if len(wrong) == 0 {
		return nil
	}
	return fmt.Errorf("%s", strings.Join(wrong, "\n"))
}

// stale lists the recorded answers that no test was given, and problems whose
// words are others by now.
func stale(seen sorted, answers map[string]httpapi.Answers) (wrong []string) {
	for id, a := range answers {
		for key, r := range a {
			list := seen[id][key]
			same := slices.ContainsFunc(list, func(s sighting) bool { return reflect.DeepEqual(s.as, r) })
			if len(list) == 0 || r.Content == "application/problem+json" && !same {
				wrong = append(wrong, fmt.Sprintf("%s: no test is answered %s as it is recorded", id, key))
			}
		}
	}
	return wrong
}
