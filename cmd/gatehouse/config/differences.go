package config

import (
	"reflect"
	"slices"
)

// applied are the keys whose changes a running program follows, or which are
// read at its very first start alone.
var applied = map[string]bool{"channels": true, "retired": true, "settings": true}

// Differences names the keys that are set otherwise in another configuration
// and take effect at the next start of the program, sorted.
func (c Config) Differences(other Config) []string {
	return slices.Sorted(slices.Values(differences(reflect.ValueOf(c), reflect.ValueOf(other), "")))
}

func differences(a, b reflect.Value, prefix string) (keys []string) {
	for name, field := range fieldsOf(a.Type()) {
		x, y := a.FieldByIndex(field.Index), b.FieldByIndex(field.Index)
		switch path := prefix + name; {
		case applied[path]:
		case x.Kind() == reflect.Struct:
			keys = append(keys, differences(x, y, path+".")...)
		case !reflect.DeepEqual(x.Interface(), y.Interface()):
			keys = append(keys, path)
		}
	}
	return keys
}
