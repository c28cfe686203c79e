package mime

import (
	"bytes"
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/santhosh-tekuri/jsonschema/v6"
)

// mailSchema is the form of what `gatehouse parse` prints.
func mailSchema(t *testing.T) *jsonschema.Schema {
	t.Helper()
	schema, err := jsonschema.NewCompiler().Compile("testdata/schema/mail.schema.json")
	if err != nil {
		t.Fatal(err)
	}
	return schema
}

// TestSchema holds every golden mail against the schema.
func TestSchema(t *testing.T) {
	schema := mailSchema(t)
	for _, name := range golden(t) {
		value, err := jsonschema.UnmarshalJSON(bytes.NewReader(readFile(t, name+".json")))
		if err != nil {
			t.Fatal(err)
		}
		if err := schema.Validate(value); err != nil {
			t.Errorf("%s: %v", filepath.Base(name), err)
		}
	}
}

// TestSchemaRefuses makes sure that the schema can tell: a mail without a
// field, or with a value that cannot be, is refused.
func TestSchemaRefuses(t *testing.T) {
	schema := mailSchema(t)
	for name, spoil := range map[string]func(map[string]any){
		"nothing spoiled":    nil,
		"a field is missing": func(m map[string]any) { delete(m, "cc") },
		"an absent list":     func(m map[string]any) { m["to"] = nil },
		"a date in words":    func(m map[string]any) { m["date"] = "yesterday" },
		"a date of nowhere":  func(m map[string]any) { m["date_source"] = "none" },
		"no text":            func(m map[string]any) { m["text"] = "" },
		"a carriage return":  func(m map[string]any) { m["text"] = "a\r\nb" },
		"an unknown auto":    func(m map[string]any) { m["auto"] = "robot" },
		"a bounce of none":   func(m map[string]any) { m["auto"] = "bounce" },
	} {
		var m map[string]any
		if err := json.Unmarshal(readFile(t, "testdata/01-plain.json"), &m); err != nil {
			t.Fatal(err)
		}
		if spoil != nil {
			spoil(m)
		}
		if err := schema.Validate(m); (err == nil) != (spoil == nil) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
