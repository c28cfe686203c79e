package config

import (
	"encoding"
	"errors"
	"maps"
	"reflect"
	"sort"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// strict reports the first key of node that the struct behind into does not
// have, or whose value does not fit. The library checks the one for whole files
// only.
func strict(node *yaml.Node, into any) error {
	return strictType(node, reflect.TypeOf(into))
}

var (
	textType = reflect.TypeFor[encoding.TextUnmarshaler]()
	yamlType = reflect.TypeFor[yaml.Unmarshaler]()
)

func strictType(node *yaml.Node, t reflect.Type) error {
	node = resolve(node)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if reflect.PointerTo(t).Implements(textType) || reflect.PointerTo(t).Implements(yamlType) {
		return nil
	}
	switch {
	case node.Kind == yaml.SequenceNode && t.Kind() == reflect.Slice:
		for _, n := range node.Content {
			if err := strictType(n, t.Elem()); err != nil {
				return err
			}
		}
	case node.Kind == yaml.MappingNode && t.Kind() == reflect.Struct:
		return strictStruct(node, t)
	}
	return nil
}

func strictStruct(node *yaml.Node, t reflect.Type) error {
	known := fieldsOf(t)
	for i := 0; i+1 < len(node.Content); i += 2 {
		key := node.Content[i]
		field, ok := known[key.Value]
		if !ok {
			return faultAt(key.Line, "unknown key %q: known are %s", key.Value, strings.Join(names(known), ", "))
		}
		if err := strictType(node.Content[i+1], field.Type); err != nil {
			return err
		}
		if err := fits(key, node.Content[i+1], field.Type); err != nil {
			return err
		}
	}
	return nil
}

// fits reports what is wrong with the value of a key. The library names no key,
// and repeats the value, which may be a secret.
func fits(key, value *yaml.Node, t reflect.Type) error {
	err := value.Decode(reflect.New(t).Interface())
	var placed *Fault
	var mistyped *yaml.TypeError
	switch {
	case err == nil || errors.As(err, &placed):
		return err
	case errors.As(err, &mistyped):
		return faultAt(key.Line, "%s: want %s", key.Value, wanted(t))
	}
	return faultAt(key.Line, "%s: %w", key.Value, err)
}

// wanted says in words what a field takes.
func wanted(t reflect.Type) string {
	if t == reflect.TypeFor[time.Duration]() {
		return "a time with its unit, as 30s, 5m or 24h"
	}
	switch t.Kind() {
	case reflect.Bool:
		return "true or false"
	case reflect.String:
		return "one text"
	case reflect.Slice:
		return "a list"
	case reflect.Struct, reflect.Map, reflect.Pointer:
		return "a mapping of keys"
	}
	return "a number, and nothing behind it"
}

// fieldsOf maps the yaml names of a struct, and of those inline in it, to fields.
func fieldsOf(t reflect.Type) map[string]reflect.StructField {
	known := map[string]reflect.StructField{}
	for i := range t.NumField() {
		f := t.Field(i)
		name, inline, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		if inline == "inline" {
			maps.Copy(known, fieldsOf(f.Type))
		} else if f.IsExported() && name != "" && name != "-" {
			known[name] = f
		}
	}
	return known
}

func names(known map[string]reflect.StructField) []string {
	list := make([]string, 0, len(known))
	for name := range known {
		list = append(list, name)
	}
	sort.Strings(list)
	return list
}
