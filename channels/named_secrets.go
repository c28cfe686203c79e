package channels

import (
	"reflect"
	"strings"

	"gatehouse/ingest"
)

// NamedSecret is a secret of a channel, and where it stands in its settings.
type NamedSecret struct {
	key    string
	index  int
	secret string
}

func (s NamedSecret) public() ingest.HookSecret {
	return ingest.HookSecret{Key: s.key, Index: s.index, Fingerprint: fingerprint(s.secret)}
}

// Noticing is settings that tell of the secrets in each struct they decode into.
func Noticing(s Settings, notice func([]NamedSecret)) Settings {
	return func(into any) error {
		if err := s(into); err != nil {
			return err
		}
		notice(secretsIn("", reflect.ValueOf(into)))
		return nil
	}
}

// secretsIn finds what is of type Secrets in a struct, and those in it.
func secretsIn(path string, v reflect.Value) (list []NamedSecret) {
	for v.Kind() == reflect.Pointer {
		v = v.Elem()
	}
	if v.Kind() != reflect.Struct {
		return nil
	}
	for i := range v.NumField() {
		field := v.Type().Field(i)
		if !field.IsExported() {
			continue
		}
		key, options, _ := strings.Cut(field.Tag.Get("yaml"), ",")
		if key = path + key; options == "inline" {
			key = path
		}
		secrets, ok := v.Field(i).Interface().(Secrets)
		if !ok {
			if key != path {
				key += "."
			}
			list = append(list, secretsIn(key, v.Field(i))...)
		}
		for n, secret := range secrets {
			list = append(list, NamedSecret{key, n, secret})
		}
	}
	return list
}
